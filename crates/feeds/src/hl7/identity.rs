//! PID, PD1 and MRG: what the sender says about the person.

use terms::{NhsNumber, NhsNumberError, PersonName, Sex};

use super::parse::{Field, Parse, Segment};
use super::time;
use crate::fault::Fault;
use crate::item::NhsNumberSeen;
use crate::message::{Death, LocalId, Person};
use crate::values;

pub(super) struct Identity {
    pub person: Person,
    pub seen: NhsNumberSeen,
}

pub(super) fn read(parse: &Parse<'_>, pid: Segment<'_, '_>, faults: &mut Vec<Fault>) -> Identity {
    let mut person = Person {
        name: name(pid.field(5)),
        sex: Sex::read(&pid.field(8).value()),
        born: born(pid, faults),
        death: death(pid, faults),
        phone: phone(pid),
        identity_unknown: pid.field(31).value().eq_ignore_ascii_case("Y"),
        ..Person::default()
    };
    (person.address, person.postcode) = address(pid.field(11));
    person.practice = parse.first("PD1").and_then(practice);
    let seen = ids(parse, pid, &mut person, faults);
    if let Some(mrg) = parse.first("MRG") {
        person.replaces = merged(parse, mrg);
    }
    if let Some(hidden) = parse
        .first("ZU8")
        .filter(|zu8| is_yes(&zu8.field(4).value()))
    {
        person.address.clear();
        person.postcode = None;
        person.phone = None;
        person.practice = None;
        faults.push(
            Fault::warning(
                hidden.line,
                "The sender hides where this person lives; address, phone and practice were left out.",
                "Ask the hospital's records team before writing or calling.",
            )
            .at(hidden.place(4)),
        );
    }
    Identity { person, seen }
}

fn is_yes(value: &str) -> bool {
    matches!(
        value.to_ascii_uppercase().as_str(),
        "Y" | "YES" | "1" | "T" | "TRUE"
    )
}

fn is_no(value: &str) -> bool {
    matches!(
        value.to_ascii_uppercase().as_str(),
        "N" | "NO" | "0" | "F" | "FALSE"
    )
}

/// One CX: an id, who gave it and of what type.
struct Id {
    value: String,
    authority: String,
    kind: String,
}

impl Id {
    fn read(field: Field<'_, '_>) -> Self {
        let upper = |n| field.component(n).value().to_ascii_uppercase();
        Self {
            value: field.value().into_owned(),
            authority: upper(4),
            kind: upper(5),
        }
    }

    /// ITK keys on CX.4; most feeds only fill CX.5.
    fn is_nhs_number(&self) -> bool {
        self.authority == "NHS" || matches!(self.kind.as_str(), "NH" | "NHS" | "NHSNMBR")
    }
}

fn sending_organisation(parse: &Parse<'_>) -> String {
    let msh = parse.first("MSH");
    let value = |n| {
        msh.map(|msh| msh.field(n).value().into_owned())
            .filter(|v| !v.is_empty())
    };
    value(4).or_else(|| value(3)).unwrap_or_default()
}

fn local_id(id: Id, organisation: &str) -> LocalId {
    let system = if id.authority.is_empty() {
        organisation.to_owned()
    } else {
        id.authority
    };
    LocalId {
        system,
        value: id.value,
    }
}

