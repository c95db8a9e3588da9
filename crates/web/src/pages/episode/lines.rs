//! What was done for somebody, line by line, each with what can be done about it.

use pathway::{HeldResult, LetterId, Source, State as Stands, care::LetterState};
use service::care::EpisodeView;
use terms::Answer;

use super::{Page, forms};
use crate::view::{
    care::{CareLine, MeasureLine, ResultCard},
    parts::{BLUE, Fact, GREEN, GREY, ORANGE, Tag, YELLOW},
    text::{long_date, moment},
};

pub fn state_tag(state: &Stands) -> Tag {
    match state {
        Stands::New => Tag::new("New to confirm", BLUE),
        Stands::SetAside { .. } => Tag::new("Set aside", YELLOW),
        Stands::Accepted => Tag::new("In care", GREEN),
        Stands::Rejected { .. } => Tag::new("Rejected", GREY),
        Stands::BelongsTo(_) => Tag::new("Part of another episode", GREY),
        Stands::Closed { .. } => Tag::new("Closed", GREY),
        Stands::Withdrawn { .. } => Tag::new("Withdrawn by its source", GREY),
    }
}

pub fn result(held: &HeldResult) -> ResultCard {
    let result = &held.result;
    let when = match result.taken_on {
        Some(on) => format!("Taken on {}", long_date(on)),
        None => format!("Came on {}", moment(held.at)),
    };
    ResultCard {
        name: result.name.clone(),
        when,
        source: match &held.source {
            Source::Feed { label, .. } => label.clone(),
            _ => result.kind.words().to_owned(),
        },
        tag: match (&held.seen, result.preliminary) {
            (None, _) => Some(Tag::new("Not seen yet", ORANGE)),
            (Some(_), true) => Some(Tag::new("Not final", YELLOW)),
            (Some(_), false) => None,
        },
        measures: result
            .measures
            .iter()
            .map(|measure| MeasureLine {
                name: measure.name.clone(),
                value: format!("{} {}", measure.value, measure.unit)
                    .trim()
                    .to_owned(),
                range: measure.range.clone().unwrap_or_default(),
                flag: measure.flag.clone().unwrap_or_default(),
            })
            .collect(),
        text: result.text.clone().unwrap_or_default(),
        seen: held
            .seen
            .as_ref()
            .map(|seen| {
                let note = seen
                    .note
                    .as_ref()
                    .map(|note| format!(": {note}"))
                    .unwrap_or_default();
                format!(
                    "Seen by {} on {}. {}{note}",
                    seen.by.words(),
                    moment(seen.at),
                    seen.action.words()
                )
            })
            .unwrap_or_default(),
    }
}

fn line(what: String, detail: String) -> CareLine {
    CareLine {
        what,
        detail,
        tag: None,
        forms: Vec::new(),
        href: String::new(),
    }
}

pub fn concerns(page: &Page<'_>) -> Vec<CareLine> {
    let open_ones = page.seen().may_give_care && page.seen().state == Stands::Accepted;
    page.seen()
        .care
        .concerns
        .iter()
        .rev()
        .map(|concern| {
            let mut line = line(
                concern.words.join("; "),
                format!("Said on {}", moment(concern.at)),
            );
            match &concern.action {
                Some(action) => {
                    line.tag = Some(Tag::new("Acted on", GREEN));
                    line.detail =
                        format!("{}. {}: {}", line.detail, action.by.words(), action.what);
                }
                None => {
                    line.tag = Some(Tag::new("To act on", ORANGE));
                    if open_ones {
                        line.forms.push(forms::concern(page, concern.seq));
                    }
                }
            }
            line
        })
        .collect()
}

pub fn plan(seen: &EpisodeView) -> Vec<Fact> {
    let Some(noted) = seen.care.plan() else {
        return Vec::new();
    };
    let plan = &noted.what;
    let taught: Vec<&str> = plan.taught.iter().map(|taught| taught.words()).collect();
    crate::present::facts([
        (
            "Decided",
            format!("{} by {}", long_date(plan.on), noted.by.words()),
        ),
        ("Bone therapy", plan.therapy.words().to_owned()),
        ("Because", plan.because.clone().unwrap_or_default()),
        (
            "Calcium and vitamin D",
            match plan.calcium_vitamin_d {
                Answer::Yes => "Recommended".to_owned(),
                Answer::No => "Not needed".to_owned(),
                Answer::NotKnown => "Not known".to_owned(),
            },
        ),
        ("Taught", taught.join("; ")),
        (
            "Reviews",
            if plan.follow_up {
                "At 16 and 52 weeks".to_owned()
            } else {
                "None".to_owned()
            },
        ),
        ("Note", plan.note.clone().unwrap_or_default()),
    ])
}

/// The letter that waits to be approved or sent.
pub fn open_letter(seen: &EpisodeView) -> Option<LetterId> {
    seen.care
        .letters
        .iter()
        .find(|letter| matches!(letter.state(), LetterState::Draft | LetterState::Approved))
        .map(|letter| letter.id)
}

