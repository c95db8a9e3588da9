//! What guidelines say about one person: proposals with their reasons, medicines in four groups, what is missing.

mod chart;
pub mod departures;
pub mod packs;

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use guidance::{
    FactKind, Group, MedicineOption, Proposes, Reason, Rule, Status, Strength, leaflets,
};
use pathway::{
    EpisodeId,
    form::{Form, FormKind},
};
use service::guidance::{GuidanceView, Use};
use terms::Medicine;

use super::leaflets::href;
use crate::{
    caller::Caller,
    config::WebState,
    list_query::ListQuery,
    present::banner,
    respond::{self, Answer, blocking},
    view::{
        guidance as view,
        parts::{BLUE, Fact, GREEN, GREY, Link, ORANGE, RED, Tag, YELLOW},
        text::{counted, long_date},
    },
};

pub async fn show(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    query: ListQuery,
) -> Answer {
    let scope = caller.scope.clone();
    let found = blocking(&state, move |app| {
        service::guidance::view(app, &scope, episode)
    })
    .await?;
    respond::page(&present(&state, &caller, &query, &found))
}

/// Why options and sums are not shown.
pub(super) const OFF: &str = "In live use that stays off until the organisation that runs Herald has named who answers for it.";
/// Facts shown as missing before the fold, and in the line of one medicine.
const GAPS_SHOWN: usize = 8;
const UNKNOWN_SHOWN: usize = 3;
/// Packs named in a warning.
const PACKS_SHOWN: usize = 3;
/// What stands open; the rest waits behind folds, each with its count.
const OPEN: [Proposes; 9] = [
    Proposes::Check,
    Proposes::Urgent,
    Proposes::NoMedicineYet,
    Proposes::Specialist,
    Proposes::Medicine,
    Proposes::Dxa,
    Proposes::NoDxa,
    Proposes::Result,
    Proposes::Steroids,
];

fn present(
    state: &WebState,
    caller: &Caller,
    query: &ListQuery,
    found: &GuidanceView,
) -> view::Guidance {
    let base = format!("/episodes/{}", found.episode);
    let advice = &found.advice;
    let on = found.use_.on();
    let unsaved = unsaved(found);
    let mut topics = Vec::new();
    let mut notes = Vec::new();
    // What has to be put right comes before everything built on it.
    let order = [Proposes::Check].into_iter().chain(
        Proposes::ALL
            .iter()
            .copied()
            .filter(|what| *what != Proposes::Check),
    );
    for what in order {
        let of_this = advice
            .proposals
            .iter()
            .filter(|reason| reason.rule.proposes() == Some(what));
        let reasons = reasons(of_this, &unsaved);
        if reasons.is_empty() {
            continue;
        }
        let topic = view::Topic {
            id: format!("about-{}", what.code()),
            title: what.words().to_owned(),
            reasons,
        };
        if OPEN.contains(&what) {
            topics.push(topic);
        } else {
            notes.push(topic);
        }
    }
    let mut gaps = gaps(found, query, &base);
    let more_gaps = gaps.split_off(gaps.len().min(GAPS_SHOWN));
    let (charts, chart_notes) = if on {
        chart::charts(&found.frax)
    } else {
        Default::default()
    };
    view::Guidance {
        chrome: caller.chrome(state).titled("What guidelines say", None),
        banner: banner(&found.card, &format!("/patients/{}", found.card.id)),
        back: Link::new(query.on(&base), "Episode"),
        heading: "What guidelines say".to_owned(),
        warnings: warnings(&found.use_),
        answered_by: answered_by(&found.use_),
        not_assessed: (!found.assessed).then(|| {
            Link::new(
                query.on(&format!("{base}/assessment")),
                "Go on with the assessment",
            )
        }),
        tiles: tiles(found, on),
        groups: if on {
            groups(found, &unsaved)
        } else {
            Vec::new()
        },
        off: if on {
            String::new()
        } else {
            format!("Medicines are not grouped here. {OFF}")
        },
        topics,
        notes,
        overruled: advice
            .overruled
            .iter()
            .map(|(reason, by)| view::Reason {
                over: by.cited(),
                ..self::reason(reason, &unsaved)
            })
            .collect(),
        gaps,
        more_gaps,
        asks: found
            .asks
            .iter()
            .map(|ask| {
                let words = fact_words(&ask.fact);
                Fact::new(words, format!("“{}” {}", ask.typed, ask.why))
            })
            .collect(),
        charts,
        chart_notes,
        known: found
            .known
            .iter()
            .map(|known| Fact::new(&known.fact.words, value(known.fact, &known.value, &unsaved)))
            .collect(),
        decide: found
            .may_give_care
            .then(|| Link::new(query.on(&format!("{base}/decision")), "Record the decision")),
        talk: Some(Link::new(
            query.on(&format!("{base}/talk")),
            "Turn to the patient",
        )),
        packs: "/guidance".to_owned(),
        sums_links: vec![
            Link::new("/calculators", "Calculators"),
            Link::new(query.on(&format!("{base}/frax")), "What goes into FRAX"),
        ],
    }
}

