//! The form of a sum as it is read: each field is shown as typed, and a figure that looks wrong is asked about at its
//! field and never used.

use guidance::{
    calculators::{Ask, Measure, Reading, Worked, falls_tests::Shown, units},
    source::Source,
};

use super::remark;
use crate::{
    pages::guidance::mark,
    typed::Typed,
    view::{
        calculators::{Confirm, Field, Outcome, Part},
        form::{Choice, Choices, FieldError, Input},
        questions::Control,
    },
};

pub struct Sheet<'a> {
    typed: &'a Typed,
    sent: bool,
    parts: Vec<Part>,
    outcomes: Vec<Outcome>,
    wrong: Vec<FieldError>,
}

/// What a field asks for.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub name: &'a str,
    pub label: &'a str,
    /// Stands behind the label.
    pub unit: &'a str,
    pub hint: &'a str,
    /// Without it nothing can be worked out.
    pub needed: bool,
}

impl<'a> Asked<'a> {
    pub fn needed(name: &'a str, label: &'a str, unit: &'a str) -> Self {
        Self {
            name,
            label,
            unit,
            hint: "",
            needed: true,
        }
    }

    pub fn optional(name: &'a str, label: &'a str, unit: &'a str) -> Self {
        Self {
            needed: false,
            ..Self::needed(name, label, unit)
        }
    }

    pub fn hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }
}

impl<'a> Sheet<'a> {
    pub fn empty(typed: &'a Typed) -> Self {
        Self {
            typed,
            sent: false,
            parts: Vec::new(),
            outcomes: Vec::new(),
            wrong: Vec::new(),
        }
    }

    pub fn sent(typed: &'a Typed) -> Self {
        Self {
            sent: true,
            ..Self::empty(typed)
        }
    }

    pub fn was_sent(&self) -> bool {
        self.sent
    }

    /// Fields, results and what is wrong; no result beside anything wrong.
    pub fn done(self) -> (Vec<Part>, Vec<Outcome>, Vec<FieldError>) {
        let outcomes = if self.wrong.is_empty() {
            self.outcomes
        } else {
            Vec::new()
        };
        (self.parts, outcomes, self.wrong)
    }

    /// The form was sent and nothing in it is wrong.
    pub fn sound(&self) -> bool {
        self.sent && self.wrong.is_empty()
    }

    pub fn part(&mut self, legend: &str, note: &str) {
        self.parts.push(Part {
            legend: legend.to_owned(),
            note: note.to_owned(),
            fields: Vec::new(),
        });
    }

    fn push(&mut self, control: Control) {
        if self.parts.is_empty() {
            self.part("", "");
        }
        if let Some(part) = self.parts.last_mut() {
            part.fields.push(Field {
                control,
                confirms: Vec::new(),
            });
        }
    }

    fn field(&mut self, name: &str) -> Option<&mut Field> {
        self.parts
            .iter_mut()
            .flat_map(|part| &mut part.fields)
            .find(|field| match &field.control {
                Control::Input(held) | Control::Area(held) => held.name == name,
                Control::Radios(held) | Control::Checkboxes(held) | Control::Select(held) => {
                    held.name == name
                }
                Control::Date(held) => held.name == name,
            })
    }

    /// Says at a field what is wrong. The first word stands.
    pub fn wrong(&mut self, name: &str, message: impl Into<String>) {
        if self.wrong.iter().any(|held| held.target == name) {
            return;
        }
        let message = message.into();
        if let Some(field) = self.field(name) {
            let error = match &mut field.control {
                Control::Input(held) | Control::Area(held) => &mut held.error,
                Control::Radios(held) | Control::Checkboxes(held) | Control::Select(held) => {
                    &mut held.error
                }
                Control::Date(held) => &mut held.error,
            };
            *error = Some(message.clone());
        }
        self.wrong.push(FieldError {
            target: name.to_owned(),
            message,
        });
    }

