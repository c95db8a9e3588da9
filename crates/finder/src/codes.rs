//! Reads coded records: ICD-10, SNOMED CT (ECDS) and OPCS-4, by the lists under `data/`.

use serde::Deserialize;
use terms::{Code, CodeSystem, Site, Status};

use crate::{
    RuleInfo,
    decide::{self, Judged},
    language::lexicon::Lexicon,
    policy::Policy,
    reading::{Energy, Evidence, Finding, Mechanism, Reading, Why},
    report,
};

/// Version of the three code lists.
pub const CODE_LISTS_VERSION: &str = "2026.1";

const LISTS: [(CodeSystem, &str); 3] = [
    (CodeSystem::Icd10, include_str!("../data/icd10.csv")),
    (CodeSystem::Snomed, include_str!("../data/snomed.csv")),
    (CodeSystem::Opcs4, include_str!("../data/opcs4.csv")),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Role {
    Fracture,
    Old,
    Pathological,
    TumourFracture,
    Tumour,
    Low,
    High,
    NoFracture,
    WithFractureCode,
}

impl Role {
    fn rule(self) -> &'static str {
        match self {
            Self::Fracture => "code.fracture",
            Self::Old => "code.old",
            Self::Pathological => "code.pathological",
            Self::TumourFracture => "code.tumour_fracture",
            Self::Tumour => "code.tumour",
            Self::Low => "code.low_energy",
            Self::High => "code.high_energy",
            Self::NoFracture => "code.no_fracture",
            Self::WithFractureCode => "code.with_fracture_code",
        }
    }
}

#[derive(Debug, Deserialize)]
struct Row {
    code: String,
    site: Option<Site>,
    role: Role,
    title: String,
}

pub(crate) struct CodeLists {
    rows: Vec<(CodeSystem, Row)>,
    pub faults: Vec<String>,
}

impl CodeLists {
    pub fn load() -> Self {
        let mut rows = Vec::new();
        let mut faults = Vec::new();
        for (system, text) in LISTS {
            let mut reader = csv::ReaderBuilder::new()
                .comment(Some(b'#'))
                .from_reader(text.as_bytes());
            for row in reader.deserialize::<Row>() {
                match row {
                    Ok(row) => rows.push((system, row)),
                    Err(error) => faults.push(format!("{} list: {error}", system.words())),
                }
            }
        }
        Self { rows, faults }
    }

    /// The row for a code. ICD-10 and OPCS-4 rows are prefixes: the longest that fits.
    fn find(&self, system: CodeSystem, code: &str) -> Option<&Row> {
        self.rows
            .iter()
            .filter(|(of, row)| {
                *of == system
                    && if system == CodeSystem::Snomed {
                        row.code == code
                    } else {
                        code.starts_with(&row.code)
                    }
            })
            .map(|(_, row)| row)
            .max_by_key(|row| row.code.len())
    }
}

/// `S72.0`, `S720`, `S7200`, `S720X`, `S72.00`, `M49.5*`, `M495D`: one way of writing for all.
fn plain(system: CodeSystem, code: &str) -> String {
    let kept: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_uppercase();
    if system == CodeSystem::Snomed {
        return kept;
    }
    // Past the letter that begins it, an ICD-10 code has only digits; X fills, D and A mark dagger and asterisk.
    let digits = kept
        .chars()
        .skip(1)
        .take_while(char::is_ascii_digit)
        .count();
    kept.chars().take(1 + digits).collect()
}

pub(crate) fn describe() -> Vec<RuleInfo> {
    [
        (Role::Fracture, "A diagnosis code of a fracture"),
        (Role::Old, "A code of an old or treated fracture"),
        (
            Role::Pathological,
            "Pathological fracture; explained only with a tumour code beside it",
        ),
        (Role::TumourFracture, "Fracture in neoplastic disease"),
        (Role::Tumour, "Malignancy of bone or marrow"),
        (
            Role::Low,
            "External cause: fall from standing height or less",
        ),
        (Role::High, "External cause: high energy"),
        (
            Role::NoFracture,
            "Within a fracture block, but not of a bone",
        ),
        (Role::WithFractureCode, "A procedure that may be elective"),
    ]
    .into_iter()
    .map(|(role, means)| RuleInfo {
        name: role.rule().to_owned(),
        means: means.to_owned(),
        source: "Code lists of the finder; roles proposed, not clinically reviewed".to_owned(),
    })
    .chain([RuleInfo {
        name: "code.words".to_owned(),
        means: "A code outside the lists, read by the words that came with it".to_owned(),
        source: "Rules of the lexicon".to_owned(),
    }])
    .collect()
}