fn ids(
    parse: &Parse<'_>,
    pid: Segment<'_, '_>,
    person: &mut Person,
    faults: &mut Vec<Fault>,
) -> NhsNumberSeen {
    let organisation = sending_organisation(parse);
    let mut numbers: Vec<(NhsNumber, String)> = Vec::new();
    let mut wrong = 0;
    let mut traced = trace_status(pid);
    for number in [2, 3, 4, 19] {
        for field in pid.field(number).repetitions() {
            let id = Id::read(field);
            if id.is_nhs_number() && traced.is_none() {
                traced = status(&field.component(2).value());
            }
            if id.value.is_empty() {
                continue;
            }
            let parsed = id.value.parse::<NhsNumber>();
            // PID-19 (SSN) carries a bare number; only the check digit tells what it is.
            let bare =
                number == 19 && id.authority.is_empty() && id.kind.is_empty() && parsed.is_ok();
            match parsed {
                Ok(nhs) if id.is_nhs_number() || bare => {
                    let known = numbers.iter().any(|(known, _)| *known == nhs);
                    numbers.extend((!known).then(|| (nhs, pid.place(number))));
                }
                Err(error) if id.is_nhs_number() => {
                    wrong += 1;
                    faults.push(wrong_number(
                        pid.line,
                        &pid.place(number),
                        &id.value,
                        &error,
                    ));
                }
                _ if number != 19 => {
                    let local = local_id(id, &organisation);
                    if !person.local_ids.contains(&local) {
                        person.local_ids.push(local);
                    }
                }
                _ => {}
            }
        }
    }
    if let ([_, _, ..], Some((_, place))) = (numbers.as_slice(), numbers.last()) {
        faults.push(
            Fault::warning(
                pid.line,
                "This message has two different NHS numbers for one person; both were left out.",
                "Ask the sender which is right.",
            )
            .at(place.clone()),
        );
        return NhsNumberSeen::Invalid;
    }
    match numbers.pop() {
        Some((number, _)) => {
            person.nhs_number = Some(number);
            person.traced = traced;
            NhsNumberSeen::Valid
        }
        None if wrong > 0 => NhsNumberSeen::Invalid,
        None => NhsNumberSeen::Absent,
    }
}

pub(crate) fn wrong_number(line: u64, place: &str, value: &str, error: &NhsNumberError) -> Fault {
    Fault::warning(
        line,
        format!("This is not a valid NHS number: {error}."),
        "The number was left out. Look it up and correct it at the source.",
    )
    .at(place)
    .with_value(value)
}

/// PID-32 iterates `NSTS01` or `01`; only 01 is a traced number.
fn trace_status(pid: Segment<'_, '_>) -> Option<bool> {
    pid.field(32)
        .repetitions()
        .find_map(|repeat| status(&repeat.value()))
}

fn status(code: &str) -> Option<bool> {
    let upper = code.to_ascii_uppercase();
    let digits = upper.strip_prefix("NSTS").unwrap_or(&upper);
    matches!(
        digits,
        "01" | "02" | "03" | "04" | "05" | "06" | "07" | "08"
    )
    .then_some(digits == "01")
}

fn merged(parse: &Parse<'_>, mrg: Segment<'_, '_>) -> Vec<LocalId> {
    let organisation = sending_organisation(parse);
    let mut ids = Vec::new();
    for field in mrg.field(1).repetitions() {
        let id = Id::read(field);
        if id.value.is_empty() {
            continue;
        }
        let local = match id.value.parse::<NhsNumber>() {
            Ok(number) if id.is_nhs_number() => LocalId {
                system: "NHS".into(),
                value: number.digits().to_owned(),
            },
            _ => local_id(id, &organisation),
        };
        if !ids.contains(&local) {
            ids.push(local);
        }
    }
    ids
}

/// The legal name first, then one without a type or in daily use; aliases and maiden names only when nothing else.
fn name(field: Field<'_, '_>) -> PersonName {
    let preference = |kind: &str| match kind {
        "L" => 0,
        "" => 1,
        "D" => 2,
        "U" | "N" | "C" => 3,
        _ => 4,
    };
    let named = |repeat: &Field<'_, '_>| {
        !(repeat.value().is_empty() && repeat.component(2).value().is_empty())
    };
    let chosen = field
        .repetitions()
        .filter(named)
        .min_by_key(|repeat| preference(repeat.component(7).value().to_ascii_uppercase().as_str()));
    let Some(chosen) = chosen else {
        return PersonName::default();
    };
    let title = chosen.component(5).value().into_owned();
    PersonName {
        family: chosen.value().into_owned(),
        given: chosen.component(2).value().into_owned(),
        title: Some(title).filter(|title| !title.is_empty()),
    }
}

