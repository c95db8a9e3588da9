//! Where sources disagree about one fracture. Typed, so that each can be said in plain words and none is decided by
//! the machine: a contradiction neither lists nor removes anybody.
//!
//! What counts as one is a proposal of the project, not approved by a clinician.

use std::collections::BTreeSet;

use finder::{Energy, Evidence, Finding, Why};
use terms::{Listing, Side, Site, Status};

use crate::{Episode, EpisodeId, Person, Seen, Sighting, SightingKind, State, evidence::rank};

terms::vocabulary! {
    /// What sources disagree about.
    Disagreement {
        Denied = "denied", "One source says fracture, a report of that bone says none";
        Old = "old", "One source says a new fracture, a report calls it old";
        Tumour = "tumour", "A report says the bone broke through a tumour";
        Energy = "energy", "The sources differ on how hard the injury was";
        Side = "side", "The sources differ on the side";
        Site = "site", "The sources differ on the bone";
        Level = "level", "The sources differ on the vertebra";
    }
}

terms::vocabulary! {
    /// What became of a denial, as far as later sources say.
    Outcome {
        Open = "open", "Look at both sources.";
        LaterExamShows = "later_exam_shows", "A later CT, MRI or bone scan shows it, which outweighs the earlier examination.";
        AddendumShows = "addendum_shows", "The addendum states it, which overrules the report before it.";
        LaterExamDoesNot = "later_exam_does_not", "The denial rests on a later CT, MRI or bone scan, which outweighs the earlier sources. Look at both.";
        AddendumDoesNot = "addendum_does_not", "The denial is an addendum, which overrules the report before it. Look at both.";
    }
}

/// Two sources that cannot both be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction<'a> {
    pub about: Disagreement,
    /// Who says that there is a fracture; where both do, the stronger source.
    pub says: Party<'a>,
    pub but: Party<'a>,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party<'a> {
    pub episode: EpisodeId,
    pub seen: &'a Seen,
    /// What it says about the matter.
    pub said: String,
}

impl Contradiction<'_> {
    /// Nothing outweighs the denial yet, so a person has to look.
    pub fn is_open(&self) -> bool {
        !matches!(
            self.outcome,
            Outcome::LaterExamShows | Outcome::AddendumShows
        )
    }
}

/// One disagreement between two sightings, the one that says fracture first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash<'a> {
    pub about: Disagreement,
    pub says: &'a Sighting,
    pub but: &'a Sighting,
}

/// Sources so many days apart may still speak of one injury, when they differ on side or bone.
const ONE_INJURY_DAYS: i32 = 14;
/// A fracture that was new is not called old within so many days.
const TOO_SOON_FOR_OLD: i32 = 7;

/// Every disagreement between two sightings; the same whichever is named first.
pub fn between<'a>(one: &'a Sighting, other: &'a Sighting) -> Vec<Clash<'a>> {
    if one.key == other.key {
        return Vec::new();
    }
    let (strong, weak) = if rank(one) <= rank(other) {
        (one, other)
    } else {
        (other, one)
    };
    let mut clashes = Vec::new();
    type OneSided = fn(&Sighting, &Sighting) -> bool;
    let one_sided: [(Disagreement, OneSided); 3] = [
        (Disagreement::Denied, denied),
        (Disagreement::Old, called_old),
        (Disagreement::Tumour, through_tumour),
    ];
    for (about, holds) in one_sided {
        for (says, but) in [(strong, weak), (weak, strong)] {
            if holds(says, but) {
                clashes.push(Clash { about, says, but });
            }
        }
    }
    let mutual: [(Disagreement, OneSided); 4] = [
        (Disagreement::Energy, energy_differs),
        (Disagreement::Side, side_differs),
        (Disagreement::Site, site_differs),
        (Disagreement::Level, level_differs),
    ];
    for (about, holds) in mutual {
        if holds(strong, weak) {
            let (says, but) = (strong, weak);
            clashes.push(Clash { about, says, but });
        }
    }
    clashes
}

