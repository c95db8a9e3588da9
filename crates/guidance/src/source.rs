//! Where a figure comes from and how well it is known. Every data file of this crate has the same head, and one that
//! cannot be read is empty and says why.

use jiff::civil::Date;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

terms::vocabulary! {
    /// How well a figure is known.
    Status {
        Verified = "verified", "Read in the source";
        Secondary = "secondary", "Read in another source that quotes it";
        Derived = "derived", "Worked out by Herald from published figures";
        Unverified = "unverified", "Not verified";
    }
}

/// A source in words, and how well it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    #[serde(rename = "source")]
    pub words: String,
    pub status: Status,
}

/// A sentence with its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remark {
    pub id: String,
    pub words: String,
    pub source: String,
    pub status: Status,
}

/// What every data file begins with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    pub version: String,
    /// The day by which a clinician should look at it again.
    pub review_by: Date,
    pub source: String,
    pub note: String,
}

impl Head {
    pub fn overdue(&self, today: Date) -> bool {
        today > self.review_by
    }
}

/// A data file of the product.
#[derive(Debug, Clone, PartialEq)]
pub struct Held<T> {
    pub head: Head,
    pub body: T,
    /// Why it could not be read; a build in which there is such a fault fails its tests.
    pub fault: Option<String>,
}

/// Read a data file that this build carries.
pub(crate) fn read<T: DeserializeOwned + Default>(name: &str, text: &str) -> Held<T> {
    match parts(text) {
        Ok((head, body)) => Held {
            head,
            body,
            fault: None,
        },
        Err(error) => Held {
            head: Head::default(),
            body: T::default(),
            fault: Some(format!("{name}: {error}")),
        },
    }
}

fn parts<T: DeserializeOwned>(text: &str) -> Result<(Head, T), toml::de::Error> {
    let mut body: toml::Table = toml::from_str(text)?;
    let mut head = toml::Table::new();
    for key in ["version", "review_by", "source", "note"] {
        if let Some(value) = body.remove(key) {
            head.insert(key.to_owned(), value);
        }
    }
    Ok((head.try_into()?, body.try_into()?))
}

/// A data file as the page on sources lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    pub name: &'static str,
    pub head: Head,
    pub fault: Option<String>,
}

/// The data files behind FRAX, NOGG and the calculators.
pub fn data_files() -> Vec<DataFile> {
    fn file<T>(name: &'static str, held: &Held<T>) -> DataFile {
        DataFile {
            name,
            head: held.head.clone(),
            fault: held.fault.clone(),
        }
    }
    use crate::{calculators as sums, frax, nogg};
    vec![
        file("nogg.toml", nogg::data()),
        file("frax_uk.toml", frax::published()),
        file("frax_adjust.toml", frax::rules()),
        file("units.toml", sums::units::data()),
        file("body.toml", sums::body()),
        file("kidney.toml", sums::kidney::data()),
        file("alcohol.toml", sums::alcohol::data()),
        file("prednisolone.toml", sums::steroids::data()),
        file("calcium.toml", sums::calcium::data()),
        file("falls_tests.toml", sums::falls_tests::data()),
        file("frailty.toml", sums::frailty::data()),
    ]
}