fn fact_words(id: &str) -> String {
    guidance::Library::shipped()
        .catalogue
        .get(id)
        .map_or_else(|| id.to_owned(), |fact| fact.words.clone())
}

pub(super) fn strength(rule: &Rule) -> Option<Tag> {
    let strength = rule.strength()?;
    let class = match strength {
        Strength::Do | Strength::Offer | Strength::Assess => BLUE,
        Strength::Seek => ORANGE,
        Strength::DoNot => RED,
        _ => GREY,
    };
    Some(Tag::new(strength.words(), class))
}

pub(super) fn mark(status: Status) -> Option<Tag> {
    match status {
        Status::Verified => None,
        Status::Secondary | Status::Derived => Some(Tag::new(status.words(), GREY)),
        Status::Unverified => Some(Tag::new(status.words(), YELLOW)),
    }
}

/// Facts that a feed alone says, by id.
fn unsaved(found: &GuidanceView) -> BTreeSet<&str> {
    let known = found.known.iter().filter(|known| !known.saved);
    known.map(|known| known.fact.id.as_str()).collect()
}

fn value(fact: &FactKind, value: &str, unsaved: &BTreeSet<&str>) -> String {
    if unsaved.contains(fact.id.as_str()) {
        format!("{value} (from a feed, not saved)")
    } else {
        value.to_owned()
    }
}

fn reason(reason: &Reason<'_>, unsaved: &BTreeSet<&str>) -> view::Reason {
    let rule = reason.rule;
    view::Reason {
        id: rule.id.clone(),
        strength: strength(rule),
        says: rule.says.clone(),
        facts: reason
            .facts
            .iter()
            .map(|told| {
                let value = match &told.value {
                    Some(words) => value(told.fact, words, unsaved),
                    None => "not known".to_owned(),
                };
                format!("{}: {value}", told.fact.words)
            })
            .collect(),
        source: rule.cited(),
        mark: mark(rule.status),
        over: String::new(),
    }
}

fn reasons<'a>(
    list: impl IntoIterator<Item = &'a Reason<'a>>,
    unsaved: &BTreeSet<&str>,
) -> Vec<view::Reason> {
    list.into_iter().map(|of| reason(of, unsaved)).collect()
}

pub(super) fn warnings(used: &Use) -> Vec<Fact> {
    let mut warnings = Vec::new();
    let list = |titles: &[&str]| {
        let shown = titles.iter().take(PACKS_SHOWN).copied().collect::<Vec<_>>();
        match titles.len().saturating_sub(PACKS_SHOWN) {
            0 => format!("{}.", shown.join("; ")),
            more => format!("{}; and {more} more packs.", shown.join("; ")),
        }
    };
    let packs = guidance::Library::shipped().packs.len();
    if used.unapproved.len() == packs {
        warnings.push(Fact::new(
            "No clinician has approved what stands here",
            format!("None of the {packs} packs has an approval."),
        ));
    } else if !used.unapproved.is_empty() {
        warnings.push(Fact::new(
            "No clinician has approved",
            list(&used.unapproved),
        ));
    }
    if !used.overdue.is_empty() {
        warnings.push(Fact::new("Past the day of review", list(&used.overdue)));
    }
    warnings
}

