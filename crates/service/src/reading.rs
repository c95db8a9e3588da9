//! From a typed message to what Herald records: details of the person, and sightings with the reader's evidence.

use feeds::{
    fault::Fault,
    message::{Death, Kind, Message, Report, ReportStatus, TestKind},
};
use finder::{Energy, Finder, Finding, Mechanism, Reading, ReportText, Why};
use jiff::civil::Date;
use pathway::{Details, Measure, Sighting, SightingKind, TestResult, analytes};
use terms::{Code, CodeSystem, Listing, Site, Status, age_on, id};

/// A message, read. Nothing here depends on what is on record.
#[derive(Clone)]
pub struct Prepared {
    pub faults: Vec<Fault>,
    pub message: Option<Message>,
    pub details: Details,
    pub sightings: Vec<Sighting>,
    /// Keys of sightings that the sender takes back.
    pub withdrawn: Vec<String>,
    /// Blood results and bone density scans. Which person they are about is for [`crate::work`] to say.
    pub results: Vec<TestResult>,
    /// Keys of results that the sender takes back.
    pub results_withdrawn: Vec<String>,
}

pub fn prepare(finder: &Finder, parsed: feeds::Parsed, line: u64, today: Date) -> Prepared {
    let feeds::Parsed {
        message,
        mut faults,
        ..
    } = parsed;
    let Some(message) = message else {
        return Prepared {
            faults,
            message,
            details: Details::default(),
            sightings: vec![],
            withdrawn: vec![],
            results: vec![],
            results_withdrawn: vec![],
        };
    };
    faults.extend(
        feeds::future_dates(&message, today)
            .into_iter()
            .map(|fault| Fault { line, ..fault }),
    );
    let details = details(&message, today);
    let (mut sightings, mut withdrawn) = (Vec::new(), Vec::new());
    let (mut results, mut results_withdrawn) = (Vec::new(), Vec::new());
    match &message.kind {
        Kind::Other { .. } => {}
        Kind::Report => {
            for report in &message.reports {
                let key = report_key(&message, report);
                if report.status == ReportStatus::Withdrawn {
                    withdrawn.push(key);
                } else {
                    sightings.push(read_report(finder, &message, report, key, today));
                }
            }
            for sent in &message.results {
                let key = another_of_its_kind(result_key(&message, sent), &results);
                if sent.status == ReportStatus::Withdrawn {
                    results_withdrawn.push(key);
                } else {
                    results.push(read_result(&message, sent, key, today));
                }
            }
        }
        Kind::Adt { .. }
        | Kind::EmergencyAttendance
        | Kind::InpatientEpisode
        | Kind::ClinicAppointment => sightings.extend(read_event(finder, &message, today)),
    }
    Prepared {
        faults,
        message: Some(message),
        details,
        sightings,
        withdrawn,
        results,
        results_withdrawn,
    }
}

