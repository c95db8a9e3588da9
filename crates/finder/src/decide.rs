//! From findings to the worklist, by the table of the labelling rules.

use terms::{Listing, Site, Status};

use crate::{
    policy::Policy,
    reading::{Energy, Evidence, Finding, Mechanism, Reading, Why},
    report::draft::AsideWhy,
};

pub(crate) struct Judged {
    pub finding: Finding,
    pub pathological: bool,
    pub cause_raised: bool,
    /// False for wording that may or may not speak of a fracture.
    pub understood: bool,
}

pub(crate) fn decide(
    judged: Vec<Judged>,
    asides: Vec<(AsideWhy, String)>,
    mechanism: Option<Mechanism>,
    tumour_known: bool,
    policy: &Policy,
) -> Reading {
    let (list, why, reason) = verdict(&judged, &asides, mechanism.as_ref(), tumour_known, policy);
    Reading {
        list,
        reason,
        why,
        findings: judged.into_iter().map(|j| j.finding).collect(),
        mechanism,
    }
}

fn verdict(
    judged: &[Judged],
    asides: &[(AsideWhy, String)],
    mechanism: Option<&Mechanism>,
    tumour_known: bool,
    policy: &Policy,
) -> (Listing, Why, String) {
    let high = mechanism.filter(|m| m.energy == Energy::High);
    let counts = |j: &&Judged| match j.finding.status {
        Status::Present => policy.takes(j.finding.site),
        Status::Old => j.finding.site == Site::Vertebra,
        _ => false,
    };
    let explained = |j: &&Judged| j.pathological && tumour_known;
    // A high-energy injury explains what is new, not a vertebra that was broken before.
    let by_force = |j: &&Judged| high.is_some() && j.finding.status == Status::Present;

    let mut sound = judged
        .iter()
        .filter(counts)
        .filter(|j| !explained(j) && !by_force(j));
    let undetermined = |j: &Judged| {
        j.finding.site == Site::Vertebra
            && j.finding.status == Status::Present
            && (j.cause_raised || j.pathological)
    };
    if let Some(j) = sound.clone().find(|j| !undetermined(j)) {
        let old = j.finding.status == Status::Old;
        let present = sound.find(|j| j.finding.status == Status::Present && !undetermined(j));
        return match present {
            Some(j) => (
                Listing::Yes,
                Why::Present,
                format!("{} present", named(&j.finding)),
            ),
            None if old => (
                Listing::Yes,
                Why::VertebralOld,
                format!(
                    "{} of earlier date: a vertebral fracture counts whatever its age",
                    named(&j.finding)
                ),
            ),
            None => (Listing::Yes, Why::Present, named(&j.finding)),
        };
    }
    if let Some(j) = judged
        .iter()
        .filter(counts)
        .filter(|j| !explained(j) && !by_force(j))
        .find(|j| undetermined(j))
    {
        return (
            Listing::Look,
            Why::UndeterminedCause,
            format!(
                "{} present, malignancy raised as the cause",
                named(&j.finding)
            ),
        );
    }
    if high.is_none()
        && let Some(j) = judged
            .iter()
            .find(|j| j.finding.status == Status::Possible && policy.takes(j.finding.site))
    {
        return if j.understood {
            (
                Listing::Look,
                Why::Possible,
                format!("{} possible, not asserted", named(&j.finding)),
            )
        } else {
            (
                Listing::Look,
                Why::NotUnderstood,
                format!("“{}” may speak of a fracture", words(&j.finding.evidence)),
            )
        };
    }
    if let Some(j) = judged.iter().filter(counts).find(|j| explained(j)) {
        return (
            Listing::No,
            Why::Pathological,
            format!(
                "{} through a tumour (“{}”)",
                named(&j.finding),
                words(&j.finding.evidence)
            ),
        );
    }
    if let Some(mechanism) = high
        && let Some(j) = judged.iter().find(|j| {
            matches!(j.finding.status, Status::Present | Status::Possible)
                && policy.takes(j.finding.site)
        })
    {
        return (
            Listing::No,
            Why::HighEnergy,
            format!(
                "{} after a high-energy injury (“{}”)",
                named(&j.finding),
                words(&mechanism.evidence)
            ),
        );
    }
    if let Some(j) = judged
        .iter()
        .find(|j| matches!(j.finding.status, Status::Present | Status::Possible))
    {
        return (
            Listing::No,
            Why::SiteNotTaken,
            format!("{}: this service does not take the site", named(&j.finding)),
        );
    }
    if let Some(j) = judged.iter().find(|j| j.finding.status == Status::Old) {
        return (
            Listing::No,
            Why::OldOnly,
            format!("{} old or healed, nothing new", named(&j.finding)),
        );
    }
    if let Some(j) = judged.iter().find(|j| j.finding.status == Status::Absent) {
        return (
            Listing::No,
            Why::AllDenied,
            format!("Fracture denied (“{}”)", words(&j.finding.evidence)),
        );
    }
    match asides.iter().min_by_key(|a| a.0) {
        Some((AsideWhy::LookAlike, said)) => (
            Listing::No,
            Why::LookAlike,
            format!("“{said}” is not a fracture of a bone"),
        ),
        Some((AsideWhy::Advice, said)) => (
            Listing::No,
            Why::AdviceOnly,
            format!("“{said}” is advice, not a finding"),
        ),
        Some((AsideWhy::Indication, said)) => (
            Listing::No,
            Why::AdviceOnly,
            format!("“{said}” is only asked in the clinical details"),
        ),
        Some((AsideWhy::SomebodyElse, said)) => (
            Listing::No,
            Why::AdviceOnly,
            format!("“{said}” is somebody else's fracture"),
        ),
        None => (
            Listing::No,
            Why::NoFractureWord,
            "The report does not speak of a fracture".to_owned(),
        ),
    }
}

fn words(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Span { text, .. } => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Evidence::Code { code, title, .. } => format!("{code} {title}"),
    }
}

/// "Fracture of wrist, left", "Vertebral fracture T12".
pub(crate) fn named(finding: &Finding) -> String {
    let levels = finding
        .level
        .iter()
        .map(terms::Level::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    let mut out = match finding.site {
        Site::Vertebra if levels.is_empty() => "Vertebral fracture".to_owned(),
        Site::Vertebra => format!("Vertebral fracture {levels}"),
        Site::Unspecified => "Fracture, site not stated,".to_owned(),
        site => format!("Fracture of {}", site.words().to_lowercase()),
    };
    if let Some(side) = finding.side {
        out.push_str(&format!(" ({side})"));
    }
    out
}
