//! One stored row into the typed message.

use jiff::civil::Date;
use terms::{Code, CodeSystem, NhsNumber, OdsCode, PersonName, Sex, Side};

use super::dates::{self, is_not_known};
use super::profile::{Column, Profile, RowKind};
use super::stored::Stored;
use crate::fault::Fault;
use crate::item::{NhsNumberSeen, Parsed};
use crate::message::{Death, Event, Kind, LocalId, Message, Person, Report, ReportStatus, Sender};
use crate::values::{self, NotSnomed};

pub(crate) fn read(raw: &[u8], line: u64, profile: &Profile) -> Parsed {
    let stored: Stored = match serde_json::from_slice(raw) {
        Ok(stored) => stored,
        Err(_) => {
            let fault = Fault::rejected(
                line,
                "This is not a stored row.",
                "It was stored by something else, or damaged; send its file again.",
            );
            return Parsed {
                faults: vec![fault],
                ..Parsed::default()
            };
        }
    };
    let mut row = Row::new(&stored, line, profile);
    let mut parsed = Parsed {
        encoding: stored.encoding(),
        ..Parsed::default()
    };
    parsed.message = row.message(&stored, &mut parsed.nhs_number);
    parsed.faults = row.faults;
    parsed
}

struct Cell<'a> {
    index: usize,
    header: &'a str,
    value: &'a str,
    column: Column,
    rank: usize,
}

struct Row<'a> {
    line: u64,
    profile: &'a Profile,
    cells: Vec<Cell<'a>>,
    faults: Vec<Fault>,
}

impl<'a> Row<'a> {
    fn new(stored: &'a Stored, line: u64, profile: &'a Profile) -> Self {
        let mut cells: Vec<Cell<'a>> = stored
            .cells
            .iter()
            .filter_map(|(index, header, value)| {
                let (column, rank) = profile.column(header)?;
                Some(Cell {
                    index: *index,
                    header,
                    value,
                    column,
                    rank,
                })
            })
            .collect();
        cells.sort_by_key(|cell| (cell.column, cell.rank, cell.index));
        Self {
            line,
            profile,
            cells,
            faults: Vec::new(),
        }
    }

    fn message(&mut self, stored: &Stored, seen: &mut NhsNumberSeen) -> Option<Message> {
        self.check_shape(stored)?;
        let kind = match self.deleted() {
            true => Kind::Other {
                name: "deleted row".to_owned(),
            },
            false => match self.profile.kind {
                RowKind::EmergencyAttendance => Kind::EmergencyAttendance,
                RowKind::InpatientEpisode => Kind::InpatientEpisode,
                RowKind::ClinicAppointment => Kind::ClinicAppointment,
                RowKind::Report => Kind::Report,
            },
        };
        let deleted = matches!(kind, Kind::Other { .. });
        let facility = self.text(Column::Site).unwrap_or_default();
        let event = self.event();
        let mut person = self.person(event.site.as_ref(), seen);
        if !deleted {
            self.check_birth(&mut person, &event);
            self.check_somebody(&person)?;
        }
        let codes = self.codes();
        let reports = if self.profile.kind == RowKind::Report {
            vec![self.report(&event)]
        } else {
            Vec::new()
        };
        if event.date.is_none()
            && !deleted
            && self
                .value(Column::Date)
                .is_none_or(|cell| is_not_known(cell.value))
        {
            let fault = Fault::warning(
                self.line,
                "This row has no date.",
                "Add the date at the source.",
            );
            self.faults.push(fault);
        }
        Some(Message {
            kind,
            sender: Sender {
                application: self.profile.name.clone(),
                facility,
                ..Sender::default()
            },
            person,
            event,
            codes,
            reports,
            results: Vec::new(),
        })
    }

