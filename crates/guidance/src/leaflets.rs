//! Leaflets for patients: what stands in `data/leaflets/`, one file each, in standard words and in easy read. A text
//! that no source was read for carries its mark, and `checked_only` leaves it out.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use terms::{Medicine, vocabulary};

macro_rules! files {
    ($($name:literal)+) => {
        &[$(($name, include_str!(concat!("../data/leaflets/", $name, ".toml"))),)+]
    };
}

/// In the order in which they are offered.
const FILES: &[(&str, &str)] = files![
    "bones" "alendronate" "risedronate" "ibandronate" "zoledronate" "denosumab" "daily_injection" "romosozumab"
    "raloxifene" "hrt" "calcium_vitamin_d" "teeth" "thigh_pain" "eating" "exercise" "spine" "smoking_alcohol"
    "home_safety" "local_support" "dxa" "blood_tests" "not_now"
];

/// What a text without a source says beside it.
pub const UNVERIFIED: &str = "Not yet checked";

/// What a leaflet without an approval says.
pub const NOT_APPROVED: &str = "Not yet approved by a clinician";

/// The leaflets that this build carries.
#[derive(Debug, Clone, Default)]
pub struct Library {
    pub leaflets: Vec<Leaflet>,
    /// Why a file could not be read; a build in which this is not empty fails its tests.
    pub fault: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaflet {
    pub id: String,
    pub title: String,
    pub version: String,
    pub review_by: Date,
    pub approved_by: Option<String>,
    pub source: Vec<String>,
    /// What no source was read for and a clinician should add or refuse. Not printed.
    pub left_out: String,
    /// The medicines whose taking it explains.
    #[serde(default)]
    pub technique_for: Vec<Medicine>,
    /// Further medicines with which it is given.
    #[serde(default)]
    pub goes_with: Vec<Medicine>,
    pub standard: Vec<Section>,
    pub easy_read: Vec<EasySection>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    pub heading: String,
    #[serde(default)]
    pub kind: Kind,
    pub paragraphs: Vec<Paragraph>,
}

/// A section of short lines, each with a sign beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EasySection {
    pub heading: String,
    #[serde(default)]
    pub kind: Kind,
    pub lines: Vec<Line>,
}

vocabulary! {
    /// How a section is set.
    #[derive(Default)]
    Kind {
        #[default]
        Text = "text", "Text";
        Steps = "steps", "Numbered steps";
        Help = "help", "Box: when to get help";
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "ParagraphInFile")]
pub struct Paragraph {
    pub text: String,
    pub unverified: bool,
    /// What to check before the mark comes off. Not printed.
    pub check: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "LineInFile")]
pub struct Line {
    pub sign: Sign,
    pub text: String,
    pub unverified: bool,
    /// What to check before the mark comes off. Not printed.
    pub check: Option<String>,
}

vocabulary! {
    /// The picture beside a line of easy read. A picture only repeats what the line says.
    Sign {
        You = "you", "A person";
        Talk = "talk", "Two people talking";
        Question = "question", "A question mark";
        Tick = "tick", "A tick";
        Stop = "stop", "A stop sign";
        Phone = "phone", "A telephone";
        Emergency = "emergency", "An ambulance";
        Doctor = "doctor", "A doctor or nurse";
        Dentist = "dentist", "A dentist";
        Hospital = "hospital", "A hospital";
        Home = "home", "A house";
        Clock = "clock", "A clock";
        Calendar = "calendar", "A calendar";
        Bone = "bone", "A bone";
        Spine = "spine", "A back";
        Leg = "leg", "A leg";
        Tooth = "tooth", "A tooth";
        Ear = "ear", "An ear";
        Heart = "heart", "A heart";
        Blood = "blood", "A blood test";
        Scan = "scan", "A scanner";
        Tablet = "tablet", "A tablet";
        Injection = "injection", "An injection";
        Drip = "drip", "A drip";
        Water = "water", "A glass of water";
        Food = "food", "A plate of food";
        Milk = "milk", "Milk and cheese";
        Sun = "sun", "The sun";
        Sit = "sit", "A person sitting up";
        Bed = "bed", "A bed";
        Walk = "walk", "A person walking";
        Exercise = "exercise", "A person exercising";
        Lift = "lift", "A person lifting a box";
        Fall = "fall", "A person falling";
        Light = "light", "A lamp";
        Shoes = "shoes", "Shoes";
        Smoke = "smoke", "A cigarette";
        Alcohol = "alcohol", "A glass of wine";
        Letter = "letter", "A letter";
        Group = "group", "A group of people";
    }
}

