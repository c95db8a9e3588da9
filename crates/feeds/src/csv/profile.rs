//! Which header means what. Profiles are TOML; a hospital adds its own on top of the built-in ones.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};
use terms::OdsCode;

/// What a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Column {
    NhsNumber,
    NhsNumberStatus,
    LocalId,
    Family,
    Given,
    Title,
    Born,
    Sex,
    Address,
    Postcode,
    Phone,
    Practice,
    Died,
    Site,
    Reference,
    ReferencePart,
    Date,
    InjuryDate,
    Injury,
    Side,
    Mechanism,
    Words,
    Icd10,
    Icd10More,
    Opcs4,
    Opcs4More,
    Snomed,
    SnomedMechanism,
    Exam,
    Indication,
    Report,
    Status,
    DropWhen,
}

impl Column {
    /// For a coordinator who has to find the column.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::NhsNumber => "NHS number",
            Self::Family => "family name",
            Self::Given => "given name",
            Self::Born => "birth date",
            Self::Site => "hospital site",
            Self::Date => "date",
            Self::Reference => "reference number",
            Self::Injury => "injury",
            Self::Snomed => "SNOMED CT diagnoses",
            Self::Icd10 => "ICD-10 diagnosis",
            Self::Report => "report text",
            _ => "column",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RowKind {
    EmergencyAttendance,
    InpatientEpisode,
    ClinicAppointment,
    Report,
}

/// How `03/04/2026` is read in this file. It is never decided cell by cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DateOrder {
    DayFirst,
    MonthFirst,
    /// Years first; where a spreadsheet has turned them round, days first as British ones do.
    Iso,
}

