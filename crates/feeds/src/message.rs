//! What a feed says once it has been read, whatever its format: the typed message that the rest of Herald works on.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use terms::{Code, NhsNumber, OdsCode, PersonName, Sex, Side};

/// One message, row or request, as its sender meant it. Nothing is matched or judged here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub kind: Kind,
    pub sender: Sender,
    pub person: Person,
    pub event: Event,
    /// Diagnoses, procedures and external causes, in the order sent.
    pub codes: Vec<Code>,
    pub reports: Vec<Report>,
    /// Blood results and bone density scans, one for each OBR.
    #[serde(default)]
    pub results: Vec<TestResult>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Kind {
    /// HL7 v2 ADT with its trigger event (`A01`, `A28`, `A31`, `A40` …).
    Adt { event: String },
    /// HL7 v2 ORU^R01 (reports, test results or both), or a row of a radiology extract.
    Report,
    /// A row of an emergency care (ECDS) extract.
    EmergencyAttendance,
    /// A row of an inpatient (APC) extract: one consultant episode.
    InpatientEpisode,
    /// A row of a fracture clinic list.
    ClinicAppointment,
    /// A type that Herald does not use, e.g. `SIU^S12`: kept and counted, never an error.
    Other { name: String },
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// MSH-3, or the profile name of a file.
    pub application: String,
    /// MSH-4.
    pub facility: String,
    /// MSH-10; none for rows of a file.
    pub control_id: Option<String>,
    /// EVN-6, else EVN-2, else MSH-7; local London time when the sender gave no offset.
    pub sent_at: Option<DateTime>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// As claimed by the sender; only a number that passes its check digit gets here.
    pub nhs_number: Option<NhsNumber>,
    pub local_ids: Vec<LocalId>,
    pub name: PersonName,
    pub born: Option<Date>,
    pub sex: Sex,
    pub death: Death,
    pub address: Vec<String>,
    pub postcode: Option<String>,
    pub phone: Option<String>,
    pub practice: Option<OdsCode>,
    /// Whether the number was checked against the Spine (status 01); none when the source does not say.
    #[serde(default)]
    pub traced: Option<bool>,
    /// The sender says that it does not know who this is (PID-31 = Y): never match such a person by name.
    #[serde(default)]
    pub identity_unknown: bool,
    /// Ids that a merge has discarded (MRG-1); `local_ids` are the survivors. An NHS number has system `NHS`.
    #[serde(default)]
    pub replaces: Vec<LocalId>,
}

/// A number that one organisation gave (MRN, hospital number).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalId {
    /// Assigning authority, or the hospital's site code.
    pub system: String,
    pub value: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Death {
    #[default]
    NotStated,
    /// Said to be alive, or the sender takes back a date of death (`""` in PID-29).
    Alive,
    Died(Option<Date>),
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The hospital site where it happened.
    pub site: Option<OdsCode>,
    /// Arrival, admission, examination or clinic date.
    pub date: Option<Date>,
    /// Date of the injury where the source has it (ECDS injury date, clinic list).
    pub injury_date: Option<Date>,
    /// What identifies the event at its sender: visit number, attendance number, spell and episode.
    pub reference: Option<String>,
    /// Free words about the injury (clinic lists, chief complaint, PV2-3, DG1-4).
    pub words: Option<String>,
    /// How it happened, where the source has a column for it.
    #[serde(default)]
    pub mechanism: Option<String>,
    /// Side where the source has a column for it.
    pub side: Option<Side>,
}

/// One examination and its report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// OBR-3 filler number: the RIS accession.
    pub accession: String,
    /// "XR Wrist Lt".
    pub exam: String,
    pub performed: Option<Date>,
    pub status: ReportStatus,
    /// What was asked. It never makes a finding by itself.
    pub indication: Option<String>,
    /// Findings and conclusion in message order, lines joined by `\n`.
    pub text: String,
    /// Every line is an addendum: `text` adds to the earlier version and does not replace it.
    #[serde(default)]
    pub addendum_only: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportStatus {
    Preliminary,
    Final,
    Corrected,
    /// Deleted, cancelled, or sent for the wrong person (OBX-11 D or W).
    Withdrawn,
}

/// Numbers that a laboratory or a bone density scanner sent: one OBR and its OBX.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestResult {
    pub kind: TestKind,
    /// OBR-3, the filler's number, else OBR-2; empty when neither was sent. A laboratory gives one number to a
    /// specimen, so it takes `code` too to tell a result from another.
    pub number: String,
    /// OBR-4.1.
    pub code: String,
    /// OBR-4 in words: "Bone profile".
    pub name: String,
    /// OBR-7, else OBR-14, else the first OBX-14.
    pub taken_on: Option<Date>,
    pub status: ReportStatus,
    /// In message order; a value that was deleted or could not be obtained is left out.
    pub measures: Vec<Measure>,
    /// Comments and words beside the numbers; the report of a scan.
    pub text: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestKind {
    Dxa,
    Laboratory,
}

/// One OBX of a test result.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// OBX-3.1; empty for what was read from the words of a report.
    pub code: String,
    /// OBX-3 in words.
    pub name: String,
    /// OBX-5 as sent, with its comparator: `<5`.
    pub value: String,
    /// OBX-6.
    pub unit: String,
    /// OBX-7, the sender's own reference range.
    pub range: Option<String>,
    /// OBX-8 as sent, where it says something is out of the ordinary.
    pub flag: Option<String>,
}