/// What this source lists somebody for.
pub(crate) fn claims(sighting: &Sighting) -> impl Iterator<Item = &Finding> {
    let listed = sighting.reading.list != Listing::No;
    sighting.reading.findings.iter().filter(move |finding| {
        listed
            && match finding.status {
                Status::Present | Status::Possible => true,
                Status::Old => finding.site == Site::Vertebra,
                Status::Absent => false,
            }
    })
}

fn spoken_of(sighting: &Sighting) -> impl Iterator<Item = &Finding> {
    let findings = sighting.reading.findings.iter();
    findings.filter(|finding| finding.status != Status::Absent)
}

/// Emergency codes of some bones cannot say where on the bone (ECDS has one code for the radius), so that the site is
/// not stated and the title says which bone.
const BONES: &[(&str, &[Site])] = &[
    ("radius", &[Site::Wrist, Site::Forearm]),
    ("ulna", &[Site::Wrist, Site::Forearm]),
    ("elbow", &[Site::Forearm, Site::Humerus]),
    ("knee", &[Site::Patella, Site::LowerLeg, Site::Femur]),
];

fn may_be_at(finding: &Finding, site: Site) -> bool {
    if finding.site != Site::Unspecified {
        return finding.site == site;
    }
    let (Evidence::Code { title: words, .. } | Evidence::Span { text: words, .. }) =
        &finding.evidence;
    let words = words.to_lowercase();
    let mut named = BONES
        .iter()
        .filter(|(bone, _)| words.contains(bone))
        .peekable();
    match named.peek() {
        Some(_) => named.any(|(_, sites)| sites.contains(&site)),
        None => !matches!(site, Site::Skull | Site::Face),
    }
}

fn same_bone(one: &Finding, other: &Finding) -> bool {
    let levels = one.level.is_empty()
        || other.level.is_empty()
        || one.level.iter().any(|level| other.level.contains(level));
    let site = may_be_at(one, other.site) || may_be_at(other, one.site);
    site && levels && Side::may_be_same(one.side, other.side)
}

fn denied(says: &Sighting, but: &Sighting) -> bool {
    // Listed all the same: a clinician looked and overruled the reader.
    let overruled = but.reading.list != Listing::No && spoken_of(but).next().is_none();
    !overruled
        && claims(says).any(|claim| {
            let of_it = |finding: &&Finding| same_bone(claim, finding);
            let denials = but.reading.findings.iter();
            denials
                // “No bony injury” on a film of the chest says nothing of the ankle.
                .filter(|finding| {
                    finding.status == Status::Absent && finding.site != Site::Unspecified
                })
                .any(|finding| of_it(&finding))
                && !spoken_of(but).any(|finding| of_it(&finding))
        })
}

fn called_old(says: &Sighting, but: &Sighting) -> bool {
    // A clinic sees people days later, when the film of that day rightly speaks of the known fracture.
    let broken = match says.kind {
        SightingKind::ClinicAppointment => says.injured_on,
        _ => says.fracture_date(),
    };
    let soon = matches!((broken, but.seen_on), (Some(broken), Some(seen))
        if (seen - broken).get_days() <= TOO_SOON_FOR_OLD);
    soon && but.kind == SightingKind::Report
        && claims(says)
            .filter(|claim| claim.status == Status::Present)
            .any(|claim| {
                let mut of_it = spoken_of(but)
                    .filter(|finding| same_bone(claim, finding))
                    .peekable();
                of_it.peek().is_some() && of_it.all(|finding| finding.status == Status::Old)
            })
}

fn through_tumour(says: &Sighting, but: &Sighting) -> bool {
    but.reading.why == Why::Pathological && share_a_bone(says, but) && claims(says).count() > 0
}

fn share_a_bone(one: &Sighting, other: &Sighting) -> bool {
    spoken_of(one).any(|a| spoken_of(other).any(|b| same_bone(a, b)))
}

fn energy(sighting: &Sighting) -> Option<Energy> {
    sighting.reading.mechanism.as_ref().map(|how| how.energy)
}

/// High against low, or against a source that lists the fracture and does not say how it happened.
fn energy_differs(one: &Sighting, other: &Sighting) -> bool {
    let high_and = |high: &Sighting, low: &Sighting| {
        energy(high) == Some(Energy::High)
            && match energy(low) {
                Some(Energy::Low) => true,
                Some(Energy::High) => false,
                None => high.reading.why == Why::HighEnergy && claims(low).count() > 0,
            }
    };
    (high_and(one, other) || high_and(other, one)) && share_a_bone(one, other)
}