pub(super) fn answered_by(used: &Use) -> String {
    match &used.responsible {
        Some(who) => format!(
            "{} ({}) answers for options and sums since {}.",
            who.name,
            who.registration,
            long_date(who.on)
        ),
        None if used.demo => "Demonstration: nobody answers for options and sums.".to_owned(),
        None => String::new(),
    }
}

/// What is asked first: scan, medicine, how urgent, what fits.
fn tiles(found: &GuidanceView, on: bool) -> Vec<view::Tile> {
    let advice = &found.advice;
    let holding = |what: Proposes| -> Vec<&Rule> {
        advice
            .proposals
            .iter()
            .filter(|reason| reason.rule.proposes() == Some(what))
            .map(|reason| reason.rule)
            .collect()
    };
    let open = |what: Proposes| {
        advice
            .open
            .iter()
            .any(|reason| reason.rule.proposes() == Some(what))
    };
    let tile = |title: &'static str, what: Proposes, nothing: &str| {
        let rules = holding(what);
        match rules.first() {
            Some(first) => view::Tile {
                title,
                answer: first
                    .strength()
                    .map(|strength| strength.words().to_owned())
                    .unwrap_or_default(),
                detail: first.cited(),
                href: format!("#about-{}", what.code()),
                class: "yes",
            },
            None if open(what) => view::Tile {
                title,
                answer: "Cannot be said yet".to_owned(),
                detail: "A fact is missing".to_owned(),
                href: "#missing".to_owned(),
                class: "open",
            },
            None => view::Tile {
                title,
                answer: nothing.to_owned(),
                ..view::Tile::default()
            },
        }
    };
    let mut tiles = Vec::new();
    if !holding(Proposes::NoMedicineYet).is_empty() {
        tiles.push(tile("Before any medicine", Proposes::NoMedicineYet, ""));
    }
    tiles.push(tile("Urgent", Proposes::Urgent, "No rule says so"));
    tiles.push(if holding(Proposes::NoDxa).is_empty() {
        tile("Bone density scan", Proposes::Dxa, "No rule asks for one")
    } else {
        tile("Bone density scan", Proposes::NoDxa, "")
    });
    tiles.push(tile(
        "Bone medicine",
        Proposes::Medicine,
        "No rule asks for one",
    ));
    if on {
        let fits: Vec<&str> = advice
            .options
            .iter()
            .filter(|option| option.group == Group::Fits)
            .map(|option| option.medicine.name.as_str())
            .collect();
        tiles.push(if fits.is_empty() {
            view::Tile {
                title: "Fits now",
                answer: "Nothing yet".to_owned(),
                detail: "See what each waits for".to_owned(),
                href: "#options".to_owned(),
                class: "open",
            }
        } else {
            view::Tile {
                title: "Fits now",
                answer: fits.join(", "),
                detail: String::new(),
                href: "#options".to_owned(),
                class: "good",
            }
        });
    }
    tiles
}

fn groups(found: &GuidanceView, unsaved: &BTreeSet<&str>) -> Vec<view::Group> {
    Group::ALL
        .iter()
        .map(|group| view::Group {
            id: match group {
                Group::Fits => "group-fits",
                Group::FitsWhen => "group-fits-when",
                Group::Specialist => "group-specialist",
                Group::NotForThisPerson => "group-not",
            },
            title: group.words(),
            class: match group {
                Group::Fits => "fits",
                Group::FitsWhen => "when",
                Group::Specialist => "specialist",
                Group::NotForThisPerson => "not",
            },
            empty: match group {
                Group::Fits => {
                    "Nothing, as long as a fact that bears on it is not known.".to_owned()
                }
                _ => "Nothing.".to_owned(),
            },
            medicines: found
                .advice
                .options
                .iter()
                .filter(|option| option.group == *group)
                .map(|option| medicine(option, unsaved))
                .collect(),
        })
        .collect()
}

