//! A question of a form, as the assessment, the reviews and the patient's questionnaire show it.

use super::form::{Choices, DateInput, Input};

#[derive(Debug, Clone)]
pub struct Question {
    pub control: Control,
    /// Where the answer comes from, when nobody on the staff gave it.
    pub from: String,
    /// A feed says so and nobody has saved it yet.
    pub proposed: bool,
    /// The audit's own wording was not seen.
    pub unverified: bool,
    /// Tick box for "not known" beside a box to type in: its id and name, and whether it is ticked.
    pub not_known: Option<(String, bool)>,
    /// Offered beside an unlikely answer: the question's id, and whether it is confirmed.
    pub confirm: Option<(String, bool)>,
    /// What somebody else answered meanwhile.
    pub clash: String,
    /// Shown only after one of these answers to that question.
    pub when: Option<(String, String)>,
}

#[derive(Debug, Clone)]
pub enum Control {
    Radios(Choices),
    Checkboxes(Choices),
    Select(Choices),
    Input(Input),
    Area(Input),
    Date(DateInput),
}

#[derive(Debug, Clone)]
pub struct Part {
    pub id: String,
    pub title: String,
    pub lead: String,
    /// One action for the common case: the section, its words, and whether it is ticked.
    pub usual: Option<(String, String, bool)>,
    pub questions: Vec<Question>,
}
