//! The forms of the page, folded until they are wanted. A part that failed comes back open, as it was typed.

use jiff::civil::Date;
use pathway::{
    CloseReason, ResultAction, State as Stands,
    care::{ContactOutcome, ContactPurpose, LetterKind, ReferralKind, ReferralOutcome, Review},
};
use terms::Medicine;

use super::Page;
use crate::{
    present::error_at,
    view::{
        care::Fold,
        form::{Choice, Choices, DateInput, Hidden, Input},
        parts::OneButton,
        questions::Control,
    },
};

/// Fields of one part: their ids carry its name, since the page has many parts; their names do not.
struct Part<'a> {
    page: &'a Page<'a>,
    name: &'a str,
}

impl<'a> Part<'a> {
    fn id(&self, field: &str) -> String {
        format!("{}-{field}", self.name)
    }

    fn open(&self) -> bool {
        self.page.open == self.name
    }

    fn typed(&self, field: &str) -> &'a str {
        if self.open() {
            self.page.typed.get(field)
        } else {
            ""
        }
    }

    fn error(&self, field: &str) -> Option<String> {
        self.open()
            .then(|| error_at(self.page.wrong, &self.id(field)))
            .flatten()
    }

    fn choices<'w>(
        &self,
        field: &str,
        legend: &str,
        options: impl Iterator<Item = (&'w str, &'w str)>,
        usual: &str,
    ) -> Choices {
        let options: Vec<Choice> = options
            .map(|(code, words)| Choice::new(code, words))
            .collect();
        let chosen = match self.typed(field) {
            "" if !self.open() => usual,
            typed => typed,
        };
        Choices::new(field, legend, options)
            .id(&self.id(field))
            .choose(chosen)
            .error(self.error(field))
    }

    fn select<'w>(
        &self,
        field: &str,
        legend: &str,
        options: impl Iterator<Item = (&'w str, &'w str)>,
    ) -> Control {
        let mut select = self.choices(field, legend, options, "");
        if !select.options.iter().any(|option| option.chosen) {
            select.options.insert(0, Choice::new("", ""));
        }
        Control::Select(select)
    }

    fn text(&self, field: &str, label: &str) -> Input {
        Input::text(field, label)
            .id(&self.id(field))
            .value(self.typed(field))
            .error(self.error(field))
    }

    fn date(&self, field: &str, legend: &str, usual: Option<Date>) -> DateInput {
        let mut input = DateInput::new(field, legend).error(self.error(field));
        input.id = self.id(field);
        if self.open() {
            let [day, month, year] = self.page.typed.date_boxes(field);
            return input.value(day, month, year);
        }
        match usual {
            Some(date) => input.value(
                &date.day().to_string(),
                &date.month().to_string(),
                &date.year().to_string(),
            ),
            None => input,
        }
    }

    fn fold(
        &self,
        id: &'static str,
        title: &str,
        action: &str,
        fields: Vec<Control>,
        button: &str,
    ) -> Fold {
        Fold {
            id,
            title: title.to_owned(),
            open: self.open(),
            action: self.page.action(action),
            hidden: self.page.hidden(),
            fields,
            button: button.to_owned(),
            note: String::new(),
        }
    }
}

macro_rules! words {
    ($vocabulary:ty) => {
        <$vocabulary>::ALL
            .iter()
            .map(|word| (word.code(), word.words()))
    };
}

pub fn folds(page: &Page<'_>, may_care: bool, may_contact: bool) -> Vec<Fold> {
    let mut folds = Vec::new();
    if may_contact {
        folds.push(contact(page));
    }
    if may_care {
        folds.push(refer(page));
        folds.push(write(page));
        folds.push(dose(page));
    }
    if may_contact {
        folds.push(hand_over(page));
        folds.push(close(page));
    }
    folds
}

/// What somebody is most likely in touch about now.
fn usual_purpose(page: &Page<'_>) -> ContactPurpose {
    let care = &page.seen().care;
    if care.assessment.completed.is_none() {
        ContactPurpose::Assess
    } else if care.reviewed(Review::Weeks16).is_none() {
        ContactPurpose::Review16
    } else {
        ContactPurpose::Review52
    }
}