pub(crate) fn read(
    lists: &CodeLists,
    lexicon: &Lexicon,
    policy: &Policy,
    codes: &[Code],
) -> Reading {
    let found: Vec<(&Code, Option<&Row>)> = codes
        .iter()
        .map(|code| {
            (
                code,
                lists.find(code.system, &plain(code.system, &code.code)),
            )
        })
        .collect();
    let has = |role: Role| {
        found
            .iter()
            .any(|(_, row)| row.is_some_and(|r| r.role == role))
    };
    let tumour = has(Role::Tumour) || has(Role::TumourFracture);

    let mut judged: Vec<Judged> = Vec::new();
    let mut mechanism: Option<Mechanism> = None;
    for (code, row) in &found {
        let Some(row) = row else {
            judged.extend(by_words(lexicon, policy, code));
            continue;
        };
        let evidence = Evidence::Code {
            system: code.system,
            code: code.code.clone(),
            title: row.title.clone(),
        };
        let rule = row.role.rule().to_owned();
        let status = match row.role {
            Role::Fracture | Role::Pathological | Role::TumourFracture => Status::Present,
            Role::Old => Status::Old,
            Role::High | Role::Low => {
                let energy = if row.role == Role::High {
                    Energy::High
                } else {
                    Energy::Low
                };
                if mechanism
                    .as_ref()
                    .is_none_or(|m| m.energy == Energy::Low && energy == Energy::High)
                {
                    mechanism = Some(Mechanism {
                        energy,
                        evidence,
                        rule,
                    });
                }
                continue;
            }
            Role::Tumour | Role::NoFracture | Role::WithFractureCode => continue,
        };
        let site = row.site.unwrap_or(Site::Unspecified);
        let prefix_level = match row.code.as_str() {
            "S120" => "C1".parse().ok(),
            "S121" => "C2".parse().ok(),
            _ => None,
        };
        // A vertebra that collapsed "in another disease" is explained by the tumour that is coded beside it.
        let elsewhere = row.code.starts_with("M495");
        judged.push(Judged {
            finding: Finding {
                site,
                level: prefix_level.into_iter().collect(),
                side: None,
                status,
                evidence,
                rule,
            },
            pathological: matches!(row.role, Role::Pathological | Role::TumourFracture)
                || (elsewhere && tumour),
            cause_raised: elsewhere,
            understood: true,
        });
    }
    // A procedure of unstated bone beside a diagnosis that names the bone is the same fracture.
    let sited = judged
        .iter()
        .any(|j| j.finding.site != Site::Unspecified && j.finding.status == Status::Present);
    judged.retain(|j| {
        !(sited
            && j.finding.site == Site::Unspecified
            && matches!(
                &j.finding.evidence,
                Evidence::Code {
                    system: CodeSystem::Opcs4,
                    ..
                }
            ))
    });
    if judged.is_empty() {
        return Reading {
            list: terms::Listing::No,
            reason: "No code of a fracture".to_owned(),
            why: Why::NoFractureCode,
            findings: Vec::new(),
            mechanism,
        };
    }
    // Pathological, and no tumour coded: nobody has said what broke it.
    let undetermined = !tumour
        && judged
            .iter()
            .all(|j| j.pathological || j.finding.status != Status::Present)
        && judged.iter().any(|j| j.pathological);
    let mut reading = decide::decide(judged, Vec::new(), mechanism, tumour, policy);
    if undetermined && reading.list == terms::Listing::Yes && reading.why == Why::Present {
        reading.list = terms::Listing::Look;
        reading.why = Why::UndeterminedCause;
        reading.reason = "Pathological fracture coded, but no cause".to_owned();
    }
    reading
}