    /// What is confirmed is these figures as typed, so that another figure is asked about again.
    fn key(&self, names: &[&str]) -> String {
        let pairs: Vec<String> = names
            .iter()
            .map(|name| format!("{name}={}", self.typed.get(name)))
            .collect();
        pairs.join("&")
    }

    fn confirmed(&self, names: &[&str]) -> bool {
        let key = self.key(names);
        self.typed.all("confirm").contains(&key)
    }

    /// "Height (cm) 115 and Weight (kg) 47".
    fn as_typed(&self, names: &[&str]) -> String {
        let mut words = Vec::new();
        for field in self.parts.iter().flat_map(|part| &part.fields) {
            if let Control::Input(held) = &field.control
                && names.contains(&held.name.as_str())
            {
                words.push(format!("{} {}", held.label, held.value));
            }
        }
        words.join(" and ")
    }

    fn offer_confirm(&mut self, at: &str, names: &[&str], ticked: bool) {
        let value = self.key(names);
        let words = self.as_typed(names);
        if let Some(field) = self.field(at) {
            let nth = field.confirms.len();
            field.confirms.push(Confirm {
                id: if nth == 0 {
                    format!("{at}-confirm")
                } else {
                    format!("{at}-confirm-{}", nth + 1)
                },
                value,
                words,
                ticked,
            });
        }
    }

    /// Works out without, and then with, what somebody confirmed. What looks wrong is asked about at a field.
    pub fn settle<T>(
        &mut self,
        at: &str,
        names: &[&str],
        work: impl Fn(bool) -> Result<T, Ask>,
    ) -> Option<T> {
        let ask = match work(false) {
            Ok(done) => return Some(done),
            Err(ask) => ask,
        };
        let confirmed = ask.confirmable && self.confirmed(names);
        if ask.confirmable {
            self.offer_confirm(at, names, confirmed);
        }
        if !confirmed {
            self.wrong(at, ask.words);
            return None;
        }
        match work(true) {
            Ok(done) => Some(done),
            Err(ask) => {
                self.wrong(at, ask.words);
                None
            }
        }
    }

    fn input(&mut self, asked: &Asked<'_>) -> String {
        let label = if asked.unit.is_empty() {
            asked.label.to_owned()
        } else {
            format!("{} ({})", asked.label, asked.unit)
        };
        let text = self.typed.get(asked.name).to_owned();
        self.push(Control::Input(
            Input::text(asked.name, &label)
                .hint(asked.hint)
                .inputmode("decimal")
                .class("nhsuk-input--width-5")
                .value(&text),
        ));
        if text.is_empty() && asked.needed && self.sent {
            self.wrong(asked.name, format!("{}: enter a figure", asked.label));
        }
        text
    }

    pub fn number(&mut self, asked: &Asked<'_>) -> Option<f64> {
        let text = self.input(asked);
        if text.is_empty() {
            return None;
        }
        let number = read_number(&text);
        if number.is_none() {
            self.wrong(asked.name, no_number(asked, &text));
        }
        number
    }

    pub fn whole(&mut self, asked: &Asked<'_>) -> Option<u16> {
        let number = self.number(asked)?;
        let whole = (number.fract() == 0.0 && (0.0..=f64::from(u16::MAX)).contains(&number))
            .then_some(number as u16);
        if whole.is_none() {
            self.wrong(
                asked.name,
                format!("{}: enter a whole number, such as 3", asked.label),
            );
        }
        whole
    }

    pub fn measure(&mut self, asked: &Asked<'_>, measure: Measure) -> Option<Reading> {
        let text = self.input(asked);
        if text.is_empty() {
            return None;
        }
        let Some(value) = read_number(&text) else {
            // People say heights and weights in units of their own; these are proposed, never taken.
            let ask = match measure {
                Measure::Height => units::read_height(&text).err(),
                Measure::Weight => units::read_weight(&text).err(),
                _ => None,
            };
            let words = ask.map_or_else(|| no_number(asked, &text), |ask| ask.words);
            self.wrong(asked.name, words);
            return None;
        };
        self.settle(asked.name, &[asked.name], |confirmed| {
            let reading = Reading { value, confirmed };
            units::read(measure, reading).map(|_| reading)
        })
    }