fn side_differs(one: &Sighting, other: &Sighting) -> bool {
    let same_site = |a: &Finding, b: &Finding| a.site == b.site && a.site != Site::Unspecified;
    let mut pairs = claims(one)
        .flat_map(|a| claims(other).map(move |b| (a, b)))
        .filter(|(a, b)| same_site(a, b))
        .peekable();
    pairs.peek().is_some()
        && pairs.all(|(a, b)| !Side::may_be_same(a.side, b.side))
        && within(one, other, ONE_INJURY_DAYS)
}

/// Neighbours that are taken for one another.
const NEIGHBOURS: &[&[Site]] = &[
    &[Site::Hand, Site::Wrist, Site::Forearm],
    &[Site::Hip, Site::Pelvis, Site::Femur],
    &[Site::Foot, Site::Ankle, Site::LowerLeg],
    &[Site::Humerus, Site::Clavicle, Site::Scapula],
];

/// One names a bone, the other its neighbour. Two reports that do so saw two bones.
fn site_differs(one: &Sighting, other: &Sighting) -> bool {
    let neighbours = |a: &Finding, b: &Finding| {
        a.site != b.site
            && Side::may_be_same(a.side, b.side)
            && NEIGHBOURS
                .iter()
                .any(|near| near.contains(&a.site) && near.contains(&b.site))
    };
    let reports = [one, other]
        .iter()
        .all(|sighting| sighting.kind == SightingKind::Report);
    !reports
        && claims(one).any(|a| claims(other).any(|b| neighbours(a, b)))
        && !claims(one).any(|a| claims(other).any(|b| same_bone(a, b)))
        && within(one, other, ONE_INJURY_DAYS)
}

/// Vertebrae may break one after the other, so only sources of one injury are held against each other.
fn level_differs(one: &Sighting, other: &Sighting) -> bool {
    let levels = |sighting: &'_ Sighting| -> BTreeSet<String> {
        claims(sighting)
            .filter(|claim| claim.site == Site::Vertebra && claim.status != Status::Old)
            .flat_map(|claim| claim.level.iter().map(|level| level.as_str().to_owned()))
            .collect()
    };
    let (one_says, other_says) = (levels(one), levels(other));
    !one_says.is_empty()
        && !other_says.is_empty()
        && one_says.is_disjoint(&other_says)
        && within(one, other, ONE_INJURY_DAYS)
}

/// Days between the injuries that they speak of.
fn within(one: &Sighting, other: &Sighting, days: i32) -> bool {
    match (one.fracture_date(), other.fracture_date()) {
        (Some(a), Some(b)) => (a - b).get_days().abs() <= days,
        _ => true,
    }
}