fn contact(page: &Page<'_>) -> Fold {
    let seen = page.seen();
    let part = Part {
        page,
        name: "contact",
    };
    let purpose = usual_purpose(page);
    let failed = seen
        .failed_tries
        .iter()
        .find(|(of, _)| *of == purpose)
        .map_or(0, |(_, tries)| *tries);
    let channels = pathway::Channel::ALL
        .iter()
        .filter(|channel| !seen.stops.iter().any(|(stopped, _)| stopped == *channel))
        .map(|channel| (channel.code(), channel.words()));
    let mut fold = part.fold(
        "contact",
        "Contact or appointment",
        "/contact",
        vec![
            part.select_with(
                "purpose",
                "What about",
                words!(ContactPurpose),
                purpose.code(),
            ),
            Control::Radios(part.choices("channel", "How", channels, "")),
            Control::Radios(part.choices("outcome", "Outcome", words!(ContactOutcome), "")),
            Control::Date(part.date(
                "again_on",
                "Try again on, or day of the appointment",
                Some(service::care::usual_again(seen.today, failed)),
            )),
            Control::Input(part.text("time", "Time of the appointment").hint("14:30")),
            Control::Date(part.date("on", "When", Some(seen.today))),
            Control::Input(part.text("note", "Note (optional)")),
        ],
        "Record the contact",
    );
    if failed >= 2 {
        fold.note = format!(
            "{failed} tries have not reached anybody. After three, “could not be reached” is a reason to close."
        );
    }
    fold
}

impl Part<'_> {
    fn select_with<'w>(
        &self,
        field: &str,
        legend: &str,
        options: impl Iterator<Item = (&'w str, &'w str)>,
        usual: &str,
    ) -> Control {
        Control::Select(self.choices(field, legend, options, usual))
    }
}

fn refer(page: &Page<'_>) -> Fold {
    let part = Part {
        page,
        name: "refer",
    };
    part.fold(
        "refer",
        "Refer, or ask for a test",
        "/refer",
        vec![
            part.select("kind", "To whom, for what", words!(ReferralKind)),
            Control::Date(
                part.date("reply_by", "Ask after it on", None)
                    .hint("Empty: the usual time for this kind"),
            ),
            Control::Input(part.text("note", "Note (optional)")),
        ],
        "Record the referral",
    )
}

fn write(page: &Page<'_>) -> Fold {
    let part = Part {
        page,
        name: "write",
    };
    let plan = page.seen().care.plan();
    let usual = match plan {
        None => LetterKind::Invitation,
        Some(_) if page.seen().care.reviewed(Review::Weeks52).is_some() => LetterKind::Handover,
        Some(plan) => plan.what.letter(),
    };
    part.fold(
        "write",
        "Write a letter",
        "/letters",
        vec![part.select_with("kind", "Which", words!(LetterKind), usual.code())],
        "Write it",
    )
}

fn dose(page: &Page<'_>) -> Fold {
    let part = Part { page, name: "dose" };
    let decided = page
        .seen()
        .care
        .plan()
        .map_or("", |plan| plan.what.therapy.code());
    let followed = Medicine::ALL
        .iter()
        .filter(|medicine| pathway::care::Dose::months_between(**medicine).is_some())
        .map(|medicine| (medicine.code(), medicine.words()));
    part.fold(
        "dose",
        "Injection or infusion given",
        "/dose",
        vec![
            Control::Radios(part.choices("medicine", "Which", followed, decided)),
            Control::Date(part.date("on", "On", Some(page.seen().today))),
            Control::Checkboxes(part.choices(
                "last",
                "Is another to follow?",
                [("yes", "No, this was the last one")].into_iter(),
                "",
            )),
        ],
        "Record the dose",
    )
}

fn hand_over(page: &Page<'_>) -> Fold {
    let part = Part {
        page,
        name: "hand-over",
    };
    let colleagues: Vec<(String, &str)> = page
        .loaded
        .colleagues
        .iter()
        .map(|(id, name)| (id.to_string(), name.as_str()))
        .collect();
    part.fold(
        "hand-over",
        "Hand over to a colleague",
        "/hand-over",
        vec![part.select(
            "to",
            "Who looks after this from now on",
            colleagues.iter().map(|(id, name)| (id.as_str(), *name)),
        )],
        "Hand over",
    )
}

