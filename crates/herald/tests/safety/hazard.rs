//! One hazard, one file: what it holds and what must be true of it.

use std::path::Path;

use serde::Deserialize;

use crate::{named_tests, risk::Score};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hazard {
    pub id: String,
    pub title: String,
    pub group: Group,
    /// What harm to whom.
    pub hazard: String,
    pub causes: Vec<String>,
    /// What changes in somebody's care.
    pub effect: String,
    pub initial: Score,
    pub controls: Vec<Control>,
    /// With the controls in place today, and no others.
    pub residual: Score,
    /// With the planned and the deployer's controls too.
    pub target: Score,
    /// Why residual and target are what they are.
    pub reasons: String,
    /// Role, never a name.
    pub owner: String,
    pub status: String,
    pub version: u32,
    /// A date, or `never`.
    pub reviewed_on: String,
    /// Numbers of related decisions in `docs/decisions`.
    pub decisions: Vec<String>,
    /// Needed while the residual risk is not acceptable: what must come before anybody's care depends on it.
    #[serde(default)]
    pub not_for_live_use: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Group {
    #[serde(rename = "Case finding")]
    CaseFinding,
    Identity,
    Assessment,
    #[serde(rename = "Letters and referral")]
    Letters,
    #[serde(rename = "Follow-up")]
    FollowUp,
    Platform,
}

impl Group {
    pub const ALL: [Self; 6] = [
        Self::CaseFinding,
        Self::Identity,
        Self::Assessment,
        Self::Letters,
        Self::FollowUp,
        Self::Platform,
    ];

    pub fn words(self) -> &'static str {
        match self {
            Self::CaseFinding => "Case finding",
            Self::Identity => "Identity",
            Self::Assessment => "Assessment",
            Self::Letters => "Letters and referral",
            Self::FollowUp => "Follow-up",
            Self::Platform => "Platform",
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    pub what: String,
    pub kind: Kind,
    pub state: ControlState,
    /// `path/from/the/root.rs::name`.
    #[serde(default)]
    pub tests: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Design,
    Test,
    Training,
    Deployer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ControlState {
    InPlace,
    Planned,
    Deployer,
}

impl Hazard {
    pub fn count(&self, state: ControlState) -> usize {
        self.controls.iter().filter(|c| c.state == state).count()
    }
}

/// The hazard of a file, or everything that is wrong with it. `root` is where paths of tests begin.
pub fn read(root: &Path, file: &str, text: &str) -> Result<Hazard, Vec<String>> {
    let hazard: Hazard = toml::from_str(text).map_err(|fault| vec![format!("{file}: {fault}")])?;
    let faults = faults(root, file, &hazard);
    if faults.is_empty() {
        Ok(hazard)
    } else {
        Err(faults.iter().map(|f| format!("{file}: {f}")).collect())
    }
}

fn faults(root: &Path, file: &str, hazard: &Hazard) -> Vec<String> {
    let mut faults = Vec::new();
    if file != format!("{}.toml", hazard.id) {
        faults.push(format!("the file holds {}: rename one of them", hazard.id));
    }
    for (what, text) in [
        ("title", &hazard.title),
        ("hazard", &hazard.hazard),
        ("effect", &hazard.effect),
        ("reasons", &hazard.reasons),
        ("owner", &hazard.owner),
    ] {
        if text.trim().is_empty() {
            faults.push(format!("{what} is empty"));
        }
    }
    if hazard.causes.is_empty() {
        faults.push("no cause is named".to_owned());
    }
    faults.extend(score_faults(hazard));
    faults.extend(review_faults(hazard));
    for control in &hazard.controls {
        faults.extend(control_faults(root, control));
    }
    for number in &hazard.decisions {
        if !decision_exists(root, number) {
            faults.push(format!("decision {number} is not in docs/decisions"));
        }
    }
    faults
}

fn score_faults(hazard: &Hazard) -> Vec<String> {
    let mut faults = Vec::new();
    for (what, score) in [
        ("initial", hazard.initial),
        ("residual", hazard.residual),
        ("target", hazard.target),
    ] {
        if let Some(fault) = score.fault() {
            faults.push(format!("{what}: {fault}"));
        }
    }
    if !hazard.residual.within(hazard.initial) {
        faults.push("residual is above initial".to_owned());
    }
    if !hazard.target.within(hazard.residual) {
        faults.push("target is above residual".to_owned());
    }
    let in_place = hazard.count(ControlState::InPlace);
    if in_place == 0 && hazard.residual != hazard.initial {
        faults.push(
            "no control is in place, so residual is initial: plans reduce nothing".to_owned(),
        );
    }
    if in_place == hazard.controls.len() && hazard.target != hazard.residual {
        faults.push("nothing is planned, so target is residual".to_owned());
    }
    if !hazard.initial.acceptable() && hazard.controls.iter().all(|c| c.kind == Kind::Training) {
        faults.push("training alone does not control an initial risk of 4 or 5".to_owned());
    }
    match (&hazard.not_for_live_use, hazard.residual.acceptable()) {
        (None, false) => faults.push(format!(
            "residual risk {} is not acceptable: build a control, or say in not_for_live_use what must come first",
            hazard.residual.risk
        )),
        (Some(_), true) => faults
            .push("residual risk is acceptable now: take not_for_live_use out".to_owned()),
        (Some(why), false) if why.trim().is_empty() => {
            faults.push("not_for_live_use is empty".to_owned());
        }
        _ => {}
    }
    if !hazard.target.acceptable() {
        faults.push(format!(
            "target risk {} is not acceptable: plan more",
            hazard.target.risk
        ));
    }
    faults
}

fn review_faults(hazard: &Hazard) -> Vec<String> {
    let mut faults = Vec::new();
    if hazard.version == 0 {
        faults.push("versions begin with 1".to_owned());
    }
    let reviewed = hazard.reviewed_on != "never";
    if reviewed && hazard.reviewed_on.parse::<jiff::civil::Date>().is_err() {
        faults.push("reviewed_on is a date (2026-11-22) or \"never\"".to_owned());
    }
    let known = ["proposed: ", "accepted: ", "closed: "];
    if !known.iter().any(|start| hazard.status.starts_with(start)) {
        faults.push("status begins with \"proposed: \", \"accepted: \" or \"closed: \"".to_owned());
    }
    if !reviewed && !hazard.status.starts_with("proposed: ") {
        faults.push("only a proposal was never reviewed".to_owned());
    }
    faults
}

fn control_faults(root: &Path, control: &Control) -> Vec<String> {
    let mut faults = Vec::new();
    let what = &control.what;
    if what.trim().is_empty() {
        faults.push("a control says nothing".to_owned());
    }
    if control.state == ControlState::InPlace && control.tests.is_empty() {
        faults.push(format!(
            "\"{what}\" is in place and names no test: name one, or call it planned"
        ));
    }
    let theirs = control.state == ControlState::Deployer;
    let fits = match control.kind {
        Kind::Deployer => theirs,
        Kind::Training => true,
        Kind::Design | Kind::Test => !theirs,
    };
    if !fits {
        faults.push(format!(
            "\"{what}\": what the deployer does has state deployer and kind deployer or training"
        ));
    }
    for test in &control.tests {
        if let Err(fault) = named_tests::find(root, test) {
            faults.push(format!("\"{what}\": {fault}"));
        }
    }
    faults
}

fn decision_exists(root: &Path, number: &str) -> bool {
    let Ok(entries) = root.join("docs/decisions").read_dir() else {
        return false;
    };
    entries.flatten().any(|entry| {
        entry
            .file_name()
            .to_string_lossy()
            .strip_prefix(number)
            .is_some_and(|rest| number.len() == 4 && rest.starts_with('-'))
    })
}
