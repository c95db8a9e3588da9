//! What was done, in words, for the timeline.

use jiff::civil::Date;
use pathway::{
    Measure,
    care::{Done, Reviewed},
    form::{Answers, Form, FormKind},
};

use crate::views::day;

type Words = (String, Vec<String>, Option<Date>);

pub(crate) fn done(done: &Done) -> Words {
    let plain = |title: String, lines: Vec<String>| (title, lines, None);
    match done {
        Done::Contacted(contact) => {
            let mut lines = vec![format!(
                "{}, by {}",
                contact.purpose.words(),
                contact.channel.words().to_lowercase()
            )];
            lines.extend(contact.again_on.map(|on| {
                let time = contact
                    .time
                    .map(|time| time.strftime(" at %H:%M").to_string())
                    .unwrap_or_default();
                let what = match contact.outcome {
                    pathway::care::ContactOutcome::Booked => "Appointment",
                    _ => "Again",
                };
                format!("{what} on {}{time}", day(on))
            }));
            lines.extend(contact.note.clone());
            (contact.outcome.words().to_owned(), lines, Some(contact.on))
        }
        Done::AssessmentSaved { answers, cleared } => plain(
            "Assessment: answers saved".to_owned(),
            answer_lines(FormKind::Assessment, answers, cleared),
        ),
        Done::AssessmentCompleted { on } => {
            ("Assessment completed".to_owned(), Vec::new(), Some(*on))
        }
        Done::AssessmentAmended {
            answers,
            cleared,
            because,
        } => {
            let mut lines = vec![format!("Because: {because}")];
            lines.extend(answer_lines(FormKind::Assessment, answers, cleared));
            plain("Assessment amended".to_owned(), lines)
        }
        Done::Decided(plan) => {
            let mut lines = vec![plan.therapy.words().to_owned()];
            lines.extend(plan.because.clone());
            let calcium = match plan.calcium_vitamin_d {
                terms::Answer::Yes => "recommended",
                terms::Answer::No => "not needed",
                terms::Answer::NotKnown => "not known",
            };
            lines.push(format!("Calcium and vitamin D: {calcium}"));
            if !plan.taught.is_empty() {
                let taught: Vec<&str> = plan.taught.iter().map(|taught| taught.words()).collect();
                lines.push(format!("Taught: {}", taught.join("; ")));
            }
            lines.extend(plan.note.clone());
            ("Decided".to_owned(), lines, Some(plan.on))
        }
        Done::Referred(referral) => {
            let mut lines = vec![format!("Answer expected by {}", day(referral.reply_by))];
            lines.extend(referral.note.clone());
            (
                format!("Referred: {}", referral.kind.words()),
                lines,
                Some(referral.on),
            )
        }
        Done::ReferralAnswered {
            of,
            outcome,
            on,
            note,
        } => {
            let mut lines = vec![format!("{} (entry {of})", outcome.words())];
            lines.extend(note.clone());
            ("Referral answered".to_owned(), lines, Some(*on))
        }
        Done::DoseGiven(dose) => {
            let mut lines = vec![dose.medicine.words().to_owned()];
            lines.extend(dose.next_due().map(|on| format!("Next due on {}", day(on))));
            if dose.last {
                lines.push("The last one".to_owned());
            }
            ("Dose given".to_owned(), lines, Some(dose.on))
        }
        Done::LetterDrafted { kind, .. } => {
            plain(format!("Letter drafted: {}", kind.words()), Vec::new())
        }
        Done::LetterApproved { digest, .. } => {
            let start: String = digest.chars().take(12).collect();
            plain(
                "Letter approved".to_owned(),
                vec![format!("Frozen as {start}…")],
            )
        }
        Done::LetterSent { on, how, .. } => (
            "Letter sent".to_owned(),
            vec![how.words().to_owned()],
            Some(*on),
        ),
        Done::LetterCancelled { because, .. } => {
            plain("Letter cancelled".to_owned(), vec![because.clone()])
        }
        Done::Reviewed(reviewed) => reviewed_words(reviewed),
        Done::ConcernAnswered { of, action } => plain(
            "Acted on what the patient said".to_owned(),
            vec![format!("{action} (entry {of})")],
        ),
        Done::QuestionnaireSent { until } => plain(
            "Questionnaire given".to_owned(),
            vec![format!("Can be answered until {}", day(*until))],
        ),
        Done::QuestionnaireAnswered { answers, concerns } => {
            let mut lines = concerns.clone();
            lines.extend(answer_lines(FormKind::Questionnaire, answers, &[]));
            plain("Questionnaire answered".to_owned(), lines)
        }
        Done::HandedTo { name, .. } => plain(format!("Handed to {name}"), Vec::new()),
        Done::StruckOut { of, because } => {
            plain(format!("Entry {of} struck out"), vec![because.clone()])
        }
    }
}

fn reviewed_words(reviewed: &Reviewed) -> Words {
    let mut lines = vec![reviewed.therapy.words().to_owned()];
    lines.extend(reviewed.concerns.clone());
    lines.extend(answer_lines(reviewed.review.form(), &reviewed.answers, &[]));
    (reviewed.review.words().to_owned(), lines, Some(reviewed.on))
}

/// "Height: 162 cm".
pub(crate) fn answer_lines(kind: FormKind, answers: &Answers, cleared: &[String]) -> Vec<String> {
    let form = Form::get(kind);
    let ask = |id: &str| match form.question(id) {
        Some(question) => question.ask.clone(),
        None => id.to_owned(),
    };
    let given = answers
        .iter()
        .map(|(id, value)| format!("{}: {}", ask(id), form.words(id, value)));
    let taken_away = cleared.iter().map(|id| format!("{}: taken away", ask(id)));
    given.chain(taken_away).collect()
}

/// "Creatinine 82 umol/L (45-84)".
pub(crate) fn measure(measure: &Measure) -> String {
    let mut words = format!("{} {}", measure.name, measure.value);
    if !measure.unit.is_empty() {
        words.push(' ');
        words.push_str(&measure.unit);
    }
    if let Some(range) = &measure.range {
        words.push_str(&format!(" ({range})"));
    }
    if let Some(flag) = &measure.flag {
        words.push_str(&format!(", {flag}"));
    }
    words
}