#[derive(Debug, Clone)]
pub struct Profile {
    pub name: String,
    /// "Emergency attendances (ECDS)".
    pub title: String,
    pub(crate) kind: RowKind,
    pub(crate) dates: DateOrder,
    pub(crate) default_site: Option<OdsCode>,
    columns: BTreeMap<Column, Vec<String>>,
    sites: HashMap<String, OdsCode>,
    /// Folded header to column and its rank among that column's headers.
    by_header: HashMap<String, (Column, usize)>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    #[error("the profile is not valid TOML: {0}")]
    Toml(String),
    #[error("profile “{profile}”: there is no column “{column}”")]
    UnknownColumn { profile: String, column: String },
    #[error("profile “{profile}”: the header “{header}” stands for two columns")]
    HeaderTwice { profile: String, header: String },
    #[error("profile “{profile}”: “{code}” for {place} is not an ODS code")]
    NotOds {
        profile: String,
        place: String,
        code: String,
    },
    #[error("profile “{profile}” extends “{base}”, which is not there")]
    UnknownBase { profile: String, base: String },
    #[error("profile “{profile}” is new and extends no other, so it needs `{key}`")]
    Incomplete { profile: String, key: &'static str },
    #[error("profile “{0}”: the name “hl7” and names with “:” are taken")]
    Name(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    extends: Option<String>,
    title: Option<String>,
    kind: Option<RowKind>,
    dates: Option<DateOrder>,
    default_site: Option<String>,
    #[serde(default)]
    columns: BTreeMap<String, Headers>,
    #[serde(default)]
    sites: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Headers {
    One(String),
    Many(Vec<String>),
}

/// Headers and hospital names are compared by their letters and digits only.
pub(crate) fn fold(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

impl Profile {
    pub(crate) fn column(&self, header: &str) -> Option<(Column, usize)> {
        self.by_header.get(&fold(header)).copied()
    }

    pub(crate) fn site(&self, text: &str) -> Option<OdsCode> {
        self.sites
            .get(&fold(text))
            .cloned()
            .or_else(|| crate::values::site(text))
    }

    /// What a file must have and this one has not, each as words with the headers that would do.
    pub(crate) fn missing(&self, found: &BTreeSet<Column>) -> Vec<String> {
        let has = |column| found.contains(&column);
        let mut missing = Vec::new();
        let mut need = |column: Column| {
            if !has(column) {
                missing.push(self.wanted(column));
            }
        };
        need(Column::Born);
        need(Column::Date);
        if self.default_site.is_none() {
            need(Column::Site);
        }
        match self.kind {
            RowKind::EmergencyAttendance => need(Column::Snomed),
            RowKind::InpatientEpisode => need(Column::Icd10),
            RowKind::ClinicAppointment => need(Column::Injury),
            RowKind::Report => {
                need(Column::Report);
                need(Column::Reference);
            }
        }
        let by_name = has(Column::Family) && has(Column::Given);
        if !has(Column::NhsNumber) && !by_name {
            let names = [Column::Family, Column::Given]
                .map(|column| self.wanted(column))
                .join(" and ");
            missing.push(format!("{} (or {names})", self.wanted(Column::NhsNumber)));
        }
        missing
    }

    fn wanted(&self, column: Column) -> String {
        let headers: Vec<String> = self
            .columns
            .get(&column)
            .into_iter()
            .flatten()
            .map(|header| format!("“{header}”"))
            .collect();
        format!("{}: {}", column.words(), headers.join(" or "))
    }

    fn add(&mut self, file: File) -> Result<(), ProfileError> {
        let profile = self.name.clone();
        let mut new_headers: BTreeMap<String, Column> = BTreeMap::new();
        for (name, headers) in file.columns {
            let deserializer: StrDeserializer<'_, ValueError> = name.as_str().into_deserializer();
            let column =
                Column::deserialize(deserializer).map_err(|_| ProfileError::UnknownColumn {
                    profile: profile.clone(),
                    column: name.clone(),
                })?;
            let headers = match headers {
                Headers::One(header) => vec![header],
                Headers::Many(headers) => headers,
            };
            for header in &headers {
                let before = new_headers.insert(fold(header), column);
                if before.is_some_and(|before| before != column) {
                    return Err(ProfileError::HeaderTwice {
                        profile,
                        header: header.clone(),
                    });
                }
            }
            // The hospital's own headers come before the usual ones.
            let known = self.columns.entry(column).or_default();
            known.splice(0..0, headers);
        }
        for (column, headers) in &mut self.columns {
            headers.retain(|header| {
                new_headers
                    .get(&fold(header))
                    .is_none_or(|taken| taken == column)
            });
        }
        for (place, code) in file.sites {
            let Some(site) = crate::values::site(&code) else {
                return Err(ProfileError::NotOds {
                    profile,
                    place,
                    code,
                });
            };
            self.sites.insert(fold(&place), site);
        }
        if let Some(code) = file.default_site {
            let Some(site) = crate::values::site(&code) else {
                return Err(ProfileError::NotOds {
                    profile,
                    place: "default_site".into(),
                    code,
                });
            };
            self.default_site = Some(site);
        }
        self.title = file
            .title
            .unwrap_or_else(|| std::mem::take(&mut self.title));
        self.kind = file.kind.unwrap_or(self.kind);
        self.dates = file.dates.unwrap_or(self.dates);
        self.by_header = self
            .columns
            .iter()
            .flat_map(|(column, headers)| {
                headers
                    .iter()
                    .enumerate()
                    .rev()
                    .map(|(rank, header)| (fold(header), (*column, rank)))
            })
            .collect();
        Ok(())
    }
}

#[derive(Debug, Clone)]
pub struct Profiles(BTreeMap<String, Profile>);

const BUILT_IN: [&str; 4] = [
    include_str!("../../profiles/apc.toml"),
    include_str!("../../profiles/ecds.toml"),
    include_str!("../../profiles/fracture-clinic.toml"),
    include_str!("../../profiles/radiology.toml"),
];

impl Default for Profiles {
    fn default() -> Self {
        Self::built_in()
    }
}

impl Profiles {
    pub fn built_in() -> Self {
        let mut all = Self(BTreeMap::new());
        for text in BUILT_IN {
            // A test holds that all four load.
            let _ = all.load(text);
        }
        all
    }

    /// Adds a profile, or adds headers and sites to the one of the same name.
    pub fn with(mut self, toml_text: &str) -> Result<Self, ProfileError> {
        self.load(toml_text)?;
        Ok(self)
    }

    fn load(&mut self, text: &str) -> Result<(), ProfileError> {
        let file: File =
            toml::from_str(text).map_err(|error| ProfileError::Toml(error.to_string()))?;
        let name = file.name.trim().to_owned();
        if name.is_empty() || name.contains(':') || name.eq_ignore_ascii_case("hl7") {
            return Err(ProfileError::Name(name));
        }
        let base = match &file.extends {
            Some(base) => Some(self.0.get(base).ok_or_else(|| ProfileError::UnknownBase {
                profile: name.clone(),
                base: base.clone(),
            })?),
            None => self.0.get(&name),
        };
        let incomplete = |key| ProfileError::Incomplete {
            profile: name.clone(),
            key,
        };
        let mut profile = match base {
            Some(base) => Profile {
                name: name.clone(),
                ..base.clone()
            },
            None => Profile {
                name: name.clone(),
                title: name.clone(),
                kind: file.kind.ok_or_else(|| incomplete("kind"))?,
                dates: file.dates.ok_or_else(|| incomplete("dates"))?,
                default_site: None,
                columns: BTreeMap::new(),
                sites: HashMap::new(),
                by_header: HashMap::new(),
            },
        };
        profile.add(file)?;
        self.0.insert(name, profile);
        Ok(())
    }

    pub fn get(&self, name: &str) -> Option<&Profile> {
        self.0.get(name)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Profile> {
        self.0.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_built_in_profiles_load() {
        for text in BUILT_IN {
            Profiles(BTreeMap::new()).with(text).unwrap();
        }
        let names: Vec<String> = Profiles::built_in().names().map(str::to_owned).collect();
        assert_eq!(names, ["apc", "ecds", "fracture-clinic", "radiology"]);
    }

    #[test]
    fn a_hospital_adds_its_headers_and_sites() {
        let profiles = Profiles::built_in()
            .with("name = \"fracture-clinic\"\n[columns]\nborn = \"Birth dt\"\n[sites]\n\"St. Elsewhere\" = \"RXX99\"\n")
            .unwrap();
        let profile = profiles.get("fracture-clinic").unwrap();
        assert_eq!(profile.column("BIRTH-DT"), Some((Column::Born, 0)));
        assert_eq!(profile.column("d.o.b."), Some((Column::Born, 1)));
        assert_eq!(profile.site("st elsewhere").unwrap().as_str(), "RXX99");
        assert_eq!(profile.site("Southend").unwrap().as_str(), "RAJ01");
        assert_eq!(profile.site("raj12").unwrap().as_str(), "RAJ12");
        assert!(profile.site("Nowhere").is_none());
    }

    #[test]
    fn a_header_given_a_new_meaning_loses_the_old_one() {
        let profiles = Profiles::built_in()
            .with("name = \"x\"\nextends = \"fracture-clinic\"\n[columns]\nreference = [\"MRN\"]\n")
            .unwrap();
        assert_eq!(
            profiles.get("x").unwrap().column("MRN"),
            Some((Column::Reference, 0))
        );
        assert_eq!(
            profiles
                .get("fracture-clinic")
                .unwrap()
                .column("MRN")
                .unwrap()
                .0,
            Column::LocalId
        );
    }

    #[test]
    fn mistakes_in_a_profile_are_named() {
        let wrong = |text: &str| Profiles::built_in().with(text).unwrap_err().to_string();
        assert!(wrong("name = \"ecds\"\n[columns]\nbirthday = [\"x\"]\n").contains("birthday"));
        assert!(wrong("name = \"ecds\"\n[sites]\nSouthend = \"Southend\"\n").contains("Southend"));
        assert!(wrong("name = \"new\"\n").contains("kind"));
        assert!(wrong("name = \"new\"\nextends = \"old\"\n").contains("old"));
        assert!(wrong("name = \"hl7\"\n").contains("hl7"));
        assert!(
            wrong("name = \"ecds\"\n[columns]\nborn = [\"x\"]\ndied = [\"X\"]\n")
                .contains("two columns")
        );
        assert!(wrong("colums = 1").contains("TOML"));
    }
}