/// What a service fills in. What is empty shows as missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Local {
    pub team: String,
    pub phone: String,
    /// Such as "Monday to Friday, 9am to 5pm".
    pub hours: String,
    /// Groups and services near by, one sentence or two each.
    pub groups: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ParagraphInFile {
    Sourced(String),
    Marked(Marked),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Marked {
    text: String,
    #[serde(default)]
    unverified: bool,
    check: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum LineInFile {
    Sourced(Sign, String),
    Marked(MarkedLine),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MarkedLine {
    sign: Sign,
    text: String,
    #[serde(default)]
    unverified: bool,
    check: Option<String>,
}

impl From<ParagraphInFile> for Paragraph {
    fn from(read: ParagraphInFile) -> Self {
        match read {
            ParagraphInFile::Sourced(text) => Self {
                text,
                unverified: false,
                check: None,
            },
            ParagraphInFile::Marked(marked) => Self {
                text: marked.text,
                unverified: marked.unverified,
                check: marked.check,
            },
        }
    }
}

impl From<LineInFile> for Line {
    fn from(read: LineInFile) -> Self {
        match read {
            LineInFile::Sourced(sign, text) => Self {
                sign,
                text,
                unverified: false,
                check: None,
            },
            LineInFile::Marked(marked) => Self {
                sign: marked.sign,
                text: marked.text,
                unverified: marked.unverified,
                check: marked.check,
            },
        }
    }
}

impl Paragraph {
    /// What must stand beside the text.
    pub fn mark(&self) -> Option<&'static str> {
        self.unverified.then_some(UNVERIFIED)
    }
}

impl Line {
    /// What must stand beside the text.
    pub fn mark(&self) -> Option<&'static str> {
        self.unverified.then_some(UNVERIFIED)
    }
}

pub(crate) fn approval(by: Option<&str>) -> String {
    by.map_or_else(
        || NOT_APPROVED.to_owned(),
        |name| format!("Approved by {name}"),
    )
}

impl Leaflet {
    /// Who approved it, or that nobody has.
    pub fn approval(&self) -> String {
        approval(self.approved_by.as_deref())
    }

    pub fn is_overdue(&self, today: Date) -> bool {
        today > self.review_by
    }

    /// The leaflet without what is not verified. Sections that have nothing left go too.
    pub fn checked_only(&self) -> Self {
        let mut leaflet = self.clone();
        for section in &mut leaflet.standard {
            section.paragraphs.retain(|paragraph| !paragraph.unverified);
        }
        for section in &mut leaflet.easy_read {
            section.lines.retain(|line| !line.unverified);
        }
        leaflet.standard.retain(|part| !part.paragraphs.is_empty());
        leaflet.easy_read.retain(|part| !part.lines.is_empty());
        leaflet
    }

    /// Whether `checked_only` takes out a step or a warning. Such a leaflet does not stand alone: it goes out with the
    /// leaflet of the pack, or after a clinician has checked it.
    pub fn loses_a_step(&self) -> bool {
        let tells = |kind: Kind| kind != Kind::Text;
        self.standard
            .iter()
            .any(|part| tells(part.kind) && part.paragraphs.iter().any(|text| text.unverified))
            || self
                .easy_read
                .iter()
                .any(|part| tells(part.kind) && part.lines.iter().any(|line| line.unverified))
    }

    /// The leaflet of one service: its name, phone, hours and groups in their places.
    pub fn filled(&self, local: &Local) -> Self {
        let mut leaflet = self.clone();
        for section in &mut leaflet.standard {
            let paragraphs = std::mem::take(&mut section.paragraphs);
            for paragraph in paragraphs {
                for text in local.fill(&paragraph.text) {
                    section.paragraphs.push(Paragraph {
                        text,
                        ..paragraph.clone()
                    });
                }
            }
        }
        for section in &mut leaflet.easy_read {
            let lines = std::mem::take(&mut section.lines);
            for line in lines {
                for text in local.fill(&line.text) {
                    section.lines.push(Line {
                        text,
                        ..line.clone()
                    });
                }
            }
        }
        leaflet
    }
}

impl Local {
    /// `{groups}` becomes one text for each group.
    fn fill(&self, text: &str) -> Vec<String> {
        if text.trim() == "{groups}" {
            return if self.groups.is_empty() {
                vec![or_missing("", "groups near you")]
            } else {
                self.groups.clone()
            };
        }
        vec![
            text.replace("{team}", &or_missing(&self.team, "name of the team"))
                .replace("{phone}", &or_missing(&self.phone, "phone number"))
                .replace("{hours}", &or_missing(&self.hours, "opening hours")),
        ]
    }
}

fn or_missing(value: &str, what: &str) -> String {
    match value.trim() {
        "" => format!("[missing: {what}]"),
        value => value.to_owned(),
    }
}

pub fn library() -> &'static Library {
    static READ: LazyLock<Library> = LazyLock::new(|| {
        let mut library = Library::default();
        for (name, text) in FILES {
            match toml::from_str(text) {
                Ok(leaflet) => library.leaflets.push(leaflet),
                Err(error) => {
                    let fault = library.fault.get_or_insert_default();
                    fault.push_str(&format!("{name}.toml: {error}\n"));
                }
            }
        }
        library
    });
    &READ
}

pub fn leaflet(id: &str) -> Option<&'static Leaflet> {
    library().leaflets.iter().find(|leaflet| leaflet.id == id)
}

/// How to take it first, then what else goes with it. Empty for alfacalcidol, about which nothing was read.
pub fn for_medicine(medicine: Medicine) -> Vec<&'static Leaflet> {
    let all = || library().leaflets.iter();
    all()
        .filter(|leaflet| leaflet.technique_for.contains(&medicine))
        .chain(all().filter(|leaflet| leaflet.goes_with.contains(&medicine)))
        .collect()
}
