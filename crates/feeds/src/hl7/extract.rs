//! A parsed message into the typed one.

use jiff::civil::Date;
use terms::{Code, CodeSystem};

use super::parse::{Field, Parse, Segment, parse};
use super::{identity, observations, time};
use crate::encoding::{self, Basis};
use crate::fault::Fault;
use crate::item::{NhsNumberSeen, Parsed};
use crate::message::{Event, Kind, Message, Person, Sender};
use crate::values;

pub(crate) fn read(raw: &[u8], line: u64) -> Parsed {
    let (text, encoding) = encoding::decode(raw, declared_charset(raw).as_deref());
    let mut parsed = Parsed {
        encoding,
        ..Parsed::default()
    };
    let mut tree = match parse(&text, line) {
        Ok(tree) => tree,
        Err(fault) => {
            parsed.faults.push(*fault);
            return parsed;
        }
    };
    parsed.faults.append(&mut tree.faults);
    if encoding.basis == Basis::DeclarationWrong {
        parsed.faults.push(
            Fault::warning(
                line,
                format!("The message does not keep to the character set it declares; it was read as {}.", encoding.name),
                "Check names with accents. Ask the sender to correct MSH-18.",
            )
            .at("MSH-18"),
        );
    }
    let Some(msh) = tree.first("MSH") else {
        return parsed;
    };
    let Some(kind) = kind(&tree, msh) else {
        parsed.faults.push(
            Fault::rejected(
                msh.line,
                "The message type is missing: the message may have been cut short.",
                "Ask the sender to send it again.",
            )
            .at(msh.place(9)),
        );
        return parsed;
    };
    test_message(msh, &mut parsed.faults);
    let used = matches!(kind, Kind::Adt { .. } | Kind::Report);
    let (person, seen) = match person(&tree, used, &mut parsed.faults) {
        Ok(found) => found,
        Err(fault) => {
            parsed.faults.push(*fault);
            return parsed;
        }
    };
    parsed.nhs_number = seen;
    let mut message = Message {
        sender: sender(&tree, msh, &mut parsed.faults),
        person,
        event: Event::default(),
        codes: Vec::new(),
        reports: Vec::new(),
        results: Vec::new(),
        kind,
    };
    if used {
        if message.kind == Kind::Report {
            (message.reports, message.results) = observations::read(&tree, &mut parsed.faults);
        }
        diagnoses(&tree, &mut message, &mut parsed.faults);
        procedures(&tree, &mut message.codes);
        event(&tree, msh, &mut message, &mut parsed.faults);
        check_birth(&tree, &mut message, &mut parsed.faults);
    }
    parsed.message = Some(message);
    parsed
}

/// MSH-18 must be known before the text can be.
fn declared_charset(raw: &[u8]) -> Option<String> {
    let start = raw.windows(3).take(64).position(|three| three == b"MSH")?;
    let msh = raw
        .get(start..)?
        .split(|b| matches!(b, b'\r' | b'\n'))
        .next()?;
    let separator = msh.get(3)?;
    let field = msh.split(|b| b == separator).nth(17)?;
    let first = field
        .split(|b| *b == b'~')
        .map(|name| name.trim_ascii())
        .find(|name| !name.is_empty())?;
    Some(String::from_utf8_lossy(first).into_owned())
}

/// MSH-9.3 is often missing and never relied on; a trigger may only be in EVN-1.
fn kind(tree: &Parse<'_>, msh: Segment<'_, '_>) -> Option<Kind> {
    let upper = |field: Field<'_, '_>| field.value().to_ascii_uppercase();
    let field = msh.field(9);
    let code = upper(field.component(1));
    let mut trigger = upper(field.component(2));
    if code.is_empty() {
        return None;
    }
    match (code.as_str(), trigger.as_str()) {
        ("ADT", "") => {
            trigger = tree
                .first("EVN")
                .map(|evn| upper(evn.field(1)))
                .unwrap_or_default();
            Some(Kind::Adt { event: trigger })
        }
        ("ADT", _) => Some(Kind::Adt { event: trigger }),
        ("ORU", "R01" | "") => Some(Kind::Report),
        (_, "") => Some(Kind::Other { name: code }),
        _ => Some(Kind::Other {
            name: format!("{code}^{trigger}"),
        }),
    }
}

fn test_message(msh: Segment<'_, '_>, faults: &mut Vec<Fault>) {
    let mode = msh.field(11).value().to_ascii_uppercase();
    let what = match mode.as_str() {
        "T" => "training",
        "D" => "debugging",
        _ => return,
    };
    faults.push(
        Fault::warning(
            msh.line,
            format!("The sender marks this message as {what}, not production."),
            "If this is the live service, ask the sender why test messages reach it.",
        )
        .at(msh.place(11))
        .with_value(&mode),
    );
}

