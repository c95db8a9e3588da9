//! Which question of the assessment a measured value answers, by the name and unit its sender gives it. The names
//! stand in `data/analytes.toml`. A name that is not there answers nothing: it is shown as it came.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use serde::Deserialize;

use crate::{Measure, TestResult};

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Analytes {
    #[expect(dead_code, reason = "for whoever reads the file")]
    version: String,
    #[expect(dead_code, reason = "for whoever reads the file")]
    reviewed: String,
    #[expect(dead_code, reason = "for whoever reads the file")]
    status: String,
    #[expect(dead_code, reason = "for whoever reads the file")]
    source: String,
    #[expect(dead_code, reason = "for whoever reads the file")]
    approved_by: String,
    other_specimens: Vec<String>,
    analyte: Vec<Analyte>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Analyte {
    question: String,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    has: Vec<Vec<String>>,
    #[serde(default)]
    not: Vec<String>,
    #[serde(default)]
    units: Vec<String>,
    #[serde(default)]
    unitless: bool,
}

fn parse() -> Result<Analytes, toml::de::Error> {
    toml::from_str(include_str!("../data/analytes.toml"))
}

/// A test holds that the file parses; without it every value would only keep its own name.
static ANALYTES: LazyLock<Analytes> = LazyLock::new(|| parse().unwrap_or_default());

/// The question that a value of this name answers, whatever its unit.
pub fn answers(name: &str) -> Option<&'static str> {
    analyte(name).map(|analyte| analyte.question.as_str())
}

/// The question that this value answers: the name is known, the unit is the one asked for, and it was measured in
/// blood. `panel` is the name of the whole result ("Urine profile").
pub fn answers_in(panel: &str, measure: &Measure) -> Option<&'static str> {
    let of_blood = [panel, measure.name.as_str()]
        .iter()
        .all(|name| !is_other_specimen(name));
    let analyte = analyte(&measure.name).filter(|_| of_blood)?;
    let unit = unit(&measure.unit);
    let fits = if unit.is_empty() {
        analyte.unitless
    } else {
        analyte.units.contains(&unit)
    };
    // Words answer too ("Not detected"), and have no unit.
    let in_words = unit.is_empty() && !measure.value.contains(|c: char| c.is_ascii_digit());
    (fits || in_words).then_some(analyte.question.as_str())
}

/// Fill in what each value answers. Where two values of one result would answer the same question differently, as
/// the left and the right hip do, neither is taken.
pub fn recognise(result: &mut TestResult) {
    let found: Vec<Option<&'static str>> = result
        .measures
        .iter()
        .map(|measure| answers_in(&result.name, measure))
        .collect();
    let mut values: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (measure, question) in result.measures.iter().zip(&found) {
        if let Some(question) = question {
            let of_question = values.entry(question).or_default();
            of_question.insert(measure.value.clone());
        }
    }
    for (measure, question) in result.measures.iter_mut().zip(found) {
        measure.answers = question
            .filter(|question| values.get(question).is_some_and(|values| values.len() == 1))
            .map(str::to_owned);
    }
}

fn analyte(name: &str) -> Option<&'static Analyte> {
    let words = plain(name);
    let packed: String = words.split(' ').collect();
    ANALYTES.analyte.iter().find(|analyte| {
        let named = analyte
            .names
            .iter()
            .any(|known| *known == words || known.chars().filter(|c| *c != ' ').eq(packed.chars()));
        let described = !analyte.has.is_empty()
            && analyte
                .has
                .iter()
                .all(|any| any.iter().any(|phrase| holds(&words, phrase)))
            && !analyte.not.iter().any(|phrase| not_here(&words, phrase));
        named || described
    })
}

fn is_other_specimen(name: &str) -> bool {
    let words = plain(name);
    ANALYTES
        .other_specimens
        .iter()
        .any(|specimen| holds(&words, specimen))
}

