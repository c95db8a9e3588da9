//! Form fields as the templates' macros take them. A field knows its value and its error.

#[derive(Debug, Clone, Default)]
pub struct Hidden {
    pub name: String,
    pub value: String,
}

impl Hidden {
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
        }
    }
}

/// Something wrong with a form: what, and the id of the field to go to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldError {
    pub target: String,
    pub message: String,
}

#[derive(Debug, Clone, Default)]
pub struct Input {
    pub id: String,
    pub name: String,
    pub label: String,
    pub hint: String,
    pub value: String,
    pub error: Option<String>,
    pub kind: &'static str,
    pub autocomplete: &'static str,
    pub inputmode: &'static str,
    pub class: &'static str,
}

impl Input {
    pub fn text(name: &str, label: &str) -> Self {
        Self {
            id: name.to_owned(),
            name: name.to_owned(),
            label: label.to_owned(),
            kind: "text",
            autocomplete: "off",
            ..Self::default()
        }
    }

    pub fn password(name: &str, label: &str) -> Self {
        Self {
            kind: "password",
            autocomplete: "current-password",
            ..Self::text(name, label)
        }
    }

    pub fn id(mut self, id: &str) -> Self {
        self.id = id.to_owned();
        self
    }

    pub fn hint(mut self, hint: &str) -> Self {
        self.hint = hint.to_owned();
        self
    }

    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    pub fn class(mut self, class: &'static str) -> Self {
        self.class = class;
        self
    }

    pub fn autocomplete(mut self, words: &'static str) -> Self {
        self.autocomplete = words;
        self
    }

    pub fn inputmode(mut self, mode: &'static str) -> Self {
        self.inputmode = mode;
        self
    }

    pub fn error(mut self, error: Option<String>) -> Self {
        self.error = error;
        self
    }

    pub fn described_by(&self) -> String {
        described_by(&self.id, &self.hint, self.error.as_deref())
    }
}

/// A button that asks why.
#[derive(Debug, Clone, Default)]
pub struct ReasonForm {
    pub action: String,
    pub hidden: Vec<Hidden>,
    pub reason: Input,
    pub button: String,
    /// The fold around it stands open.
    pub open: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Choice {
    pub value: String,
    pub text: String,
    pub hint: String,
    pub chosen: bool,
}

impl Choice {
    pub fn new(value: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            text: text.into(),
            ..Self::default()
        }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

/// Radios, checkboxes or a select.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    pub id: String,
    pub name: String,
    pub legend: String,
    pub hint: String,
    pub error: Option<String>,
    pub small: bool,
    pub inline: bool,
    pub options: Vec<Choice>,
}

impl Choices {
    pub fn new(name: &str, legend: &str, options: Vec<Choice>) -> Self {
        Self {
            id: name.to_owned(),
            name: name.to_owned(),
            legend: legend.to_owned(),
            small: true,
            options,
            ..Self::default()
        }
    }

    pub fn id(mut self, id: &str) -> Self {
        self.id = id.to_owned();
        self
    }

    pub fn hint(mut self, hint: &str) -> Self {
        self.hint = hint.to_owned();
        self
    }

    pub fn inline(mut self) -> Self {
        self.inline = true;
        self
    }

    pub fn error(mut self, error: Option<String>) -> Self {
        self.error = error;
        self
    }

    /// Marks what was chosen. Nothing is chosen by default: blank is never an answer.
    pub fn choose(mut self, value: &str) -> Self {
        for option in &mut self.options {
            option.chosen = option.value == value;
        }
        self
    }

    pub fn choose_all(mut self, values: &[String]) -> Self {
        for option in &mut self.options {
            option.chosen = values.contains(&option.value);
        }
        self
    }

    /// The first option carries the group's id, so that a link in the error summary reaches a control.
    pub fn option_id(&self, index: &usize) -> String {
        match index {
            0 => self.id.clone(),
            other => format!("{}-{}", self.id, other + 1),
        }
    }

    pub fn described_by(&self) -> String {
        described_by(&self.id, &self.hint, self.error.as_deref())
    }
}

/// Day, month and year as three boxes, kept as typed.
#[derive(Debug, Clone, Default)]
pub struct DateInput {
    pub id: String,
    pub name: String,
    pub legend: String,
    pub hint: String,
    pub error: Option<String>,
    pub day: String,
    pub month: String,
    pub year: String,
}

pub struct DatePart<'a> {
    pub id: String,
    pub name: String,
    pub label: &'static str,
    pub value: &'a str,
    pub class: &'static str,
}

impl DateInput {
    pub fn new(name: &str, legend: &str) -> Self {
        Self {
            id: name.to_owned(),
            name: name.to_owned(),
            legend: legend.to_owned(),
            ..Self::default()
        }
    }

    pub fn hint(mut self, hint: &str) -> Self {
        self.hint = hint.to_owned();
        self
    }

    pub fn error(mut self, error: Option<String>) -> Self {
        self.error = error;
        self
    }

    pub fn value(mut self, day: &str, month: &str, year: &str) -> Self {
        (self.day, self.month, self.year) = (day.to_owned(), month.to_owned(), year.to_owned());
        self
    }

    pub fn parts(&self) -> [DatePart<'_>; 3] {
        let part = |word, label, value, class| DatePart {
            // The day carries the field's id, so that a link in the error summary reaches a control.
            id: if word == "day" {
                self.id.clone()
            } else {
                format!("{}-{word}", self.id)
            },
            name: format!("{}-{word}", self.name),
            label,
            value,
            class,
        };
        [
            part("day", "Day", &self.day, "nhsuk-input--width-2"),
            part("month", "Month", &self.month, "nhsuk-input--width-2"),
            part("year", "Year", &self.year, "nhsuk-input--width-4"),
        ]
    }

    pub fn described_by(&self) -> String {
        described_by(&self.id, &self.hint, self.error.as_deref())
    }
}

fn described_by(id: &str, hint: &str, error: Option<&str>) -> String {
    let mut ids = Vec::new();
    if !hint.is_empty() {
        ids.push(format!("{id}-hint"));
    }
    if error.is_some() {
        ids.push(format!("{id}-error"));
    }
    ids.join(" ")
}