fn person(
    tree: &Parse<'_>,
    needed: bool,
    faults: &mut Vec<Fault>,
) -> Result<(Person, NhsNumberSeen), Box<Fault>> {
    let mut all = tree.all("PID");
    let Some(pid) = all.next() else {
        if !needed {
            return Ok((Person::default(), NhsNumberSeen::Absent));
        }
        let line = tree.segments().next().map_or(1, |segment| segment.line);
        return Err(Box::new(
            Fault::rejected(
                line,
                "The message does not say who it is about: the PID segment is missing.",
                "Ask the sender to send it again.",
            )
            .at("PID"),
        ));
    };
    // One message is about one person; taking the first would hang the others' results on them.
    let same = |other: Segment<'_, '_>| (2..=7).all(|n| other.field(n).raw() == pid.field(n).raw());
    if needed && let Some(other) = all.find(|other| !same(*other)) {
        return Err(Box::new(
            Fault::rejected(
                other.line,
                "The message is about more than one person; Herald reads one person a message.",
                "Ask the sender to send one message for each person.",
            )
            .at("PID"),
        ));
    }
    let found = identity::read(tree, pid, faults);
    Ok((found.person, found.seen))
}

fn sender(tree: &Parse<'_>, msh: Segment<'_, '_>, faults: &mut Vec<Fault>) -> Sender {
    let stamp = msh.field(7).component(1).raw();
    if let Err(error) = time::parse(stamp) {
        faults.push(
            Fault::warning(
                msh.line,
                error.problem(stamp),
                "The time of the message was left out.",
            )
            .at(msh.place(7))
            .with_value(stamp),
        );
    }
    let control = msh.field(10).value().into_owned();
    Sender {
        application: msh.field(3).value().into_owned(),
        facility: msh.field(4).value().into_owned(),
        control_id: Some(control).filter(|id| !id.is_empty()),
        sent_at: occurred(tree)
            .or_else(|| when(msh.field(7)))
            .map(time::When::date_time),
    }
}

/// EVN-6 is when it happened, EVN-2 when it was typed in.
fn occurred(tree: &Parse<'_>) -> Option<time::When> {
    let evn = tree.first("EVN")?;
    when(evn.field(6)).or_else(|| when(evn.field(2)))
}

fn when(field: Field<'_, '_>) -> Option<time::When> {
    time::parse(field.component(1).raw()).ok().flatten()
}

fn event(tree: &Parse<'_>, msh: Segment<'_, '_>, message: &mut Message, faults: &mut Vec<Fault>) {
    let pv1 = tree.first("PV1");
    let pv2 = tree.first("PV2");
    let event = &mut message.event;
    event.site = pv1
        .and_then(|pv1| values::site(&pv1.field(3).component(4).value()))
        .or_else(|| values::site(&msh.field(4).value()));
    event.reference = pv1
        .map(|pv1| pv1.field(19).value().into_owned())
        .filter(|number| !number.is_empty())
        .or_else(|| {
            message
                .reports
                .first()
                .map(|report| &report.accession)
                .into_iter()
                .chain(message.results.iter().map(|result| &result.number))
                .find(|number| !number.is_empty())
                .cloned()
        });
    let admitted = pv1.and_then(|pv1| dated(pv1, 44, faults));
    let planned = || pv2.and_then(|pv2| when(pv2.field(8))).map(|when| when.date);
    let trigger = match &message.kind {
        Kind::Adt { event } => event.as_str(),
        _ => "",
    };
    event.date = match trigger {
        "" => message
            .reports
            .iter()
            .map(|report| report.performed)
            .chain(message.results.iter().map(|result| result.taken_on))
            .find_map(|day| day),
        "A01" | "A04" => admitted.or_else(|| occurred(tree).map(|when| when.date)),
        "A05" | "A14" | "A38" => planned().or(admitted),
        _ => admitted,
    };
    event.injury_date = tree
        .first("ACC")
        .and_then(|acc| when(acc.field(1)))
        .map(|when| when.date);
    if let Some(reason) = pv2
        .map(|pv2| words_of(pv2.field(3)))
        .filter(|words| !words.is_empty())
    {
        add_words(&mut event.words, reason);
    }
}

fn dated(segment: Segment<'_, '_>, number: usize, faults: &mut Vec<Fault>) -> Option<Date> {
    let raw = segment.field(number).component(1).raw();
    match time::parse(raw) {
        Ok(when) => when.map(|when| when.date),
        Err(error) => {
            faults.push(
                Fault::warning(
                    segment.line,
                    error.problem(raw),
                    "The date was left out. Correct it at the source.",
                )
                .at(segment.place(number))
                .with_value(raw),
            );
            None
        }
    }
}

/// A coded field's words, else its code.
fn words_of(field: Field<'_, '_>) -> String {
    let words = field.component(2).text();
    if words.is_empty() {
        field.component(1).text()
    } else {
        words
    }
}