fn medicine(option: &MedicineOption<'_>, unsaved: &BTreeSet<&str>) -> view::Medicine {
    let held = option.medicine;
    let (needed, not_known) = option.needed_and_not_known();
    let because: Vec<view::Because> = [
        (
            if option.group == Group::Specialist {
                "Why a specialist"
            } else {
                "Why not"
            },
            reasons(&option.because, unsaved),
        ),
        ("Needed first", reasons(needed, unsaved)),
        (
            "Would rule it out, and is not known",
            reasons(not_known, unsaved),
        ),
        ("Speaks for it", reasons(&option.speaks_for, unsaved)),
        ("Mind", reasons(&option.cautions, unsaved)),
        ("Afterwards", reasons(&option.afterwards, unsaved)),
    ]
    .into_iter()
    .filter(|(_, reasons)| !reasons.is_empty())
    .map(|(title, reasons)| view::Because { title, reasons })
    .collect();
    let line = match option.group {
        Group::FitsWhen => wanting(&option.missing),
        Group::NotForThisPerson | Group::Specialist => option
            .because
            .first()
            .map(|reason| reason.rule.says.clone())
            .unwrap_or_default(),
        Group::Fits => option
            .speaks_for
            .first()
            .map(|reason| reason.rule.says.clone())
            .unwrap_or_default(),
    };
    view::Medicine {
        name: held.name.clone(),
        dose: held.dose.clone(),
        licensed: held.licensed_for.clone(),
        mark: mark(held.status),
        line,
        because,
        leaflets: Medicine::from_code(&held.id)
            .map(leaflets::for_medicine)
            .unwrap_or_default()
            .into_iter()
            .map(|leaflet| Link::new(href(leaflet), &leaflet.title))
            .collect(),
    }
}

/// What a medicine waits for, in a line: first what has to be done, then what has to be known.
fn wanting(missing: &[Reason<'_>]) -> String {
    let mut to_do = Vec::new();
    let mut unknown: BTreeSet<&str> = BTreeSet::new();
    for reason in missing {
        if reason.is_unanswered() {
            unknown.extend(reason.facts.iter().map(|told| told.fact.words.as_str()));
        } else {
            to_do.push(reason.rule.says.as_str());
        }
    }
    let mut words = to_do.join(" ");
    if !unknown.is_empty() {
        let more = unknown.len().saturating_sub(UNKNOWN_SHOWN);
        let shown: Vec<&str> = unknown.into_iter().take(UNKNOWN_SHOWN).collect();
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(&format!("Not known: {}", shown.join("; ")));
        if more > 0 {
            words.push_str(&format!("; and {more} more"));
        }
    }
    words
}

/// Facts that are missing, those that most rules wait for first, each with the place to answer it.
fn gaps(found: &GuidanceView, query: &ListQuery, base: &str) -> Vec<view::Gap> {
    let form = Form::get(FormKind::Assessment);
    found
        .advice
        .gaps()
        .into_iter()
        .map(|gap| {
            let section = gap.fact.ask.as_ref().and_then(|question| {
                let section = form
                    .sections
                    .iter()
                    .find(|section| section.questions.iter().any(|q| q.id == *question))?;
                Some(query.on(&format!("{base}/assessment/{}", section.id)))
            });
            view::Gap {
                words: gap.fact.words.clone(),
                href: section.unwrap_or_default(),
                waits: counted(gap.rules as i128, "rule waits", "rules wait"),
            }
        })
        .collect()
}

pub(super) fn pack_state(approved: bool, changed: bool) -> Tag {
    match (approved, changed) {
        (true, _) => Tag::new("Approved", GREEN),
        (false, true) => Tag::new("Changed since it was approved", ORANGE),
        (false, false) => Tag::new("Approved by nobody", YELLOW),
    }
}