fn by_words(lexicon: &Lexicon, policy: &Policy, code: &Code) -> Vec<Judged> {
    let Some(words) = code.text.as_deref() else {
        return Vec::new();
    };
    let lower = words.to_ascii_lowercase();
    let not_now = [
        "history of",
        "family",
        "risk",
        "clinic",
        "screening",
        "follow-up",
        "aftercare",
        "without",
    ];
    if !lower.contains("fracture") || not_now.iter().any(|w| lower.contains(w)) {
        return Vec::new();
    }
    report::read_words(lexicon, policy, words, None)
        .findings
        .into_iter()
        .filter(|finding| finding.status != Status::Absent)
        .map(|finding| Judged {
            finding: Finding {
                evidence: Evidence::Code {
                    system: code.system,
                    code: code.code.clone(),
                    title: words.to_owned(),
                },
                rule: "code.words".to_owned(),
                ..finding
            },
            pathological: lower.contains("pathological"),
            cause_raised: false,
            understood: true,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Finder;
    use std::sync::LazyLock;
    use terms::Listing;

    static FINDER: LazyLock<Finder> = LazyLock::new(Finder::default);

    fn icd(codes: &[&str]) -> Reading {
        let codes: Vec<Code> = codes
            .iter()
            .map(|c| Code::new(CodeSystem::Icd10, *c))
            .collect();
        FINDER.read_codes(&codes)
    }

    #[test]
    fn lists_load_and_have_no_code_twice() {
        let lists = CodeLists::load();
        assert_eq!(lists.faults, Vec::<String>::new());
        let mut seen = std::collections::HashSet::new();
        for (system, row) in &lists.rows {
            assert!(seen.insert((*system, &row.code)), "{} twice", row.code);
        }
        assert_eq!(
            lists
                .rows
                .iter()
                .filter(|(s, _)| *s == CodeSystem::Snomed)
                .count(),
            75
        );
    }

    #[test]
    fn one_hip_fracture_written_in_every_way() {
        for code in [
            "S72.0", "S720", "S7200", "S720X", "S72.00", "s72.0", "S72.0D", " S720 ",
        ] {
            let reading = icd(&[code, "W19.9"]);
            assert_eq!(
                (reading.list, reading.why),
                (Listing::Yes, Why::Present),
                "{code}"
            );
            assert_eq!(reading.findings[0].site, Site::Hip);
        }
    }

    #[test]
    fn subdivisions_decide_the_site() {
        for (code, site) in [
            ("S42.0", Site::Clavicle),
            ("S42.1", Site::Scapula),
            ("S42.20", Site::Humerus),
            ("S52.5", Site::Wrist),
            ("S52.1", Site::Forearm),
            ("S62.3", Site::Hand),
            ("S72.3", Site::Femur),
            ("S82.0", Site::Patella),
            ("S82.1", Site::LowerLeg),
            ("S82.6", Site::Ankle),
            ("S92.3", Site::Foot),
            ("S32.0", Site::Vertebra),
            ("S32.1", Site::Pelvis),
            ("S22.2", Site::Sternum),
            ("S22.4", Site::Rib),
            ("M48.58", Site::Vertebra),
            ("M80.92", Site::Humerus),
            ("T10X", Site::Unspecified),
        ] {
            let reading = icd(&[code]);
            assert_eq!(
                reading.findings.first().map(|f| f.site),
                Some(site),
                "{code}"
            );
            assert_eq!(reading.list, Listing::Yes, "{code}");
        }
    }

    #[test]
    fn reasons_not_to_list() {
        assert_eq!(icd(&["S92.5"]).why, Why::SiteNotTaken);
        assert_eq!(icd(&["S82.2", "V03.1"]).why, Why::HighEnergy);
        assert_eq!(icd(&["S52.5", "W11.0"]).why, Why::HighEnergy);
        assert_eq!(icd(&["S52.5", "W10.9"]).list, Listing::Yes);
        assert_eq!(icd(&["M84.45", "C79.5"]).why, Why::Pathological);
        assert_eq!(icd(&["M90.75", "C90.0"]).why, Why::Pathological);
        assert_eq!(icd(&["M49.5*", "C79.5D"]).why, Why::Pathological);
        assert_eq!(icd(&["M84.45"]).why, Why::UndeterminedCause);
        assert_eq!(icd(&["T93.1"]).why, Why::OldOnly);
        assert_eq!(icd(&["Z09.4", "I10X"]).why, Why::NoFractureCode);
        assert_eq!(icd(&["S02.5"]).why, Why::NoFractureCode);
        assert!(icd(&[]).findings.is_empty());
    }

    #[test]
    fn old_vertebral_fractures_count() {
        assert_eq!(icd(&["T91.1"]).why, Why::VertebralOld);
        let kyphoplasty = FINDER.read_codes(&[Code::new(CodeSystem::Opcs4, "V44.5")]);
        assert_eq!(kyphoplasty.why, Why::VertebralOld);
    }

    #[test]
    fn a_hip_replacement_alone_is_not_a_fracture() {
        let codes = [Code::new(CodeSystem::Opcs4, "W37.1")];
        assert_eq!(FINDER.read_codes(&codes).why, Why::NoFractureCode);
        let with = [
            Code::new(CodeSystem::Opcs4, "W46.1"),
            Code::new(CodeSystem::Icd10, "S720"),
        ];
        assert_eq!(FINDER.read_codes(&with).findings.len(), 1);
    }

    #[test]
    fn ecds_codes_and_other_terms() {
        let snomed = |code: &str, text: Option<&str>| {
            let mut code = Code::new(CodeSystem::Snomed, code);
            code.text = text.map(str::to_owned);
            FINDER.read_codes(&[code])
        };
        assert_eq!(snomed("359817006", None).findings[0].site, Site::Hip);
        assert_eq!(
            snomed("111640008", None).findings[0].site,
            Site::Unspecified
        );
        assert_eq!(snomed("81576005", None).why, Why::SiteNotTaken);
        let other = snomed(
            "1",
            Some("Closed fracture of distal end of radius (disorder)"),
        );
        assert_eq!(
            (other.list, other.findings[0].site),
            (Listing::Yes, Site::Wrist)
        );
        assert_eq!(
            snomed("1", Some("History of fracture")).why,
            Why::NoFractureCode
        );
        assert_eq!(snomed("195967001", Some("Asthma")).why, Why::NoFractureCode);
    }
}
