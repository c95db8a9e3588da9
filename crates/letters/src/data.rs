use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use terms::vocabulary;

vocabulary! {
    /// The letters that can be written. Each has its words in `data/templates.toml`.
    Template {
        Treatment = "treatment", "Treatment advised";
        Declined = "declined", "Treatment declined";
        NoTreatmentNeeded = "no_treatment_needed", "No treatment needed";
        Invitation = "invitation", "Invitation";
        Review = "review", "Review of treatment";
        Handover = "handover", "Handover to the GP";
        Questionnaire = "questionnaire", "Questionnaire, with a covering letter";
    }
}

/// All that one letter says. An empty text means that it is not known.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct LetterData {
    pub template: Template,
    /// Set in 18 point instead of 12 (UKAAF G003).
    #[serde(default)]
    pub large_print: bool,
    /// The people are made up: every page says so.
    #[serde(default)]
    pub demo: bool,
    pub written_on: Date,
    pub service: Service,
    pub author: Author,
    pub patient: Patient,
    pub practice: Option<Practice>,
    pub fracture: Option<Fracture>,
    #[serde(default)]
    pub findings: Vec<Finding>,
    #[serde(default)]
    pub gp: GpBox,
    pub medicine: Option<MedicineAdvice>,
    pub calcium_vitamin_d: Option<String>,
    #[serde(default)]
    pub referrals: Vec<String>,
    #[serde(default)]
    pub taught: Vec<String>,
    #[serde(default)]
    pub next: Vec<Next>,
    pub note_to_gp: Option<String>,
    pub note_to_patient: Option<String>,
    /// When and where, in words.
    pub appointment: Option<String>,
}

/// Who sends the letter.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
pub struct Service {
    pub name: String,
    #[serde(default)]
    pub address: Vec<String>,
    #[serde(default)]
    pub phone: String,
    #[serde(default)]
    pub email: String,
    /// Such as "Monday to Friday, 9am to 5pm".
    #[serde(default)]
    pub hours: String,
}

/// Who signs the letter.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
pub struct Author {
    pub name: String,
    pub role: String,
}

/// To whom the letter goes.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
pub struct Patient {
    pub name: String,
    pub nhs_number: String,
    pub born: Option<Date>,
    #[serde(default)]
    pub address: Vec<String>,
    /// How the letter greets, such as "Mrs Archer".
    #[serde(default)]
    pub title_name: String,
}

/// The GP practice that gets a copy.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
pub struct Practice {
    pub name: String,
    #[serde(default)]
    pub address: Vec<String>,
}

/// The fracture that the letter is about.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
pub struct Fracture {
    /// In the patient's words, such as "broken left wrist".
    pub words: String,
    pub on: Option<Date>,
    /// Such as "you slipped on a wet floor".
    pub how: Option<String>,
}

/// A result worth telling.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
pub struct Finding {
    pub name: String,
    pub value: String,
    pub date: Option<Date>,
}

/// The box at the top for the GP: three lines and no more (Parks 2011; BMC Health Services Research 2021).
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
pub struct GpBox {
    pub diagnosis: Option<String>,
    /// What to start, stop or check; by whom and by when; "no action needed" where that is so.
    pub action: Option<String>,
    /// Who monitors and when the service asks again.
    pub follow_up: Option<String>,
}

/// The medicine that the letter explains.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct MedicineAdvice {
    /// The code of a [`terms::Medicine`]; any other gets no text on how to take it.
    pub code: String,
    /// As the patient knows it, such as "alendronic acid 70 mg tablets, once a week".
    pub name: String,
}

/// What will happen, and when in words.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
pub struct Next {
    pub what: String,
    pub when: String,
}