fn add_words(to: &mut Option<String>, words: String) {
    match to {
        Some(known) if known.contains(words.as_str()) => {}
        Some(known) => {
            known.push_str("; ");
            known.push_str(&words);
        }
        None => *to = Some(words),
    }
}

fn diagnoses(tree: &Parse<'_>, message: &mut Message, faults: &mut Vec<Fault>) {
    for dg1 in tree.all("DG1") {
        // DG1-21 D takes the diagnosis back.
        if dg1.field(21).value().eq_ignore_ascii_case("D") {
            continue;
        }
        let field = dg1.field(3);
        let description = dg1.field(4).text();
        let method = dg1.field(2).value().into_owned();
        match coded(field, 1, &method).or_else(|| coded(field, 4, "")) {
            Some(mut code) => {
                if code.text.is_none() && !description.is_empty() {
                    code.text = Some(description);
                }
                if !message.codes.contains(&code) {
                    message.codes.push(code);
                }
            }
            None => {
                faults.extend(cut_code(dg1));
                let words = if description.is_empty() {
                    words_of(field)
                } else {
                    description
                };
                if !words.is_empty() {
                    add_words(&mut message.event.words, words);
                }
            }
        }
    }
}

/// A long number that fails its check digit was a SNOMED CT code once.
fn cut_code(dg1: Segment<'_, '_>) -> Option<Fault> {
    let code = dg1.field(3).value().into_owned();
    (values::check_snomed(&code) == Err(values::NotSnomed::CheckDigit)).then(|| {
        Fault::warning(
            dg1.line,
            "This SNOMED CT code fails its check digit; it was left out.",
            "Correct it at the source.",
        )
        .at(dg1.place(3))
        .with_value(&code)
    })
}

/// A code^text^system triplet whose system is ICD-10 or SNOMED CT, by name or, unnamed, by the look of the code.
fn coded(field: Field<'_, '_>, first: usize, method: &str) -> Option<Code> {
    let code = field.component(first).value().into_owned();
    if code.is_empty() {
        return None;
    }
    let named = field.component(first + 2).value().to_ascii_uppercase();
    let named = if named.is_empty() {
        method.to_ascii_uppercase()
    } else {
        named
    };
    let packed: String = named.chars().filter(char::is_ascii_alphanumeric).collect();
    let mut code = match packed.as_str() {
        "I10" | "I10C" | "10" | "ICD" | "ICDX" => Code::new(CodeSystem::Icd10, code),
        name if name.contains("ICD10") && !name.contains("PCS") => {
            Code::new(CodeSystem::Icd10, code)
        }
        "SCT" | "SCT2" | "SNM" | "SNM3" | "SCTUK" => Code::new(CodeSystem::Snomed, code),
        name if name.contains("SNOMED") => Code::new(CodeSystem::Snomed, code),
        name if name.starts_with("I9") || name.contains("ICD9") => return None,
        _ => values::code_by_shape(&code)?,
    };
    let fits = match code.system {
        CodeSystem::Icd10 => values::looks_like_icd10(&code.code),
        _ => values::check_snomed(&code.code).is_ok(),
    };
    let text = field.component(first + 1).text();
    code.text = Some(text).filter(|text| !text.is_empty());
    fits.then_some(code)
}

fn procedures(tree: &Parse<'_>, codes: &mut Vec<Code>) {
    for pr1 in tree.all("PR1") {
        let field = pr1.field(3);
        let system = field.component(3).value().to_ascii_uppercase();
        let code = field.value().into_owned();
        let system = match system.as_str() {
            name if name.contains("OPCS") => CodeSystem::Opcs4,
            name if name.contains("SNOMED") || name.starts_with("SCT") => CodeSystem::Snomed,
            "" if values::looks_like_opcs4(&code) => CodeSystem::Opcs4,
            _ => continue,
        };
        let fits = match system {
            CodeSystem::Opcs4 => values::looks_like_opcs4(&code),
            _ => values::check_snomed(&code).is_ok(),
        };
        if !fits {
            continue;
        }
        let words = field.component(2).text();
        let words = if words.is_empty() {
            pr1.field(4).text()
        } else {
            words
        };
        let mut found = Code::new(system, code);
        found.text = Some(words).filter(|words| !words.is_empty());
        if !codes.contains(&found) {
            codes.push(found);
        }
    }
}

fn check_birth(tree: &Parse<'_>, message: &mut Message, faults: &mut Vec<Fault>) {
    let Some(born) = message.person.born else {
        return;
    };
    let events = [message.event.date, message.event.injury_date];
    if let Some(problem) = values::implausible_birth(born, &events, message.person.death) {
        let pid = tree.first("PID");
        let raw = pid.map(|pid| pid.field(7).raw()).unwrap_or_default();
        faults.push(
            Fault::warning(
                pid.map_or(1, |pid| pid.line),
                problem,
                "The birth date was left out. Correct it at the source.",
            )
            .at("PID-7")
            .with_value(raw),
        );
        message.person.born = None;
    }
}
