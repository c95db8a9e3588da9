//! The form on which a change of the service's rules is proposed.

use std::collections::BTreeSet;

use axum::extract::State;
use pathway::{Area, ServiceRules};
use service::{Error, FROZEN_AT_MOST, rules};
use terms::{OdsCode, Site};

use super::name;
use crate::{
    caller::Caller,
    config::WebState,
    present::{error_at, errors},
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        form::{Choice, Choices, FieldError, Input},
        rules as view,
        text::count,
    },
};

pub async fn show(State(state): State<WebState>, caller: Caller) -> Answer {
    let scope = caller.scope.clone();
    let found = blocking(&state, move |app| rules::current(app, &scope)).await?;
    let form = Form::of(&found.live.set.rules);
    page(&state, &caller, &form, Vec::new())
}

/// What is typed about a set of rules, as it was typed.
struct Form {
    sites: Vec<String>,
    steps: String,
    youngest: String,
    practices: String,
    postcodes: String,
    note: String,
}

impl Form {
    fn of(rules: &ServiceRules) -> Self {
        let practices: Vec<&str> = rules.area.practices.iter().map(OdsCode::as_str).collect();
        let postcodes: Vec<&str> = rules.area.postcodes.iter().map(String::as_str).collect();
        let sites = rules.sites_not_taken.iter();
        Self {
            sites: sites.map(|site| site.code().to_owned()).collect(),
            steps: rules.steps_low_energy.to_string(),
            youngest: rules.youngest.to_string(),
            practices: practices.join(" "),
            postcodes: postcodes.join(" "),
            note: String::new(),
        }
    }

    fn typed(typed: &Typed) -> Self {
        Self {
            sites: typed.all("sites_not_taken"),
            steps: typed.get("steps_low_energy").to_owned(),
            youngest: typed.get("youngest").to_owned(),
            practices: typed.get("practices").to_owned(),
            postcodes: typed.get("postcodes").to_owned(),
            note: typed.get("note").to_owned(),
        }
    }

    fn rules(&self) -> Result<ServiceRules, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let mut say = |target: &str, message: String| {
            wrong.push(FieldError {
                target: target.to_owned(),
                message,
            });
        };
        let steps_low_energy = self.steps.parse().unwrap_or_else(|_| {
            say(
                "steps_low_energy",
                "Enter a number of steps, such as 3".to_owned(),
            );
            0
        });
        let youngest = self.youngest.parse().unwrap_or_else(|_| {
            say(
                "youngest",
                "Enter an age in whole years, such as 50".to_owned(),
            );
            0
        });
        let sites_not_taken: BTreeSet<Site> = self
            .sites
            .iter()
            .filter_map(|code| Site::from_code(code))
            .collect();
        let practices = words(&self.practices)
            .filter_map(|word| {
                let read = word.parse::<OdsCode>();
                if read.is_err() {
                    say(
                        "practices",
                        format!("“{word}” is not the code of a practice. Enter a letter and five digits, such as F81001"),
                    );
                }
                read.ok()
            })
            .collect();
        let postcodes = words(&self.postcodes).map(str::to_uppercase).collect();
        if wrong.is_empty() {
            Ok(ServiceRules {
                sites_not_taken,
                steps_low_energy,
                youngest,
                area: Area {
                    practices,
                    postcodes,
                },
            })
        } else {
            Err(wrong)
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'))
        .filter(|word| !word.is_empty())
}

fn page(state: &WebState, caller: &Caller, form: &Form, wrong: Vec<FieldError>) -> Answer {
    let input = |name: &str, label: &str, value: &str| {
        Input::text(name, label)
            .value(value)
            .error(error_at(&wrong, name))
    };
    let sites = Site::ALL
        .iter()
        .filter(|site| **site != Site::Unspecified)
        .map(|site| Choice::new(site.code(), site.words()))
        .collect();
    respond::form(
        &wrong,
        &view::Propose {
            chrome: caller
                .chrome(state)
                .with_errors(wrong.clone())
                .titled("Propose a change of rules", None),
            hidden: caller.hidden(),
            sites: Choices::new("sites_not_taken", "Fractures that the service does not take", sites)
                .hint("Tick what brings nobody onto the list. Services differ; Royal Berkshire, for one, leaves out fingers, toes and skull.")
                .choose_all(&form.sites)
                .error(error_at(&wrong, "sites_not_taken")),
            numbers: vec![
                input("steps_low_energy", "Steps of a low-energy fall", &form.steps)
                    .hint("A fall down up to so many steps is low energy. Royal Berkshire: 3")
                    .inputmode("numeric")
                    .class("nhsuk-input--width-2"),
                input("youngest", "Youngest age at the fracture", &form.youngest)
                    .hint("FLS-DB: 50")
                    .inputmode("numeric")
                    .class("nhsuk-input--width-3"),
            ],
            areas: vec![
                input("practices", "Practices of the area", &form.practices)
                    .hint("ODS codes with spaces between. Empty: any practice counts as inside"),
                input("postcodes", "Postcodes of the area", &form.postcodes)
                    .hint("Areas or districts, such as SS or CM1, used where the practice is not known. Empty: any"),
                input("note", "Why", &form.note).hint("Those who approve read this"),
            ],
            frozen: format!("the newest {} messages about fractures", count(FROZEN_AT_MOST as i128)),
        },
    )
}

pub async fn propose(State(state): State<WebState>, caller: Caller, typed: Typed) -> Answer {
    let form = Form::typed(&typed);
    let proposed = match form.rules() {
        Ok(proposed) => proposed,
        Err(wrong) => return page(&state, &caller, &form, wrong),
    };
    let (scope, note) = (caller.scope.clone(), form.note.clone());
    let done = blocking(&state, move |app| {
        rules::propose(app, &scope, &proposed, &note, &mut |_| {})
    })
    .await;
    match done {
        Ok(number) => {
            let text = format!(
                "{} is proposed, and before and after are counted.",
                name(number)
            );
            respond::after(&state, &caller, &format!("/rules/{number}"), Ok(text))
        }
        Err(Error::Invalid(fields)) => page(&state, &caller, &form, errors(&fields, &[])),
        Err(other) => Err(other.into()),
    }
}
