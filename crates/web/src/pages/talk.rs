//! The page to turn to the patient: a risk as a hundred figures, what treatment changes, the choices, what matters.

use axum::extract::{Path, State};
use guidance::{
    leaflets::{self, library},
    record::Unsettled,
    shared_decision::{
        Choice, Comparison, DecisionOption, Figure, RiskOf, SharedDecision, figures,
        shared_decision,
    },
};
use pathway::EpisodeId;
use service::talk::{self as use_case, Suits, TalkView};

use super::leaflets::{href, marked};
use crate::{
    caller::Caller,
    config::WebState,
    list_query::ListQuery,
    respond::{self, Answer, blocking},
    view::{
        leaflets as view,
        parts::Link,
        text::{long_date, sentence},
    },
};

pub async fn show(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    query: ListQuery,
) -> Answer {
    let scope = caller.scope.clone();
    let found = blocking(&state, move |app| use_case::view(app, &scope, episode)).await?;
    respond::page(&present(&state, &caller, &query, &found))
}

fn present(state: &WebState, caller: &Caller, query: &ListQuery, found: &TalkView) -> view::Talk {
    let words = shared_decision();
    let on = found.use_.on();
    let offered: Vec<&DecisionOption> = if on {
        words
            .options
            .iter()
            .filter(|option| option.id == Choice::NoMedicine || !suiting(option, found).is_empty())
            .collect()
    } else {
        Vec::new()
    };
    let major = found
        .risks
        .iter()
        .find(|risk| risk.of == RiskOf::MajorFracture);
    view::Talk {
        chrome: caller
            .chrome(state)
            .titled("Your bones and your choices", None),
        back: Link::new(
            query.on(&format!("/episodes/{}/guidance", found.episode)),
            "What guidelines say",
        ),
        name: found.first_name.clone(),
        on,
        notes: notes(found),
        risk: major.map(|risk| {
            let marked = figures(risk.risk);
            view::Hundred {
                id: "risk".to_owned(),
                title: "100 people like you".to_owned(),
                words: sentence(&format!(
                    "{} people like you break {} within {} years.",
                    marked.words(),
                    risk.of.words(),
                    risk.years
                )),
                figures: drawn((0..100).map(|place| {
                    if place < marked.marked {
                        Figure::Breaks
                    } else {
                        Figure::Unhurt
                    }
                })),
            }
        }),
        risk_from: major
            .map(|risk| risk.words())
            .into_iter()
            .chain(
                found
                    .stale
                    .filter(|_| major.is_some())
                    .map(|old| format!("It may have changed since. {}", old.words())),
            )
            .collect(),
        no_risk: match found.unsettled {
            Some(Unsettled::NoDate) => {
                "A figure is on record without its date, so it is not shown. Ask us about it."
            }
            Some(Unsettled::ToCheck) => {
                "A figure is on record that we have to check first, so it is not shown. Ask us about it."
            }
            None => "No risk figure is recorded for you. Ask us whether one can be worked out.",
        }
        .to_owned(),
        changes: offered
            .iter()
            .map(|option| change(words, option, found))
            .filter(|change| !change.no_figure.is_empty() || !change.shown.is_empty() || !change.studies.is_empty())
            .collect(),
        options: offered.iter().map(|option| choice(option, found)).collect(),
        matters: words.matters.clone(),
        questions: words.questions.clone(),
        leaflets: library()
            .leaflets
            .iter()
            .map(|leaflet| Link::new(href(leaflet), &leaflet.title))
            .collect(),
        about: format!(
            "{}. These words are version {}, to be looked at again by {}. Shown on {}.",
            words.approval(),
            words.version,
            long_date(words.review_by),
            long_date(found.today)
        ),
    }
}

/// The medicines of an option that may suit.
fn suiting<'a>(option: &DecisionOption, found: &'a TalkView) -> Vec<&'a Suits> {
    let medicines = found.medicines.iter();
    medicines.filter(|held| option.has(held.id)).collect()
}