fn close(page: &Page<'_>) -> Fold {
    let part = Part {
        page,
        name: "close",
    };
    let usual = usual_close(page).map_or("", CloseReason::code);
    let mut fold = part.fold(
        "close",
        "Close, with the reason",
        "/close",
        vec![
            Control::Radios(part.choices("reason", "Why does it end?", words!(CloseReason), usual)),
            Control::Input(part.text("note", "Note (optional)")),
        ],
        "Close the episode",
    );
    fold.note = "Whatever waits to be sent stops with it. It can be opened again.".to_owned();
    fold
}

fn usual_close(page: &Page<'_>) -> Option<CloseReason> {
    use terms::Recommended;
    let seen = page.seen();
    if seen.card.died {
        return Some(CloseReason::Died);
    }
    if seen.care.reviewed(Review::Weeks52).is_some() {
        return Some(CloseReason::Completed);
    }
    match seen.care.plan()?.what.therapy {
        Recommended::InformedDecline => Some(CloseReason::InformedDecline),
        Recommended::Inappropriate => Some(CloseReason::NoTreatmentNeeded),
        _ => None,
    }
}

/// Everything unseen at once, unless some is left out: the common case is one action.
pub fn see_results(page: &Page<'_>) -> Option<Fold> {
    let part = Part { page, name: "seen" };
    let unseen: Vec<(String, String)> = page
        .seen()
        .results
        .iter()
        .filter(|held| held.seen.is_none())
        .map(|held| {
            let when = held
                .result
                .taken_on
                .map(|on| format!(", {}", crate::view::text::long_date(on)))
                .unwrap_or_default();
            (held.seq.to_string(), format!("{}{when}", held.result.name))
        })
        .collect();
    if unseen.is_empty() {
        return None;
    }
    let all: Vec<String> = if part.open() {
        page.typed.all("result")
    } else {
        unseen.iter().map(|(seq, _)| seq.clone()).collect()
    };
    let results = part
        .choices(
            "result",
            "I have seen",
            unseen
                .iter()
                .map(|(seq, name)| (seq.as_str(), name.as_str())),
            "",
        )
        .choose_all(&all);
    Some(part.fold(
        "seen",
        "See the results",
        "/results",
        vec![
            Control::Checkboxes(results),
            Control::Radios(part.choices("action", "What is done", words!(ResultAction), "")),
            Control::Input(part.text("note", "Note (optional)")),
        ],
        "Record as seen",
    ))
}

pub fn concern(page: &Page<'_>, of: u32) -> Fold {
    let name = format!("concern-{of}");
    let part = Part { page, name: &name };
    let mut fold = part.fold(
        "",
        "Say what was done",
        "/concern",
        vec![Control::Input(
            part.text("action", "What was done about it"),
        )],
        "Record",
    );
    fold.hidden.push(Hidden::new("of", of.to_string()));
    fold
}

pub fn referral_answer(page: &Page<'_>, of: u32) -> Fold {
    let name = format!("referral-{of}");
    let part = Part { page, name: &name };
    let mut fold = part.fold(
        "",
        "Record the answer",
        "/referral-answer",
        vec![
            Control::Radios(part.choices("outcome", "Answer", words!(ReferralOutcome), "")),
            Control::Date(part.date("on", "On", Some(page.seen().today))),
            Control::Input(part.text("note", "Note (optional)")),
        ],
        "Record the answer",
    );
    fold.hidden.push(Hidden::new("of", of.to_string()));
    fold
}

pub fn strike_out(page: &Page<'_>, of: u32) -> Fold {
    let name = format!("strike-{of}");
    let part = Part { page, name: &name };
    let mut fold = part.fold(
        "",
        "Entered by mistake",
        "/strike-out",
        vec![Control::Input(
            part.text("because", "What is wrong with it"),
        )],
        "Strike it out",
    );
    fold.hidden.push(Hidden::new("of", of.to_string()));
    fold
}

/// The questionnaire, while there is something to ask.
pub fn buttons(page: &Page<'_>, may_contact: bool) -> Vec<OneButton> {
    let seen = page.seen();
    let asks =
        may_contact && seen.state == Stands::Accepted && seen.care.assessment.completed.is_none();
    asks.then(|| OneButton {
        action: page.action("/questionnaire"),
        fields: page.hidden(),
        text: "Make a link to the patient’s questionnaire".to_owned(),
    })
    .into_iter()
    .collect()
}