/// Lower case, letters and digits in words with one space between: "A.L.T" and "T-Score (L1–L4)" become "a l t"
/// and "t score l1 l4".
fn plain(name: &str) -> String {
    let lower = name.to_lowercase().replace("tscore", "t score");
    lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether these words stand in the name, whole and in order.
fn holds(words: &str, phrase: &str) -> bool {
    format!(" {words} ").contains(&format!(" {phrase} "))
}

/// A level counts against the spine as a whole only where it stands alone: "L1–L4" is the whole.
fn not_here(words: &str, phrase: &str) -> bool {
    let whole = words.replace("l1 l4", "").replace("l2 l4", "");
    holds(&whole, phrase)
}

/// `µmol/L` and `umol/l` are one unit; so are `mL/min/1.73m^2` and `ml/min/1.73m²`.
fn unit(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .filter_map(|c| match c {
            'µ' | 'μ' => Some('u'),
            '²' => Some('2'),
            '^' | '*' | '(' | ')' | '[' | ']' => None,
            c if c.is_whitespace() => None,
            c => Some(c),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TestKind;

    #[test]
    fn the_file_parses_and_no_name_stands_twice() {
        let analytes = parse().unwrap();
        let mut seen = BTreeSet::new();
        for analyte in &analytes.analyte {
            assert!(
                analyte.names.is_empty() != analyte.has.is_empty(),
                "{}",
                analyte.question
            );
            for name in &analyte.names {
                assert_eq!(*name, plain(name));
                assert!(seen.insert(name.replace(' ', "")), "{name} stands twice");
            }
            for held in &analyte.units {
                assert_eq!(*held, unit(held));
            }
        }
        assert_eq!(analytes.analyte.len(), 22);
    }

    #[test]
    fn names_as_laboratories_write_them() {
        for (name, question) in [
            ("Adjusted calcium", Some("blood.corrected_calcium")),
            ("CALCIUM (ADJ.)", Some("blood.corrected_calcium")),
            ("A.L.T", Some("blood.alt")),
            ("ALT (SGPT)", Some("blood.alt")),
            ("AlkPhos", Some("blood.alp")),
            ("e–GFR", Some("blood.egfr")),
            ("25-OH Vitamin D", Some("blood.vitamin_d")),
            ("C-Reactive Protein", Some("blood.crp")),
            ("Calcium", None),
            ("Vitamin B12", None),
            ("Urine creatinine", None),
            ("Mean Corpuscular Hemoglobin", None),
            ("", None),
        ] {
            assert_eq!(answers(name), question, "{name}");
        }
    }

    #[test]
    fn scores_by_site() {
        for (name, question) in [
            ("T-score, lumbar spine", Some("dxa.t_lumbar_spine")),
            ("L1-L4 T-Score", Some("dxa.t_lumbar_spine")),
            ("Left Total Hip Tscore", Some("dxa.t_total_hip")),
            ("T-score, total hip", Some("dxa.t_total_hip")),
            ("T-score, femoral neck", Some("dxa.t_femoral_neck")),
            ("T-score, forearm", Some("dxa.t_forearm")),
            ("Lumbar spine L3 T-score", None),
            ("Hip T-score", None),
            ("Lumbar spine Z-score", None),
            ("Lumbar spine BMD", None),
        ] {
            assert_eq!(answers(name), question, "{name}");
        }
    }

    fn measure(name: &str, value: &str, unit: &str) -> Measure {
        Measure {
            name: name.to_owned(),
            value: value.to_owned(),
            unit: unit.to_owned(),
            range: None,
            flag: None,
            answers: None,
        }
    }

    #[test]
    fn another_unit_or_specimen_answers_nothing() {
        let asked = |panel, name, value, unit| answers_in(panel, &measure(name, value, unit));
        let creatinine = Some("blood.creatinine");
        assert_eq!(asked("U&E", "Creatinine", "88", "umol/L"), creatinine);
        assert_eq!(asked("U&E", "Creatinine", "88", "µmol/l"), creatinine);
        assert_eq!(asked("U&E", "Creatinine", "1.1", "mg/dL"), None);
        assert_eq!(asked("U&E", "Creatinine", "88", ""), None);
        assert_eq!(asked("Urine chemistry", "Creatinine", "88", "umol/L"), None);
        assert_eq!(
            asked("", "eGFR", ">90", "mL/min/1.73m^2"),
            Some("blood.egfr")
        );
        assert_eq!(
            asked("SPE", "Paraprotein", "Not detected", ""),
            Some("blood.paraprotein")
        );
    }

    #[test]
    fn two_values_for_one_question_answer_none() {
        let mut result = TestResult {
            key: "k".to_owned(),
            kind: TestKind::Dxa,
            name: "DXA".to_owned(),
            taken_on: None,
            hospital: None,
            preliminary: false,
            measures: vec![
                measure("Left total hip T-score", "-2.1", ""),
                measure("Right total hip T-score", "-2.4", ""),
                measure("Lumbar spine T-score", "-3.0", ""),
            ],
            text: None,
        };
        recognise(&mut result);
        let answers: Vec<_> = result
            .measures
            .iter()
            .map(|m| m.answers.as_deref())
            .collect();
        assert_eq!(answers, [None, None, Some("dxa.t_lumbar_spine")]);
    }
}