    /// A cell too many means that a delimiter inside a text has moved all that follows under other headers.
    fn check_shape(&mut self, stored: &Stored) -> Option<()> {
        let beyond = stored
            .cells
            .iter()
            .find(|(index, ..)| *index >= stored.columns);
        if let Some((index, _, value)) = beyond {
            let fault = Fault::rejected(
                self.line,
                format!(
                    "This row has {} cells under {} headers, so its cells may stand under the wrong ones.",
                    stored.width, stored.columns
                ),
                "A text probably holds the separator. Put quotation marks round texts when exporting, or use another separator.",
            );
            self.faults.push(fault.in_column(*index).with_value(value));
            return None;
        }
        if stored.width < stored.columns {
            let fault = Fault::warning(
                self.line,
                format!(
                    "This row has only {} of {} cells; the others were read as blank.",
                    stored.width, stored.columns
                ),
                "Check that the row is whole. A line break inside a text needs quotation marks round the text.",
            );
            self.faults.push(fault);
        }
        Some(())
    }

    fn check_birth(&mut self, person: &mut Person, event: &Event) {
        let Some(born) = person.born else { return };
        let reason =
            values::implausible_birth(born, &[event.date, event.injury_date], person.death);
        if let Some(reason) = reason {
            self.warn(
                Column::Born,
                reason,
                "The birth date was left out. Correct it at the source.",
            );
            person.born = None;
        }
    }

    fn check_somebody(&mut self, person: &Person) -> Option<()> {
        let named = !person.name.family.is_empty() && person.born.is_some();
        if person.nhs_number.is_some() || !person.local_ids.is_empty() || named {
            return Some(());
        }
        let fault = Fault::rejected(
            self.line,
            "This row does not say who it is about.",
            "Give a valid NHS number, a hospital number, or the name and birth date.",
        );
        self.faults.push(fault);
        None
    }