/// Every contradiction about one episode. Sources of the person's other episodes count where a slip may have made two
/// of one fracture, or where one report lists one bone and denies another.
pub(crate) fn all<'a>(person: &'a Person, episode: &'a Episode) -> Vec<Contradiction<'a>> {
    let own: Vec<&Seen> = episode.sightings.iter().collect();
    let elsewhere: Vec<(EpisodeId, &Seen)> = person
        .episodes
        .iter()
        .filter(|other| other.id != episode.id)
        .filter(|other| !matches!(other.state(), State::BelongsTo(_) | State::Withdrawn { .. }))
        .flat_map(|other| other.sightings.iter().map(|seen| (other.id, seen)))
        .collect();
    let mut found: Vec<(Clash<'_>, [(EpisodeId, &Seen); 2])> = Vec::new();
    let mut meet = |seen: &'a Seen, (at, other): (EpisodeId, &'a Seen), wanted: &[Disagreement]| {
        for clash in between(&seen.sighting, &other.sighting) {
            if !wanted.contains(&clash.about) {
                continue;
            }
            let parties = if clash.says.key == seen.sighting.key {
                [(episode.id, seen), (at, other)]
            } else {
                [(at, other), (episode.id, seen)]
            };
            found.push((clash, parties));
        }
    };
    for (nth, seen) in own.iter().enumerate() {
        for other in own.iter().skip(nth + 1) {
            meet(seen, (episode.id, other), Disagreement::ALL);
        }
        for other in &episode.against {
            meet(seen, (episode.id, other), Disagreement::ALL);
        }
        for other in &elsewhere {
            let mut wanted = vec![Disagreement::Side, Disagreement::Site];
            if within(&seen.sighting, &other.1.sighting, ONE_INJURY_DAYS) {
                wanted.push(Disagreement::Denied);
            }
            meet(seen, *other, &wanted);
        }
    }
    found.sort_by(|(a, _), (b, _)| {
        (a.about, rank(a.says), rank(a.but)).cmp(&(b.about, rank(b.says), rank(b.but)))
    });
    // One line for each source that contradicts, against the strongest that it contradicts; where both sides say
    // fracture, one line is enough to send somebody to look.
    let mut said: BTreeSet<(Disagreement, &str)> = BTreeSet::new();
    found
        .into_iter()
        .filter(|(clash, _)| {
            let by = match clash.about {
                Disagreement::Denied | Disagreement::Old | Disagreement::Tumour => &clash.but.key,
                _ => "",
            };
            said.insert((clash.about, by))
        })
        .map(|(clash, [says, but])| {
            let party = |(episode, seen): (EpisodeId, &'a Seen), said: String| Party {
                episode,
                seen,
                said,
            };
            let (outcome, shown_by) = match clash.about {
                Disagreement::Denied => outcome(&own, clash.but),
                _ => (Outcome::Open, None),
            };
            let says = shown_by.map_or(says, |seen| (episode.id, seen));
            Contradiction {
                about: clash.about,
                says: party(says, said_by(&says.1.sighting, clash.about, clash.but)),
                but: party(but, said_by(&but.1.sighting, clash.about, clash.says)),
                outcome,
            }
        })
        .collect()
}

/// How the examinations compare: a scan sees what a film does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Exam {
    Film,
    Scan,
    Mri,
}

fn exam(sighting: &Sighting) -> Option<Exam> {
    let name = sighting.exam.as_deref()?.to_ascii_uppercase();
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .find_map(|word| match word {
            "MRI" | "MR" => Some(Exam::Mri),
            "CT" | "NM" | "SPECT" | "ISOTOPE" => Some(Exam::Scan),
            "XR" | "XRAY" | "RADIOGRAPH" | "CR" | "DX" => Some(Exam::Film),
            _ => None,
        })
}

/// It saw more than the other, and not before it.
fn outweighs(later: &Sighting, earlier: &Sighting) -> bool {
    let better = matches!((exam(later), exam(earlier)), (Some(a), Some(b)) if a > b);
    better && later.seen_on >= earlier.seen_on
}

/// The second part of the key of a report that was sent as an addendum to another (`service` makes the keys).
const ADDENDUM: &str = ":addendum";

fn is_addendum_to(addendum: &Sighting, report: &Sighting) -> bool {
    addendum.key.strip_suffix(ADDENDUM) == Some(report.key.as_str())
}

/// What the sources of an episode make of one that denies, and which of them outweighs it.
fn outcome<'a>(own: &[&'a Seen], denial: &Sighting) -> (Outcome, Option<&'a Seen>) {
    let stating: Vec<&'a Seen> = own
        .iter()
        .copied()
        .filter(|seen| {
            let sighting = &seen.sighting;
            sighting.kind == SightingKind::Report
                && sighting.reading.list == Listing::Yes
                && denied(sighting, denial)
        })
        .collect();
    let first = |holds: &dyn Fn(&Sighting) -> bool| {
        stating
            .iter()
            .copied()
            .filter(|seen| holds(&seen.sighting))
            .min_by(|a, b| rank(&a.sighting).cmp(&rank(&b.sighting)))
    };
    if let Some(seen) = first(&|report| is_addendum_to(report, denial)) {
        return (Outcome::AddendumShows, Some(seen));
    }
    if let Some(seen) = first(&|report| outweighs(report, denial)) {
        return (Outcome::LaterExamShows, Some(seen));
    }
    if let Some(seen) = first(&|report| is_addendum_to(denial, report)) {
        return (Outcome::AddendumDoesNot, Some(seen));
    }
    // A CT that finds nothing says more than a film or a code before it.
    let of_scan = exam(denial) > Some(Exam::Film)
        && own
            .iter()
            .all(|seen| seen.sighting.seen_on <= denial.seen_on)
        && stating
            .iter()
            .all(|seen| exam(&seen.sighting) < exam(denial));
    let outcome = if of_scan {
        Outcome::LaterExamDoesNot
    } else {
        Outcome::Open
    };
    (outcome, None)
}

