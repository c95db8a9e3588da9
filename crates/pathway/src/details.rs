use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use terms::{NhsNumber, OdsCode, PersonName, Sex};

/// What one source says about a person. A field that the source left out says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nhs_number: Option<NhsNumber>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub born: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub practice: Option<OdsCode>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub local_ids: Vec<LocalId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub death: Option<Death>,
}

/// A number that one organisation gave (hospital number, MRN).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LocalId {
    pub system: String,
    pub value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Death {
    Alive,
    /// Died, on a day that the source may not have given.
    Died(Option<Date>),
}

impl Details {
    /// What `newer` says that is not already held: the fact worth recording, or nothing.
    ///
    /// A date of birth or NHS number is never replaced here: a difference in those is a question for a
    /// person (see [`crate::matching`]), not an update.
    pub fn news_in(&self, newer: &Details) -> Option<Details> {
        fn changed<T: PartialEq + Clone>(held: &Option<T>, new: &Option<T>) -> Option<T> {
            new.as_ref().filter(|_| held != new).cloned()
        }
        let news = Details {
            nhs_number: newer
                .nhs_number
                .clone()
                .filter(|_| self.nhs_number.is_none()),
            born: newer.born.filter(|_| self.born.is_none()),
            name: newer.name.clone().filter(|name| self.is_news(name)),
            sex: changed(&self.sex, &newer.sex),
            address: changed(&self.address, &newer.address),
            postcode: changed(&self.postcode, &newer.postcode),
            phone: changed(&self.phone, &newer.phone),
            practice: changed(&self.practice, &newer.practice),
            local_ids: newer
                .local_ids
                .iter()
                .filter(|id| !self.local_ids.contains(id))
                .cloned()
                .collect(),
            death: self.death_news(newer.death),
        };
        (news != Details::default()).then_some(news)
    }

    /// A source that leaves the title out, or writes the family name in capitals, says nothing new.
    fn is_news(&self, name: &PersonName) -> bool {
        let Some(held) = &self.name else { return true };
        let same = |a: &str, b: &str| a.trim().to_lowercase() == b.trim().to_lowercase();
        let same_title = name.title.is_none() || name.title == held.title;
        !(same(&held.family, &name.family) && same(&held.given, &name.given) && same_title)
    }

    /// A date of death adds to "died"; "died" without a date does not take the date away; a sender that
    /// merely says nothing of death (`Alive`) does not bring somebody back to life.
    fn death_news(&self, newer: Option<Death>) -> Option<Death> {
        match (self.death, newer) {
            (Some(Death::Died(_)), Some(Death::Died(None) | Death::Alive)) => None,
            (held, new) => new.filter(|_| held != new),
        }
    }

    /// Hold what is news.
    pub fn take_in(&mut self, news: &Details) {
        fn set<T: Clone>(held: &mut Option<T>, new: &Option<T>) {
            if new.is_some() {
                held.clone_from(new);
            }
        }
        set(&mut self.nhs_number, &news.nhs_number);
        set(&mut self.name, &news.name);
        set(&mut self.born, &news.born);
        set(&mut self.sex, &news.sex);
        set(&mut self.address, &news.address);
        set(&mut self.postcode, &news.postcode);
        set(&mut self.phone, &news.phone);
        set(&mut self.practice, &news.practice);
        set(&mut self.death, &news.death);
        for id in &news.local_ids {
            if !self.local_ids.contains(id) {
                self.local_ids.push(id.clone());
            }
        }
    }

    pub fn died(&self) -> bool {
        matches!(self.death, Some(Death::Died(_)))
    }
}
