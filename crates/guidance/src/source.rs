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
    /// As it is shipped.
    pub text: &'static str,
    /// Why it could not be read; a build in which there is such a fault fails its tests.
    pub fault: Option<String>,
}

/// Read a data file that this build carries.
pub(crate) fn read<T: DeserializeOwned + Default>(name: &str, text: &'static str) -> Held<T> {
    match parts(text) {
        Ok((head, body)) => Held {
            head,
            body,
            text,
            fault: None,
        },
        Err(error) => Held {
            head: Head::default(),
            body: T::default(),
            text,
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

/// A table behind sums, as pages list it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub name: &'static str,
    pub title: &'static str,
    pub head: Head,
    pub text: &'static str,
    pub fault: Option<String>,
}

/// The tables behind FRAX, NOGG and the calculators.
pub fn tables() -> Vec<Table> {
    fn table<T>(name: &'static str, title: &'static str, held: &Held<T>) -> Table {
        Table {
            name,
            title,
            head: held.head.clone(),
            text: held.text,
            fault: held.fault.clone(),
        }
    }
    use crate::{calculators as sums, frax, nogg};
    vec![
        table("nogg.toml", "Lines of NOGG", nogg::data()),
        table("frax_uk.toml", "FRAX as published", frax::published()),
        table("frax_adjust.toml", "What goes into FRAX", frax::rules()),
        table("units.toml", "Units and what can be", sums::units::data()),
        table("body.toml", "Body measures", sums::body()),
        table("kidney.toml", "Kidney function", sums::kidney::data()),
        table("alcohol.toml", "Alcohol", sums::alcohol::data()),
        table(
            "prednisolone.toml",
            "Steroids as prednisolone",
            sums::steroids::data(),
        ),
        table("calcium.toml", "Calcium in food", sums::calcium::data()),
        table(
            "falls_tests.toml",
            "Tests of balance",
            sums::falls_tests::data(),
        ),
        table(
            "frailty.toml",
            "Clinical frailty scale",
            sums::frailty::data(),
        ),
    ]
}