/// Who is responsible for what is shown, and what is due to be looked at again: in words for the patient.
fn notes(found: &TalkView) -> Vec<String> {
    let mut notes = Vec::new();
    match &found.use_.responsible {
        Some(who) => notes.push(format!(
            "{} is responsible for the figures and choices on this page.",
            who.name
        )),
        None if found.use_.demo => {
            notes.push("This is a demonstration. It is about nobody.".to_owned());
        }
        None => {}
    }
    if found.use_.on()
        && (!found.use_.overdue.is_empty() || shared_decision().is_overdue(found.today))
    {
        notes.push(
            "Some of what stands here is due to be checked again. Ask us whether it still holds."
                .to_owned(),
        );
    }
    notes
}

/// Ten rows of ten, in the drawing's own units.
fn drawn(figures: impl Iterator<Item = Figure>) -> Vec<view::OneFigure> {
    figures
        .enumerate()
        .map(|(at, figure)| view::OneFigure {
            class: match figure {
                Figure::Breaks => "hit",
                Figure::Spared => "spared",
                Figure::Unhurt => "",
            },
            x: (10 + at % 10 * 20).to_string(),
            y: (5 + at / 10 * 22).to_string(),
        })
        .collect()
}

fn change(words: &SharedDecision, option: &DecisionOption, found: &TalkView) -> view::Change {
    let suits: Vec<&str> = suiting(option, found).iter().map(|held| held.id).collect();
    let mut change = view::Change {
        title: option.title.clone(),
        ..view::Change::default()
    };
    let changes = option.changes(&suits, &found.risks, &found.broken);
    for (nth, (effect, shown)) in (1..).zip(changes) {
        if shown.is_empty() {
            change.studies.push(view::Study {
                text: effect.words(),
                source: effect.source.clone(),
            });
        }
        change
            .shown
            .extend(shown.into_iter().map(|shown| view::ChangeShown {
                with: with(&format!("{}-{nth}", option.id.code()), &shown.comparison),
                sentences: shown.sentences,
            }));
    }
    change
        .studies
        .extend(option.said.iter().map(|said| view::Study {
            text: said.text.clone(),
            source: said.source.clone(),
        }));
    if change.shown.is_empty() && option.id != Choice::NoMedicine {
        change.no_figure = format!(
            "{} for what this changes for people like you.",
            words.no_figure.trim_end_matches('.')
        );
    }
    change
}

fn with(id: &str, comparison: &Comparison) -> view::Hundred {
    view::Hundred {
        id: format!("with-{id}"),
        title: "The same 100 people with this medicine".to_owned(),
        words: comparison.words(),
        figures: drawn(comparison.drawn().into_iter()),
    }
}

fn choice(option: &DecisionOption, found: &TalkView) -> view::TalkOption {
    let suits = suiting(option, found);
    let names = |when: bool| -> Vec<&str> {
        suits
            .iter()
            .filter(|held| held.when == when)
            .map(|held| held.name)
            .collect()
    };
    let (now, later) = (names(false), names(true));
    let mut words = Vec::new();
    if !now.is_empty() {
        words.push(format!("May suit you: {}.", now.join(", ")));
    }
    if !later.is_empty() {
        words.push(format!(
            "May suit you once we know more: {}.",
            later.join(", ")
        ));
    }
    view::TalkOption {
        id: format!("choice-{}", option.id.code()),
        title: option.title.clone(),
        suits: words.join(" "),
        rows: [
            ("What it is", &option.what),
            ("How you take it", &option.how_taken),
            ("How often", &option.how_often),
            ("For how long", &option.how_long),
            ("Common problems", &option.common_problems),
            ("Serious problems", &option.serious_problems),
            ("Before you start", &option.before),
            ("Who gives it", &option.given_by),
        ]
        .into_iter()
        .filter(|(_, texts)| !texts.is_empty())
        .map(|(label, texts)| view::TalkRow {
            label,
            texts: marked(texts),
        })
        .collect(),
        leaflets: option
            .leaflets
            .iter()
            .filter_map(|id| leaflets::leaflet(id))
            .filter(|leaflet| {
                // The technique of a medicine that does not suit would only confuse.
                leaflet.technique_for.is_empty()
                    || leaflet
                        .technique_for
                        .iter()
                        .any(|medicine| suits.iter().any(|held| held.id == medicine.code()))
            })
            .map(|leaflet| Link::new(href(leaflet), &leaflet.title))
            .collect(),
    }
}