    fn all(&self, column: Column) -> impl Iterator<Item = &Cell<'a>> {
        self.cells.iter().filter(move |cell| cell.column == column)
    }

    /// The first filled cell of a column.
    fn value(&self, column: Column) -> Option<&Cell<'a>> {
        self.all(column)
            .find(|cell| !is_not_known(cell.value))
            .or_else(|| self.all(column).next())
    }

    fn text(&self, column: Column) -> Option<String> {
        self.value(column)
            .filter(|cell| !is_not_known(cell.value))
            .map(|cell| cell.value.to_owned())
    }

    fn place(&self, mut fault: Fault, column: Column) -> Fault {
        if let Some(cell) = self.value(column) {
            fault = at(fault, cell);
        }
        fault
    }

    fn warn(&mut self, column: Column, problem: impl Into<String>, advice: &str) {
        let fault = self.place(Fault::warning(self.line, problem, advice), column);
        self.faults.push(fault);
    }

    /// One value; two filled cells that differ are worth a look.
    fn single(&mut self, column: Column) -> Option<String> {
        let first = self.text(column)?;
        let other = self
            .all(column)
            .find(|cell| !is_not_known(cell.value) && !cell.value.eq_ignore_ascii_case(&first))
            .map(|cell| (cell.header.to_owned(), cell.value.to_owned()));
        if let Some((header, value)) = other {
            let problem = format!(
                "Two columns for the {} differ: the other, “{header}”, has “{}”.",
                column.words(),
                crate::fault::shorten(&value)
            );
            self.warn(
                column,
                problem,
                "The first was used. Remove one of the two columns from the export.",
            );
        }
        Some(first)
    }

    /// "Null" and "None" are surnames; only the words of a database are not.
    fn name_part(&mut self, column: Column) -> String {
        let unknown = |text: &str| {
            matches!(
                text,
                "NULL" | "-" | "--" | "?" | "." | "N/A" | "N/K" | "#N/A"
            ) || matches!(
                text.to_lowercase().as_str(),
                "not known" | "unknown" | "not stated"
            )
        };
        let found = self
            .all(column)
            .map(|cell| cell.value)
            .find(|value| !unknown(value));
        found.unwrap_or_default().to_owned()
    }

    fn date(&mut self, column: Column) -> Option<Date> {
        let text = self.single(column)?;
        match dates::parse(&text, self.profile.dates) {
            Ok(date) => date,
            Err(error) => {
                self.warn(column, error.problem, &error.advice);
                None
            }
        }
    }

    fn deleted(&self) -> bool {
        self.all(Column::DropWhen).any(|cell| {
            matches!(
                cell.value.to_ascii_lowercase().as_str(),
                "1" | "1.0" | "y" | "yes" | "t" | "true" | "deleted"
            )
        })
    }

    fn person(&mut self, site: Option<&OdsCode>, seen: &mut NhsNumberSeen) -> Person {
        let nhs_number = self.nhs_number(seen);
        let system = site.map(ToString::to_string).unwrap_or_default();
        let local_ids = self
            .text(Column::LocalId)
            .map(|value| LocalId { system, value })
            .into_iter()
            .collect();
        let practice = self.text(Column::Practice);
        let traced = self
            .text(Column::NhsNumberStatus)
            .map(|status| matches!(status.as_str(), "01" | "1"));
        Person {
            traced: traced.filter(|_| nhs_number.is_some()),
            nhs_number,
            local_ids,
            name: PersonName {
                family: self.name_part(Column::Family),
                given: self.name_part(Column::Given),
                title: self.text(Column::Title),
            },
            born: self.date(Column::Born),
            sex: self
                .text(Column::Sex)
                .map(|text| Sex::read(&text))
                .unwrap_or_default(),
            death: self.death(),
            address: self
                .all(Column::Address)
                .filter(|cell| !is_not_known(cell.value))
                .map(|cell| cell.value.to_owned())
                .collect(),
            postcode: self
                .text(Column::Postcode)
                .and_then(|text| values::postcode(&text)),
            phone: self.text(Column::Phone),
            practice: practice.and_then(|text| values::practice(&text)),
            ..Person::default()
        }
    }

    fn nhs_number(&mut self, seen: &mut NhsNumberSeen) -> Option<NhsNumber> {
        let texts: Vec<String> = self
            .all(Column::NhsNumber)
            .filter(|cell| !is_not_known(cell.value))
            .map(|cell| cell.value.to_owned())
            .collect();
        let first = texts.first()?;
        *seen = NhsNumberSeen::Invalid;
        let number = match spreadsheet_free(first).parse::<NhsNumber>() {
            Ok(number) => number,
            Err(_) if is_scientific(first) => {
                self.warn(
                    Column::NhsNumber,
                    "A spreadsheet has shortened this NHS number; its last digits are lost.",
                    "Format the column as text and export again.",
                );
                return None;
            }
            Err(error) => {
                self.warn(
                    Column::NhsNumber,
                    format!("This is not a valid NHS number: {error}."),
                    "The number was left out. Look it up and correct it at the source.",
                );
                return None;
            }
        };
        let others = texts
            .iter()
            .filter_map(|text| spreadsheet_free(text).parse::<NhsNumber>().ok());
        if others.into_iter().any(|other| other != number) {
            self.warn(
                Column::NhsNumber,
                "This row has two different NHS numbers; both were left out.",
                "Find out which is right, and remove the other column from the export.",
            );
            return None;
        }
        *seen = NhsNumberSeen::Valid;
        Some(number)
    }

    fn death(&mut self) -> Death {
        let Some(text) = self.text(Column::Died) else {
            return Death::NotStated;
        };
        match text.to_lowercase().as_str() {
            "y" | "yes" | "1" | "true" | "dead" | "deceased" => return Death::Died(None),
            "n" | "no" | "0" | "false" | "alive" => return Death::Alive,
            _ => {}
        }
        match dates::parse(&text, self.profile.dates) {
            Ok(Some(date)) => Death::Died(Some(date)),
            Ok(None) => Death::NotStated,
            Err(error) => {
                self.warn(
                    Column::Died,
                    error.problem,
                    "Herald takes the person as dead on an unknown day, so that no letter is sent. Correct it at the source.",
                );
                Death::Died(None)
            }
        }
    }

    fn event(&mut self) -> Event {
        let reference = match (
            self.text(Column::Reference),
            self.text(Column::ReferencePart),
        ) {
            (Some(reference), Some(part)) => Some(format!("{reference}/{part}")),
            (reference, _) => reference,
        };
        let side = self.side();
        let words = match (self.text(Column::Injury), self.text(Column::Words)) {
            (Some(injury), Some(words)) => Some(format!("{injury}; {words}")),
            (injury, words) => injury.or(words),
        };
        Event {
            site: self.site(),
            date: self.date(Column::Date),
            injury_date: self.date(Column::InjuryDate),
            reference,
            words,
            mechanism: self.text(Column::Mechanism),
            side,
        }
    }

    fn site(&mut self) -> Option<OdsCode> {
        let Some(text) = self.single(Column::Site) else {
            return self.profile.default_site.clone();
        };
        let site = self.profile.site(&text);
        if site.is_none() {
            let advice = format!(
                "Use the ODS code of the hospital, or add “{text}” to [sites] in the profile “{}”.",
                self.profile.name
            );
            self.warn(
                Column::Site,
                format!("“{text}” is not a hospital that Herald knows."),
                &advice,
            );
        }
        site
    }

    fn side(&mut self) -> Option<Side> {
        let text = self.text(Column::Side)?;
        match text.to_lowercase().trim_end_matches('.') {
            "l" | "lt" | "left" | "lhs" => Some(Side::Left),
            "r" | "rt" | "right" | "rhs" => Some(Side::Right),
            "b" | "both" | "bilateral" | "bilat" | "l+r" | "r+l" | "l&r" | "r&l"
            | "left and right" => Some(Side::Both),
            _ => {
                self.warn(
                    Column::Side,
                    "This is not a side.",
                    "Write left, right or both. The side was left out.",
                );
                None
            }
        }
    }

    fn codes(&mut self) -> Vec<Code> {
        let lists = [
            (Column::Icd10, CodeSystem::Icd10),
            (Column::Icd10More, CodeSystem::Icd10),
            (Column::Opcs4, CodeSystem::Opcs4),
            (Column::Opcs4More, CodeSystem::Opcs4),
            (Column::Snomed, CodeSystem::Snomed),
            (Column::SnomedMechanism, CodeSystem::Snomed),
        ];
        let mut codes: Vec<Code> = Vec::new();
        let mut faults = Vec::new();
        for (column, system) in lists {
            for cell in self.all(column).filter(|cell| !is_not_known(cell.value)) {
                for found in code_list(system, cell.value) {
                    match found {
                        Ok(code)
                            if codes.iter().any(|known| {
                                (known.system, &known.code) == (code.system, &code.code)
                            }) => {}
                        Ok(code) => codes.push(code),
                        Err((part, reason)) => {
                            let (problem, advice) = not_a_code(system, &reason);
                            faults.push(
                                at(Fault::warning(self.line, problem, advice), cell)
                                    .with_value(&part),
                            );
                        }
                    }
                }
            }
        }
        self.faults.extend(faults);
        codes
    }

    fn report(&mut self, event: &Event) -> Report {
        let status = self.report_status();
        let text = self.text(Column::Report).unwrap_or_default();
        if text.is_empty() && status != ReportStatus::Withdrawn {
            self.faults.push(Fault::warning(
                self.line,
                "This row has no report text.",
                "If the report has been written, export it again.",
            ));
        }
        Report {
            accession: self.text(Column::Reference).unwrap_or_default(),
            exam: self.text(Column::Exam).unwrap_or_default(),
            performed: event.date,
            status,
            indication: self.text(Column::Indication),
            text,
            addendum_only: false,
        }
    }

    fn report_status(&mut self) -> ReportStatus {
        let Some(text) = self.text(Column::Status) else {
            return ReportStatus::Final;
        };
        match text.to_lowercase().as_str() {
            "f" | "final" | "finalised" | "verified" | "authorised" | "authorized" | "reported"
            | "complete" | "completed" => ReportStatus::Final,
            "p" | "r" | "prelim" | "preliminary" | "provisional" | "draft" | "unverified"
            | "interim" => ReportStatus::Preliminary,
            "c" | "a" | "corrected" | "amended" | "addendum" | "addended" | "revised" => {
                ReportStatus::Corrected
            }
            "d" | "w" | "x" | "deleted" | "withdrawn" | "cancelled" | "canceled"
            | "wrong patient" => ReportStatus::Withdrawn,
            _ => {
                self.warn(
                    Column::Status,
                    "This is not a report status that Herald knows; the report was taken as final.",
                    "Use Final, Preliminary, Corrected or Withdrawn.",
                );
                ReportStatus::Final
            }
        }
    }
}

