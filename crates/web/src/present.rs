//! From what a use case answers to what a template shows.

use finder::{Energy, Evidence, Mechanism};
use pathway::{Sighting as Seen, SightingKind};
use service::{FieldError as Wrong, PersonCard};
use store::settings::Site;
use terms::Sex;

use crate::{
    caller::Caller,
    typed::Typed,
    view::{
        evidence::{Sighting, finding_line, passages},
        form::{DateInput, FieldError, Hidden},
        parts::{Banner, Fact, OneButton},
        text::{DateText, NhsText, long_date},
    },
};

pub fn banner(card: &PersonCard, href: &str) -> Banner {
    let age = card.age.map(|age| format!("{age}y")).unwrap_or_default();
    let (age, age_at_death) = if card.died {
        (String::new(), age)
    } else {
        (age, String::new())
    };
    Banner {
        name: card.name.to_string(),
        href: href.to_owned(),
        born: card.born.map(DateText::from),
        age,
        died: card.died.then(|| {
            card.died_on.map_or_else(
                || "date not known".to_owned(),
                |on| DateText::from(on).short,
            )
        }),
        // Without the day of death the age then is not known.
        age_at_death: if card.died_on.is_some() {
            age_at_death
        } else {
            String::new()
        },
        gender: gender(&card.sex),
        nhs: NhsText::from(card.nhs_number.as_ref()),
        needs: card.needs.clone(),
        more: Vec::new(),
    }
}

pub fn gender(stored: &str) -> String {
    Sex::read(stored).words().to_owned()
}

pub fn site_name(sites: &[Site], code: &str) -> String {
    match sites.iter().find(|site| site.code == code) {
        Some(site) => site.name.clone(),
        None if code.is_empty() => "Hospital not known".to_owned(),
        None => code.to_owned(),
    }
}

/// `number` makes the heading's id; `feed` is the source as the timeline has it.
pub fn sighting(number: u32, seen: &Seen, feed: &str, sites: &[Site]) -> Sighting {
    let reading = &seen.reading;
    let text = seen.text.as_deref().unwrap_or_default();
    Sighting {
        id: sighting_id(number),
        kind: seen.kind.words().to_owned(),
        exam: seen.exam.clone().unwrap_or_default(),
        date: seen.seen_on.map(DateText::from),
        hospital: site_name(
            sites,
            seen.hospital
                .as_ref()
                .map(|code| code.as_str())
                .unwrap_or_default(),
        ),
        feed: feed.to_owned(),
        weight: "",
        strongest: false,
        findings: reading.findings.iter().map(finding_line).collect(),
        indication: seen.indication.clone().unwrap_or_default(),
        texts: if text.is_empty() {
            Vec::new()
        } else {
            vec![passages(
                text,
                &reading.findings,
                reading.mechanism.as_ref(),
            )]
        },
        mechanism: mechanism(reading.mechanism.as_ref(), seen),
        injured: seen
            .injured_on
            .filter(|day| Some(*day) != seen.seen_on)
            .map(long_date)
            .unwrap_or_default(),
        read_again: None,
    }
}

pub fn sighting_id(number: u32) -> String {
    format!("sighting-{number}")
}

/// Offers to see how a sighting's report was read. The words go in a form, never in an address.
pub fn read_again(caller: &Caller, seen: &Seen) -> Option<OneButton> {
    let report = seen
        .text
        .as_ref()
        .filter(|_| seen.kind == SightingKind::Report)?;
    let apart = [("exam", &seen.exam), ("indication", &seen.indication)];
    let mut fields = caller.hidden();
    fields.push(Hidden::new("report", report));
    fields.extend(
        apart
            .into_iter()
            .filter_map(|(name, text)| Some(Hidden::new(name, text.as_ref()?))),
    );
    Some(OneButton {
        action: "/reader".to_owned(),
        fields,
        text: "See how this report was read".to_owned(),
    })
}

fn mechanism(mechanism: Option<&Mechanism>, seen: &Seen) -> String {
    match mechanism {
        Some(mechanism) => {
            let energy = match mechanism.energy {
                Energy::Low => "Low-energy injury",
                Energy::High => "High-energy injury",
            };
            match &mechanism.evidence {
                Evidence::Span { text, .. } => format!("{energy}: “{text}”"),
                Evidence::Code { code, title, .. } => format!("{energy}: {code} {title}"),
            }
        }
        // Not recognised is not “not stated”: where there are words, they stand above.
        None if seen.text.is_some() => String::new(),
        None => "Not stated".to_owned(),
    }
}

pub fn facts<const N: usize>(pairs: [(&str, String); N]) -> Vec<Fact> {
    pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(label, value)| Fact::new(label, value))
        .collect()
}

/// The errors of a use case at the fields of a page. `ids` names the ids that differ from the field's name.
pub fn errors(wrong: &[Wrong], ids: &[(&str, &str)]) -> Vec<FieldError> {
    wrong
        .iter()
        .map(|error| FieldError {
            target: ids
                .iter()
                .find(|(field, _)| *field == error.field)
                .map_or(error.field.as_str(), |(_, id)| *id)
                .to_owned(),
            message: error.message.clone(),
        })
        .collect()
}

pub fn error_at(errors: &[FieldError], target: &str) -> Option<String> {
    errors
        .iter()
        .find(|error| error.target == target)
        .map(|error| error.message.clone())
}

pub fn date_input(name: &str, legend: &str, typed: &Typed, errors: &[FieldError]) -> DateInput {
    let [day, month, year] = typed.date_boxes(name);
    DateInput::new(name, legend)
        .value(day, month, year)
        .error(error_at(errors, name))
}