pub fn letters(page: &Page<'_>) -> Vec<CareLine> {
    page.seen()
        .care
        .letters
        .iter()
        .rev()
        .map(|letter| {
            let state = letter.state();
            let detail = match (&letter.sent, &letter.cancelled, &letter.approved) {
                (Some(sent), _, _) => {
                    format!("{}, {}", sent.what.1.words(), long_date(sent.what.0))
                }
                (_, Some(cancelled), _) => format!("Not sent: {}", cancelled.what),
                (_, _, Some(approved)) => {
                    format!(
                        "Approved by {} on {}",
                        approved.by.words(),
                        moment(approved.at)
                    )
                }
                _ => format!(
                    "Begun by {} on {}",
                    letter.begun.by.words(),
                    moment(letter.begun.at)
                ),
            };
            CareLine {
                tag: Some(letter_tag(state)),
                href: page.on(&format!("/letters/{}", letter.id)),
                ..line(letter.kind.words().to_owned(), detail)
            }
        })
        .collect()
}

pub fn letter_tag(state: LetterState) -> Tag {
    match state {
        LetterState::Draft => Tag::new("Draft", YELLOW),
        LetterState::Approved => Tag::new("Approved, to be sent", ORANGE),
        LetterState::Sent => Tag::new("Sent", GREEN),
        LetterState::Cancelled => Tag::new("Not sent", GREY),
    }
}

pub fn referrals(page: &Page<'_>) -> Vec<CareLine> {
    let seen = page.seen();
    let open = seen.may_make_contact && seen.state == Stands::Accepted;
    seen.care
        .referrals
        .iter()
        .rev()
        .map(|noted| {
            let referral = &noted.what;
            let mut detail = vec![format!(
                "{} by {}",
                long_date(referral.on),
                noted.by.words()
            )];
            detail.extend(referral.note.clone());
            let (tag, words) = match referral.answer {
                Some((outcome, on)) => (
                    Tag::new("Answered", GREEN),
                    format!("{}, {}", outcome.words(), long_date(on)),
                ),
                None if referral.reply_by < seen.today => (
                    Tag::new("No answer yet", ORANGE),
                    format!("Answer was expected by {}", long_date(referral.reply_by)),
                ),
                None => (
                    Tag::new("Waits for an answer", BLUE),
                    format!("Answer expected by {}", long_date(referral.reply_by)),
                ),
            };
            detail.push(words);
            let mut line = CareLine {
                tag: Some(tag),
                ..line(referral.kind.words().to_owned(), detail.join(" · "))
            };
            if open {
                if referral.answer.is_none() {
                    line.forms.push(forms::referral_answer(page, noted.seq));
                }
                line.forms.push(forms::strike_out(page, noted.seq));
            }
            line
        })
        .collect()
}

pub fn doses(page: &Page<'_>) -> Vec<CareLine> {
    let seen = page.seen();
    let open = seen.may_make_contact && seen.state == Stands::Accepted;
    seen.care
        .doses
        .iter()
        .rev()
        .map(|noted| {
            let next = match noted.what.next_due() {
                Some(on) => format!("Next due on {}", long_date(on)),
                None => "The last one".to_owned(),
            };
            let mut line = line(
                format!(
                    "{}, {}",
                    noted.what.medicine.words(),
                    long_date(noted.what.on)
                ),
                next,
            );
            // A dose told of in a review goes with the review.
            let told = seen
                .care
                .reviews
                .iter()
                .any(|review| review.seq == noted.seq);
            if open && !told {
                line.forms.push(forms::strike_out(page, noted.seq));
            }
            line
        })
        .collect()
}

pub fn reviews(page: &Page<'_>) -> Vec<CareLine> {
    let seen = page.seen();
    let open = seen.may_make_contact && seen.state == Stands::Accepted;
    seen.care
        .reviews
        .iter()
        .rev()
        .map(|noted| {
            let window = seen
                .windows
                .iter()
                .find(|(review, ..)| *review == noted.what.review);
            let outside = window
                .is_some_and(|(_, first, last)| noted.what.on < *first || noted.what.on > *last);
            let mut detail = format!(
                "{}, {} by {}",
                noted.what.therapy.words(),
                long_date(noted.what.on),
                noted.by.words()
            );
            if outside {
                detail.push_str(" · outside the weeks that the audit counts");
            }
            let mut line = line(noted.what.review.words().to_owned(), detail);
            line.href = page.on(&format!("/reviews/{}", noted.what.review.code()));
            if open {
                line.forms.push(forms::strike_out(page, noted.seq));
            }
            line
        })
        .collect()
}

pub fn contacts(page: &Page<'_>) -> Vec<CareLine> {
    let seen = page.seen();
    let open = seen.may_make_contact && seen.state == Stands::Accepted;
    seen.care
        .contacts
        .iter()
        .rev()
        .map(|noted| {
            let contact = &noted.what;
            let mut detail = vec![
                contact.purpose.words().to_owned(),
                contact.channel.words().to_owned(),
                format!("{} by {}", long_date(contact.on), noted.by.words()),
            ];
            if let Some(again) = contact.again_on {
                let time = contact
                    .time
                    .map(|time| time.strftime(" at %H:%M").to_string())
                    .unwrap_or_default();
                detail.push(format!("for {}{time}", long_date(again)));
            }
            detail.extend(contact.note.clone());
            let mut line = line(contact.outcome.words().to_owned(), detail.join(" · "));
            if open {
                line.forms.push(forms::strike_out(page, noted.seq));
            }
            line
        })
        .collect()
}
