//! From the questions of `pathway` to the fields of a page, and back from what was typed.

use std::collections::{BTreeMap, BTreeSet};

use pathway::form::{Fault, Kind, NOT_KNOWN, Problem, Question, Value};

use crate::{
    typed::Typed,
    view::{
        form::{Choice, Choices, DateInput, FieldError, Input},
        questions::{self as view, Control},
    },
};

/// More choices than these go into a list to open.
const MOST_RADIOS: usize = 8;

/// What stands in the fields: what was typed, or else the answer held.
pub enum Shown<'a> {
    Typed(&'a Typed),
    Held(Option<&'a Value>),
}

/// What is said beside a field.
#[derive(Default)]
pub struct Beside<'a> {
    pub from: Option<&'a str>,
    pub proposed: bool,
    pub faults: &'a [Fault],
    pub errors: &'a [FieldError],
    pub clash: Option<String>,
    /// The words for "not known": the patient is "not sure".
    pub not_known: &'a str,
}

pub fn question(asked: &Question, shown: &Shown<'_>, beside: &Beside<'_>) -> view::Question {
    let id = asked.id.as_str();
    let typed: Vec<String> = match shown {
        Shown::Typed(typed) => typed.all(id),
        Shown::Held(Some(value)) => as_typed(asked, value),
        Shown::Held(None) => Vec::new(),
    };
    let typed: Vec<String> = typed.into_iter().filter(|text| !text.is_empty()).collect();
    let fault = beside.faults.iter().find(|fault| fault.question == id);
    let error = fault
        .map(|fault| fault.problem.words().to_owned())
        .or_else(|| crate::present::error_at(beside.errors, id));
    let hint = asked.hint.as_deref().unwrap_or_default();
    let not_known = typed.iter().any(|text| text == NOT_KNOWN);
    let text = typed
        .iter()
        .find(|text| *text != NOT_KNOWN)
        .cloned()
        .unwrap_or_default();
    let choices = || {
        let mut options: Vec<Choice> = asked
            .options()
            .iter()
            .map(|(code, words)| Choice::new(*code, *words))
            .collect();
        options.push(Choice::new(NOT_KNOWN, beside.not_known));
        Choices::new(id, &asked.ask, options)
            .hint(hint)
            .error(error.clone())
            .choose_all(&typed)
    };
    let label = match (&asked.unit, asked.kind) {
        // "Falls in the last 12 months" needs no "(falls)".
        (Some(unit), Kind::Number) if !asked.ask.to_lowercase().contains(unit.as_str()) => {
            format!("{} ({unit})", asked.ask)
        }
        _ => asked.ask.clone(),
    };
    let input = || {
        Input::text(id, &label)
            .hint(hint)
            .value(text.clone())
            .error(error.clone())
    };
    let control = match asked.kind {
        Kind::YesNo => Control::Radios(choices().inline()),
        Kind::Choice if asked.options().len() <= MOST_RADIOS => Control::Radios(choices()),
        Kind::Choice => {
            let mut select = choices();
            select.options.insert(0, Choice::new("", ""));
            Control::Select(select)
        }
        Kind::Choices => Control::Checkboxes(choices()),
        Kind::Number => Control::Input(input().inputmode("text").class("nhsuk-input--width-10")),
        Kind::Text => Control::Area(input()),
        Kind::Date => {
            let [day, month, year] = match shown {
                Shown::Typed(typed) => typed.date_boxes(id).map(str::to_owned),
                Shown::Held(_) => boxes(&text),
            };
            Control::Date(
                DateInput::new(id, &asked.ask)
                    .hint(hint)
                    .value(&day, &month, &year)
                    .error(error),
            )
        }
    };
    let ticks = matches!(asked.kind, Kind::Number | Kind::Text | Kind::Date) && !asked.optional;
    view::Question {
        control,
        from: beside.from.unwrap_or_default().to_owned(),
        proposed: beside.proposed,
        unverified: asked.unverified(),
        not_known: ticks.then(|| (id.to_owned(), not_known)),
        confirm: match fault.map(|fault| &fault.problem) {
            Some(Problem::Questioned(_)) => Some((id.to_owned(), false)),
            _ => None,
        },
        clash: beside.clash.clone().unwrap_or_default(),
        when: asked.when.as_ref().map(|when| {
            let codes: Vec<&str> = when.is.iter().map(String::as_str).collect();
            (when.question.clone(), codes.join(" "))
        }),
    }
}

/// An answer as somebody would type it.
fn as_typed(asked: &Question, value: &Value) -> Vec<String> {
    match (asked.kind, value) {
        (Kind::Number, Value::Many(parts)) => match parts.as_slice() {
            [value, range] => vec![format!("{value} ({range})")],
            _ => parts.clone(),
        },
        (_, value) => value.codes().map(str::to_owned).collect(),
    }
}

fn boxes(text: &str) -> [String; 3] {
    let mut parts = text.split('-');
    let year = parts.next().unwrap_or_default().to_owned();
    let trimmed = |part: Option<&str>| part.unwrap_or_default().trim_start_matches('0').to_owned();
    let month = trimmed(parts.next());
    [trimmed(parts.next()), month, year]
}

/// What was typed for these questions, and which unlikely answers were confirmed.
pub fn read<'a>(
    asked: impl Iterator<Item = &'a Question>,
    typed: &Typed,
) -> (BTreeMap<String, Vec<String>>, BTreeSet<String>) {
    let answers = asked
        .map(|question| {
            let mut given = typed.all(&question.id);
            if question.kind == Kind::Date {
                let boxes = typed.date_boxes(&question.id);
                given.splice(0..0, joined(boxes));
            }
            (question.id.clone(), given)
        })
        .collect();
    (answers, typed.all("confirm").into_iter().collect())
}

/// Day, month and year as one text; a month may be a word.
fn joined(boxes: [&str; 3]) -> Option<String> {
    let [day, month, year] = boxes;
    if boxes.iter().all(|text| text.is_empty()) {
        return None;
    }
    let month = crate::typed::month_number(month)
        .map_or_else(|| month.to_owned(), |number| number.to_string());
    let parts: Vec<&str> = [day, month.as_str(), year]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    Some(parts.join("/"))
}

/// The faults, for the summary at the top of the page.
pub fn errors(faults: &[Fault]) -> Vec<FieldError> {
    faults
        .iter()
        .map(|fault| FieldError {
            target: fault.question.clone(),
            message: fault.problem.words().to_owned(),
        })
        .collect()
}