    fn choices(&self, name: &str, legend: &str, options: &[(&str, &str)]) -> Choices {
        let options = options
            .iter()
            .map(|(code, words)| Choice::new(*code, *words))
            .collect();
        Choices::new(name, legend, options).choose_all(&self.typed.all(name))
    }

    fn chosen(
        &mut self,
        name: &str,
        legend: &str,
        options: &[(&str, &str)],
        needed: bool,
    ) -> String {
        let text = self.typed.get(name);
        let known = options
            .iter()
            .any(|(code, _)| *code == text && !code.is_empty());
        if known {
            return text.to_owned();
        }
        if needed && self.sent {
            self.wrong(name, format!("{legend}: choose one"));
        }
        String::new()
    }

    /// One of several; empty where none was chosen.
    pub fn one(
        &mut self,
        name: &str,
        legend: &str,
        options: &[(&str, &str)],
        needed: bool,
    ) -> String {
        let choices = self.choices(name, legend, options).inline();
        self.push(Control::Radios(choices));
        self.chosen(name, legend, options, needed)
    }

    /// The same as a list to open, for many options.
    pub fn one_of_many(&mut self, name: &str, legend: &str, options: &[(&str, &str)]) -> String {
        let mut all = vec![("", "Choose")];
        all.extend(options);
        let choices = self.choices(name, legend, &all);
        self.push(Control::Select(choices));
        self.chosen(name, legend, options, true)
    }

    pub fn ticks(&mut self, name: &str, legend: &str, options: &[(&str, &str)]) -> Vec<String> {
        let choices = self.choices(name, legend, options);
        self.push(Control::Checkboxes(choices));
        let mut ticked = self.typed.all(name);
        ticked.retain(|code| options.iter().any(|(known, _)| known == code));
        ticked
    }

    pub fn outcome(&mut self, outcome: Outcome) {
        let id = format!("result-{}", self.outcomes.len() + 1);
        self.outcomes.push(Outcome { id, ..outcome });
    }

    pub fn worked<T>(&mut self, title: &str, value: String, worked: &Worked<T>) {
        self.outcome(made(title, value, worked));
    }

    pub fn shown(&mut self, shown: &Shown) {
        let Source { words, status } = &shown.source;
        self.outcome(Outcome {
            title: shown.figure.clone(),
            working: shown.means.clone(),
            caveat: shown.caveat.unwrap_or_default().to_owned(),
            source: words.clone(),
            mark: mark(*status),
            ..Outcome::default()
        });
    }
}

/// A result with its working, what it means, and where it comes from.
pub fn made<T>(title: &str, value: String, worked: &Worked<T>) -> Outcome {
    Outcome {
        title: title.to_owned(),
        value,
        working: worked.working.clone(),
        remarks: worked.means.iter().map(remark).collect(),
        source: worked.source.words.clone(),
        mark: mark(worked.source.status),
        ..Outcome::default()
    }
}

/// As people type it: a minus sign of any kind, no exponent, no word.
fn read_number(text: &str) -> Option<f64> {
    let text = text.replace('−', "-");
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-');
    text.parse().ok().filter(|_| text.chars().all(plain))
}

fn no_number(asked: &Asked<'_>, text: &str) -> String {
    format!(
        "{}: “{text}” is not a number. Enter it with a point, such as 52.5",
        asked.label
    )
}

pub fn with(reading: Reading, confirmed: bool) -> Reading {
    Reading {
        confirmed: reading.confirmed || confirmed,
        ..reading
    }
}