fn at(fault: Fault, cell: &Cell<'_>) -> Fault {
    fault
        .at(cell.header)
        .in_column(cell.index)
        .with_value(cell.value)
}

/// What spreadsheets wrap round a number: `="999…"`, `'999…`, `999….0`.
fn spreadsheet_free(text: &str) -> &str {
    let text = text
        .trim()
        .trim_start_matches('=')
        .trim_matches(['"', '\'']);
    text.strip_suffix(".0").unwrap_or(text)
}

/// `4.85E+09`.
fn is_scientific(text: &str) -> bool {
    let upper = text.trim().to_ascii_uppercase();
    upper.split_once('E').is_some_and(|(mantissa, exponent)| {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        digits(&mantissa.replace(['.', ','], "")) && digits(exponent.trim_start_matches('+'))
    })
}

enum NotACode {
    Shape,
    Scientific,
    CheckDigit,
}

/// Codes separated by `;`, `|`, comma or line break; words after a code belong to it.
fn code_list(system: CodeSystem, cell: &str) -> Vec<Result<Code, (String, NotACode)>> {
    let mut found: Vec<Result<Code, (String, NotACode)>> = Vec::new();
    for part in cell
        .split([';', '|', ',', '\n'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        let (head, words) = part.split_once(char::is_whitespace).unwrap_or((part, ""));
        let judged = match system {
            CodeSystem::Icd10 if values::looks_like_icd10(head) => Ok(()),
            CodeSystem::Opcs4 if values::looks_like_opcs4(head) => Ok(()),
            CodeSystem::Snomed => {
                values::check_snomed(spreadsheet_free(head)).map_err(|error| match error {
                    NotSnomed::CheckDigit => NotACode::CheckDigit,
                    NotSnomed::Shape if is_scientific(head) => NotACode::Scientific,
                    NotSnomed::Shape => NotACode::Shape,
                })
            }
            CodeSystem::Icd10 | CodeSystem::Opcs4 => Err(NotACode::Shape),
        };
        match (judged, found.last_mut()) {
            (Ok(()), _) => {
                let code = if system == CodeSystem::Snomed {
                    spreadsheet_free(head)
                } else {
                    head
                };
                let mut code = Code::new(system, code);
                code.text = Some(words.trim().to_owned()).filter(|words| !words.is_empty());
                found.push(Ok(code));
            }
            // "263102004|Fracture of wrist|": the term of the code before it.
            (Err(NotACode::Shape), Some(Ok(code))) if part.contains(char::is_alphabetic) => {
                let text = code.text.get_or_insert_default();
                if !text.is_empty() {
                    text.push_str(", ");
                }
                text.push_str(part);
            }
            (Err(reason), _) => found.push(Err((part.to_owned(), reason))),
        }
    }
    found
}

fn not_a_code(system: CodeSystem, reason: &NotACode) -> (String, &'static str) {
    let name = system.words();
    match reason {
        NotACode::Shape => (
            format!("This is not an {name} code; it was left out.")
                .replace("an SNOMED", "a SNOMED"),
            "Correct it at the source.",
        ),
        NotACode::Scientific | NotACode::CheckDigit => (
            format!(
                "This {name} code fails its check digit: a spreadsheet has probably cut it. It was left out."
            ),
            "Format the column as text and export again.",
        ),
    }
}