fn born(pid: Segment<'_, '_>, faults: &mut Vec<Fault>) -> Option<jiff::civil::Date> {
    let raw = pid.field(7).component(1).raw();
    match time::parse(raw) {
        Ok(when) => when.map(|when| when.date),
        Err(error) => {
            faults.push(
                Fault::warning(
                    pid.line,
                    error.problem(raw),
                    "The birth date was left out. Correct it at the source.",
                )
                .at(pid.place(7))
                .with_value(raw),
            );
            None
        }
    }
}

fn death(pid: Segment<'_, '_>, faults: &mut Vec<Fault>) -> Death {
    let date_field = pid.field(29);
    let raw = date_field.component(1).raw();
    let flag_field = pid.field(30);
    let flag = flag_field.value();
    let dated = time::parse(raw);
    if let Err(error) = &dated {
        faults.push(
            Fault::warning(
                pid.line,
                error.problem(raw),
                "The date of death was left out. Correct it at the source.",
            )
            .at(pid.place(29))
            .with_value(raw),
        );
    }
    // A year alone still says that the person died; a stray letter does not.
    let has_date = match &dated {
        Ok(date) => date.is_some(),
        Err(_) => raw.bytes().filter(u8::is_ascii_digit).count() >= 4,
    };
    let date = dated.ok().flatten().map(|when| when.date);
    if has_date && is_no(&flag) {
        faults.push(
            Fault::warning(
                pid.line,
                "The sender gives a date of death and says that the person is not dead.",
                "Herald takes the person as dead, so that no letter is sent. Find out, and correct it at the source.",
            )
            .at(pid.place(30))
            .with_value(&flag),
        );
    }
    match () {
        () if has_date || is_yes(&flag) => Death::Died(date),
        () if is_no(&flag) || date_field.is_null() || flag_field.is_null() => Death::Alive,
        () => Death::NotStated,
    }
}

fn address(field: Field<'_, '_>) -> (Vec<String>, Option<String>) {
    let preference = |kind: &str| match kind {
        "H" => 0,
        "" | "L" | "P" | "C" => 1,
        _ => 2,
    };
    let filled = |repeat: &Field<'_, '_>| {
        [1, 2, 3, 5]
            .iter()
            .any(|n| !repeat.component(*n).value().is_empty())
    };
    let chosen = field
        .repetitions()
        .filter(filled)
        .min_by_key(|repeat| preference(repeat.component(7).value().to_ascii_uppercase().as_str()));
    let Some(chosen) = chosen else {
        return (Vec::new(), None);
    };
    let lines = (1..=4)
        .map(|n| chosen.component(n).value().into_owned())
        .filter(|line| !line.is_empty())
        .collect();
    (lines, values::postcode(&chosen.component(5).value()))
}

fn phone(pid: Segment<'_, '_>) -> Option<String> {
    let number = |repeat: Field<'_, '_>| {
        [1, 12]
            .iter()
            .map(|n| repeat.component(*n).value().into_owned())
            .find(|text| {
                text.bytes().filter(u8::is_ascii_digit).count() >= 5 && !text.contains('@')
            })
    };
    [13, 14]
        .iter()
        .find_map(|n| pid.field(*n).repetitions().find_map(number))
}

/// PD1-3 in ITK; PD1-4 second repetition in Welsh feeds; PD1-3 second repetition from Epic.
fn practice(pd1: Segment<'_, '_>) -> Option<terms::OdsCode> {
    [3, 4].iter().find_map(|n| {
        let coded = |repeat: Field<'_, '_>| {
            let third = values::practice(&repeat.component(3).value());
            third.or_else(|| {
                repeat
                    .components()
                    .find_map(|part| values::practice(&part.value()))
            })
        };
        pd1.field(*n).repetitions().find_map(coded)
    })
}
