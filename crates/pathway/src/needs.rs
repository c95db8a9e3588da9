use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Episode, Person, State};

terms::vocabulary! {
    /// A way to reach somebody.
    Channel {
        Phone = "phone", "Phone";
        Letter = "letter", "Letter";
        Clinic = "clinic", "Clinic";
        Text = "text", "Text message";
        Email = "email", "E-mail";
        Carer = "carer", "Through their carer";
    }
}

terms::vocabulary! {
    /// In what form somebody can read (Accessible Information Standard, DAPB1605).
    Format {
        LargePrint = "large_print", "Large print";
        EasyRead = "easy_read", "Easy read";
        Braille = "braille", "Braille";
        Audio = "audio", "Audio";
    }
}

/// What somebody needs in order to be told and heard. Asked, recorded, shown on every page, obeyed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Needs {
    pub formats: BTreeSet<Format>,
    /// Language, or British Sign Language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interpreter: Option<String>,
    /// Name and how to reach them; they may be spoken to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carer: Option<String>,
    /// Ways that must not be used.
    pub never: BTreeSet<Channel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The day these were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_on: Option<Date>,
}

/// Why somebody must not be contacted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    #[error("this person has died")]
    Died,
    #[error("this episode is closed: {0}")]
    Closed(&'static str),
    #[error("this person is not in the service's care: confirm the fracture first")]
    NotInCare,
    #[error("this person asked not to be reached by {0}")]
    Channel(&'static str),
}

/// Asked again at the moment of sending or ringing, not only when it is planned.
pub fn may_contact(person: &Person, episode: &Episode, by: Channel) -> Result<(), Stop> {
    if person.details.died() {
        return Err(Stop::Died);
    }
    match episode.state() {
        State::Accepted => {}
        State::Closed { reason } => return Err(Stop::Closed(reason.words())),
        _ => return Err(Stop::NotInCare),
    }
    if person.needs.never.contains(&by) {
        return Err(Stop::Channel(by.words()));
    }
    Ok(())
}

impl Needs {
    /// One line for the banner; nothing when there is nothing to mind.
    pub fn words(&self) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        words.extend(self.never.iter().map(|channel| match channel {
            Channel::Phone => "Do not ring".to_owned(),
            Channel::Letter => "Do not write".to_owned(),
            other => format!("Not by {}", other.words().to_lowercase()),
        }));
        words.extend(self.formats.iter().map(|format| format.words().to_owned()));
        words.extend(
            self.interpreter
                .iter()
                .map(|language| format!("Interpreter: {language}")),
        );
        words.extend(self.carer.iter().map(|carer| format!("Carer: {carer}")));
        words.extend(self.note.clone());
        words
    }
}