/// PostgreSQL's text holds no NUL; nothing clinical is lost with it.
fn clean(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn some(text: &str) -> Option<String> {
    let text = clean(text.trim());
    (!text.is_empty()).then_some(text)
}

/// A date that cannot be, left out: the fault that goes with it says so.
fn not_ahead(date: Option<Date>, today: Date) -> Option<Date> {
    date.filter(|date| *date <= today)
}

fn details(message: &Message, today: Date) -> Details {
    let person = &message.person;
    let name = (!person.name.is_empty()).then(|| terms::PersonName {
        family: clean(&person.name.family),
        given: clean(&person.name.given),
        title: person.name.title.as_deref().and_then(some),
    });
    let address: Vec<String> = person
        .address
        .iter()
        .filter_map(|line| some(line))
        .collect();
    Details {
        nhs_number: person.nhs_number.clone(),
        name,
        born: not_ahead(person.born, today),
        sex: (person.sex != terms::Sex::NotKnown).then_some(person.sex),
        address: (!address.is_empty()).then_some(address),
        postcode: person.postcode.as_deref().and_then(some),
        phone: person.phone.as_deref().and_then(some),
        practice: person.practice.clone(),
        local_ids: person
            .local_ids
            .iter()
            .map(|id| pathway::LocalId {
                system: clean(&id.system),
                value: clean(&id.value),
            })
            .collect(),
        death: match person.death {
            Death::NotStated => None,
            Death::Alive => Some(pathway::Death::Alive),
            Death::Died(on) => Some(pathway::Death::Died(not_ahead(on, today))),
        },
    }
}

fn place(message: &Message) -> &str {
    message
        .event
        .site
        .as_ref()
        .map_or(message.sender.facility.as_str(), |site| site.as_str())
}

fn report_key(message: &Message, report: &Report) -> String {
    let part = if report.addendum_only {
        ":addendum"
    } else {
        ""
    };
    // Without an accession number the content itself says whether it is the same report.
    let by = if report.accession.is_empty() {
        let on = report
            .performed
            .map(|day| day.to_string())
            .unwrap_or_default();
        id::derived("report", &[on.as_bytes(), report.text.as_bytes()]).to_string()
    } else {
        report.accession.clone()
    };
    clean(&format!(
        "report:{}:{by}:{}{part}",
        place(message),
        report.exam
    ))
}

fn read_report(
    finder: &Finder,
    message: &Message,
    report: &Report,
    key: String,
    today: Date,
) -> Sighting {
    let text = clean(&report.text);
    let seen_on = report.performed.or(message.event.date);
    let age = match (message.person.born, seen_on) {
        (Some(born), Some(day)) => Some(age_on(born, day)),
        _ => None,
    };
    let reading = finder.read_report(&ReportText {
        text: &text,
        indication: report.indication.as_deref(),
        exam: Some(&report.exam),
        age,
        sex: Some(message.person.sex),
    });
    Sighting {
        key,
        kind: SightingKind::Report,
        seen_on,
        injured_on: not_ahead(message.event.injury_date, today),
        hospital: message.event.site.clone(),
        exam: some(&report.exam),
        text: Some(text),
        indication: report.indication.as_deref().and_then(some),
        reading,
    }
}

fn result_key(message: &Message, sent: &feeds::message::TestResult) -> String {
    let panel = if sent.code.is_empty() {
        &sent.name
    } else {
        &sent.code
    };
    // Without a number the content itself says whether it is the same result.
    let by = if sent.number.is_empty() {
        let content = serde_json::to_vec(&(sent.taken_on, &sent.measures)).unwrap_or_default();
        id::derived("result", &[&content]).to_string()
    } else {
        sent.number.clone()
    };
    clean(&format!("result:{}:{by}:{panel}", place(message)))
}

/// One message may hold a panel twice under one number; the second does not correct the first.
fn another_of_its_kind(key: String, before: &[TestResult]) -> String {
    let again = format!("{key}:again");
    let repeats = |held: &&TestResult| held.key == key || held.key.starts_with(&again);
    match before.iter().filter(repeats).count() {
        0 => key,
        n => format!("{again}{n}"),
    }
}

fn read_result(
    message: &Message,
    sent: &feeds::message::TestResult,
    key: String,
    today: Date,
) -> TestResult {
    let kind = match sent.kind {
        TestKind::Dxa => pathway::TestKind::Dxa,
        TestKind::Laboratory => pathway::TestKind::Blood,
    };
    let measure = |name: &str, value: &str| Measure {
        name: clean(name),
        value: clean(value),
        unit: String::new(),
        range: None,
        flag: None,
        answers: None,
    };
    let taken_on = not_ahead(sent.taken_on, today);
    let mut measures: Vec<Measure> = sent
        .measures
        .iter()
        .map(|sent| Measure {
            unit: clean(&sent.unit),
            range: sent.range.as_deref().and_then(some),
            flag: sent.flag.as_deref().and_then(some),
            ..measure(&sent.name, &sent.value)
        })
        .collect();
    if let (pathway::TestKind::Dxa, Some(day)) = (kind, taken_on) {
        measures.push(measure("Scanned on", &day.to_string()));
    }
    let mut result = TestResult {
        key,
        kind,
        name: some(&sent.name).unwrap_or_else(|| kind.words().to_owned()),
        taken_on,
        hospital: message.event.site.clone(),
        preliminary: sent.status == ReportStatus::Preliminary,
        measures,
        text: sent.text.as_deref().and_then(some),
    };
    analytes::recognise(&mut result);
    result
}

/// An attendance, a stay, a clinic booking: codes where there are any, else the words.
fn read_event(finder: &Finder, message: &Message, today: Date) -> Option<Sighting> {
    let event = &message.event;
    let planned = match &message.kind {
        Kind::ClinicAppointment => true,
        Kind::Adt { event } => matches!(event.as_str(), "A05" | "A14" | "A38"),
        _ => false,
    };
    let seen_on = event.date.or(message.sender.sent_at.map(|at| at.date()));
    let kind = match message.kind {
        Kind::EmergencyAttendance => SightingKind::EmergencyAttendance,
        Kind::InpatientEpisode => SightingKind::InpatientEpisode,
        Kind::ClinicAppointment => SightingKind::ClinicAppointment,
        _ => SightingKind::Admission,
    };
    let words = match (
        event.words.as_deref().and_then(some),
        event.mechanism.as_deref().and_then(some),
    ) {
        (Some(words), Some(how)) => Some(format!("{words}\nHow it happened: {how}")),
        (words, how) => words.or(how.map(|how| format!("How it happened: {how}"))),
    };
    let reading = if !message.codes.is_empty() {
        let mut reading = finder.read_codes(&message.codes);
        add_operations(&mut reading, finder, &message.codes);
        if reading.mechanism.is_none()
            && let Some(words) = &words
        {
            add_mechanism(&mut reading, finder.read_words(words, event.side).mechanism);
        }
        reading
    } else {
        let words = words.as_deref()?;
        let mut reading = finder.read_words(words, event.side);
        if kind == SightingKind::Admission && reading.list == Listing::Yes {
            // The reason for an admission is what was thought at the door, not a diagnosis.
            reading.list = Listing::Look;
            reading.why = Why::Possible;
            reading.reason = format!("Named as the reason for coming: {}", reading.reason);
        }
        reading
    };
    let by = match &event.reference {
        Some(reference) => reference.clone(),
        // Without a visit number the content itself says whether it is the same event.
        None => format!(
            "{}:{}:{}",
            event.date.map(|d| d.to_string()).unwrap_or_default(),
            message
                .person
                .local_ids
                .first()
                .map(|id| id.value.as_str())
                .unwrap_or_default(),
            words.as_deref().unwrap_or_default(),
        ),
    };
    Some(Sighting {
        key: clean(&format!("{}:{}:{by}", kind_code(kind), place(message))),
        kind,
        // A discharge or an update often leaves the date of the visit out; then the message's own day will do.
        // Nobody has been seen yet at an appointment that lies ahead.
        seen_on: if planned {
            not_ahead(seen_on, today)
        } else {
            seen_on
        },
        injured_on: not_ahead(event.injury_date, today),
        hospital: event.site.clone(),
        exam: None,
        text: words,
        indication: None,
        reading,
    })
}

/// An operation for a fracture of no stated bone is left out where a diagnosis names the bone; it is kept as evidence
/// of that diagnosis, which it makes surer. Alone, a replacement that may be elective says nothing.
fn add_operations(reading: &mut Reading, finder: &Finder, codes: &[Code]) {
    let diagnosis = reading
        .findings
        .iter()
        .find(|finding| finding.status == Status::Present && finding.site != Site::Unspecified)
        .map(|finding| (finding.site, finding.side));
    let (Some((site, side)), true) = (diagnosis, reading.list != Listing::No) else {
        return;
    };
    let operations: Vec<Code> = codes
        .iter()
        .filter(|code| code.system == CodeSystem::Opcs4)
        .cloned()
        .collect();
    for operation in finder.read_codes(&operations).findings {
        let left_out = operation.site == Site::Unspecified
            && !reading
                .findings
                .iter()
                .any(|finding| finding.evidence == operation.evidence);
        if left_out {
            reading.findings.push(Finding {
                site,
                side,
                ..operation
            });
        }
    }
}

/// Codes say what broke; how it happened often stands only in the words beside them.
fn add_mechanism(reading: &mut Reading, mechanism: Option<Mechanism>) {
    let Some(mechanism) = mechanism else { return };
    if mechanism.energy == Energy::High && reading.list != Listing::No {
        reading.list = Listing::No;
        reading.why = Why::HighEnergy;
        reading.reason = format!("{}, but after a high-energy injury", reading.reason);
    }
    reading.mechanism = Some(mechanism);
}

pub fn kind_code(kind: SightingKind) -> &'static str {
    match kind {
        SightingKind::EmergencyAttendance => "emergency_attendance",
        SightingKind::Report => "report",
        SightingKind::InpatientEpisode => "inpatient_episode",
        SightingKind::ClinicAppointment => "clinic_appointment",
        SightingKind::Admission => "hospital_message",
        SightingKind::ByHand => "by_hand",
    }
}

/// By which feed a message came in which there was nothing to read; none for kinds that Herald does not use.
pub fn source_kind(message: &Message) -> Option<&'static str> {
    Some(match message.kind {
        Kind::Report if message.reports.is_empty() => "result",
        Kind::Report => kind_code(SightingKind::Report),
        Kind::EmergencyAttendance => kind_code(SightingKind::EmergencyAttendance),
        Kind::InpatientEpisode => kind_code(SightingKind::InpatientEpisode),
        Kind::ClinicAppointment => kind_code(SightingKind::ClinicAppointment),
        Kind::Adt { .. } => kind_code(SightingKind::Admission),
        Kind::Other { .. } => return None,
    })
}

/// A reader's reason as it is counted.
pub fn why_code(why: Why) -> String {
    match serde_json::to_value(why) {
        Ok(serde_json::Value::String(code)) => code,
        _ => format!("{why:?}"),
    }
}