/// What a source says of the matter, in its own words where it has some.
fn said_by(sighting: &Sighting, about: Disagreement, other: &Sighting) -> String {
    if about == Disagreement::Energy {
        return match &sighting.reading.mechanism {
            Some(how) => {
                let energy = match how.energy {
                    Energy::Low => "low-energy injury",
                    Energy::High => "high-energy injury",
                };
                format!("{energy} ({})", quoted(sighting, &how.evidence))
            }
            None => "does not say how it happened".to_owned(),
        };
    }
    let matters = |finding: &&Finding| match about {
        Disagreement::Side => other
            .reading
            .findings
            .iter()
            .any(|f| f.site == finding.site),
        Disagreement::Site => true,
        Disagreement::Level => finding.site == Site::Vertebra,
        _ => other
            .reading
            .findings
            .iter()
            .any(|said| same_bone(finding, said)),
    };
    // What it asserts goes before what it denies, unless it only denies.
    let said = sighting
        .reading
        .findings
        .iter()
        .filter(matters)
        .min_by_key(|finding| {
            (
                finding.status == Status::Absent,
                finding.site == Site::Unspecified,
            )
        });
    match said {
        None => sighting.reading.reason.clone(),
        Some(finding) => {
            let bone = crate::FractureSite {
                site: finding.site,
                side: finding.side,
                level: finding.level.clone(),
            }
            .words();
            let status = match finding.status {
                Status::Present => "fracture",
                Status::Possible => "possible fracture",
                Status::Old => "old or healed fracture",
                Status::Absent => "no fracture",
            };
            format!("{bone}: {status} ({})", quoted(sighting, &finding.evidence))
        }
    }
}

/// The code, or the sentence in which the words stand: "fracture" alone does not show that it was denied.
fn quoted(sighting: &Sighting, evidence: &Evidence) -> String {
    match evidence {
        Evidence::Code { code, title, .. } => format!("{code} {title}"),
        Evidence::Span { start, end, text } => {
            let whole = sighting.text.as_deref().unwrap_or_default();
            let said = sentence(whole, *start, *end)
                .filter(|said| said.contains(text.as_str()) && said.len() <= LONGEST_QUOTE)
                .unwrap_or(text);
            let words: Vec<&str> = said.split_whitespace().collect();
            format!("“{}”", words.join(" "))
        }
    }
}

/// In bytes; of a longer sentence only the words that matter are quoted.
const LONGEST_QUOTE: usize = 200;

fn sentence(text: &str, start: usize, end: usize) -> Option<&str> {
    const ENDS: [&str; 3] = [". ", ".\n", "\n\n"];
    let (before, after) = (text.get(..start)?, text.get(end..)?);
    let from = ENDS
        .iter()
        .filter_map(|mark| before.rfind(mark).map(|at| at + mark.len()))
        .max()
        .unwrap_or(0);
    let to = ENDS
        .iter()
        .filter_map(|mark| after.find(mark))
        .min()
        .map_or(text.len(), |at| end + at);
    text.get(from..to)
        .map(|said| said.trim().trim_end_matches('.'))
}

/// Whether a source that lists nobody may speak against a fracture of somebody: it denies one, calls it old, or says
/// that it was no fragility fracture.
pub fn may_contradict(sighting: &Sighting) -> bool {
    sighting.reading.list == Listing::No
        && matches!(
            sighting.reading.why,
            Why::AllDenied | Why::OldOnly | Why::HighEnergy | Why::Pathological
        )
        && !sighting.reading.findings.is_empty()
}
