use std::collections::{BTreeMap, BTreeSet};

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use guidance::Group;
use jiff::ToSpan;
use pathway::{
    EpisodeId,
    care::{Plan, Referral, ReferralKind, Taught},
    form::{Form, FormKind, NOT_KNOWN},
};
use service::{
    Error, FieldError as Wrong,
    care::EpisodeView,
    decision::{self, DecisionView},
    guidance::GuidanceView,
};
use terms::{Answer as Known, Recommended};

use super::{
    episode::{said, version},
    guidance::warnings,
};
use crate::{
    caller::Caller,
    config::WebState,
    list_query::ListQuery,
    present::{banner, date_input, error_at, errors},
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        care as view,
        form::{Choice, Choices, FieldError, Input},
        parts::{Fact, Link},
        text::{long_date, moment},
    },
};

pub async fn show(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    query: ListQuery,
) -> Answer {
    let seen = load(&state, &caller, episode).await?;
    respond::page(&present(&state, &caller, &query, &seen, None, Vec::new()))
}

async fn load(
    state: &WebState,
    caller: &Caller,
    episode: EpisodeId,
) -> service::Result<DecisionView> {
    let scope = caller.scope.clone();
    blocking(state, move |app| decision::view(app, &scope, episode)).await
}

/// Where each medicine stands, for the words beside its choice.
fn standing(guidance: &GuidanceView) -> BTreeMap<&str, &'static str> {
    if !guidance.use_.on() {
        return BTreeMap::new();
    }
    let options = guidance.advice.options.iter();
    options
        .map(|option| (option.medicine.id.as_str(), option.group.words()))
        .collect()
}

/// Medicines under the heads of their groups.
fn grouped(guidance: &GuidanceView) -> Vec<Fact> {
    if !guidance.use_.on() {
        return Vec::new();
    }
    Group::ALL
        .iter()
        .map(|group| {
            let names: Vec<&str> = guidance
                .advice
                .options
                .iter()
                .filter(|option| option.group == *group)
                .map(|option| option.medicine.name.as_str())
                .collect();
            let names = if names.is_empty() {
                "None".to_owned()
            } else {
                names.join(", ")
            };
            Fact::new(group.words(), names)
        })
        .collect()
}

/// What weighs in the decision, in this order.
const WEIGHS: [&str; 23] = [
    "medicines.allergies",
    "risk.previous_fracture",
    "risk.parental_hip",
    "dxa.t_femoral_neck",
    "dxa.t_total_hip",
    "dxa.t_lumbar_spine",
    "dxa.vfa",
    "frax.mof",
    "frax.hip",
    "medicines.bone_at_fracture",
    "medicines.steroids",
    "medicines.swallowing",
    "medicines.reflux",
    "medicines.dental",
    "blood.corrected_calcium",
    "blood.vitamin_d",
    "blood.egfr",
    "risk.smoker",
    "falls.twice",
    "falls.rise",
    "falls.balance",
    "wishes.treatment",
    "wishes.way",
];

fn known(seen: &EpisodeView) -> (Vec<Fact>, Vec<String>) {
    let form = Form::get(FormKind::Assessment);
    let answers = form.asked_of(&seen.care.assessment.values());
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    for id in WEIGHS {
        let Some(question) = form.question(id) else {
            continue;
        };
        match answers.get(id).filter(|value| !value.is(NOT_KNOWN)) {
            Some(value) => known.push(Fact::new(&question.ask, question.words(value))),
            None => unknown.push(question.ask.clone()),
        }
    }
    (known, unknown)
}

fn present(
    state: &WebState,
    caller: &Caller,
    query: &ListQuery,
    both: &DecisionView,
    typed: Option<&Typed>,
    wrong: Vec<FieldError>,
) -> view::Decide {
    let seen = &both.episode;
    let standing = standing(&both.guidance);
    let (known, unknown) = known(seen);
    let none = Typed::default();
    let now = typed.unwrap_or(&none);
    let choices = |name: &str, legend: &str, options: Vec<(&str, &str)>, usual: &[&str]| {
        let options = options
            .into_iter()
            .map(|(code, words)| {
                let hint = standing.get(code).copied().unwrap_or_default();
                Choice::new(code, words).hint(hint)
            })
            .collect();
        let chosen: Vec<String> = match typed {
            Some(typed) => typed.all(name),
            None => usual.iter().map(|code| (*code).to_owned()).collect(),
        };
        Choices::new(name, legend, options)
            .choose_all(&chosen)
            .error(error_at(&wrong, name))
    };
    let therapies = Recommended::ALL
        .iter()
        .map(|therapy| (therapy.code(), therapy.words()))
        .collect();
    let taught = Taught::ALL
        .iter()
        .map(|taught| (taught.code(), taught.words()))
        .collect();
    let referrals = ReferralKind::ALL
        .iter()
        .map(|kind| (kind.code(), kind.words()))
        .collect();
    let text = |name: &str, label: &str| {
        Input::text(name, label)
            .value(now.get(name))
            .error(error_at(&wrong, name))
    };
    let on = match typed {
        Some(typed) => date_input("on", "Decided on", typed, &wrong),
        None => date_input("on", "Decided on", &none, &wrong).value(
            &seen.today.day().to_string(),
            &seen.today.month().to_string(),
            &seen.today.year().to_string(),
        ),
    };
    let mut hidden = caller.hidden_with("version", seen.version);
    hidden.extend(query.hidden());
    view::Decide {
        chrome: caller
            .chrome(state)
            .with_errors(wrong.clone())
            .titled("Decision", None),
        banner: banner(&seen.card, &format!("/patients/{}", seen.card.id)),
        back: Link::new(
            query.on(&format!("/episodes/{}", seen.episode)),
            "Episode",
        ),
        action: format!("/episodes/{}/decision", seen.episode),
        hidden,
        known,
        unknown,
        therapy: choices("therapy", "Bone therapy recommended", therapies, &[]),
        because: text("because", "Why").hint("Why treatment was declined or is not appropriate: in the patient’s words or yours; the letter says it. And why a medicine is chosen that is for a specialist or not for this person."),
        warnings: warnings(&both.guidance.use_),
        guidance: Link::new(
            query.on(&format!("/episodes/{}/guidance", seen.episode)),
            "What guidelines say, with reasons",
        ),
        grouped: grouped(&both.guidance),
        calcium: choices(
            "calcium",
            "Calcium and vitamin D",
            vec![("yes", "Recommended"), ("no", "Not needed"), ("not_known", "Not known")],
            &[],
        )
        .inline(),
        taught: choices("taught", "Shown and explained", taught, &[]),
        referrals: choices("refer", "Ask for", referrals, &[])
            .hint("Each is followed until its answer."),
        follow_up: choices(
            "follow_up",
            "Reviews at 16 and 52 weeks",
            vec![("yes", "Yes"), ("no", "No: hand over to the GP now")],
            &["yes"],
        )
        .inline(),
        on,
        note: text("note", "Note (optional)"),
        replaces: seen
            .care
            .plan()
            .map(|plan| {
                let mut words = format!(
                    "This replaces the decision of {} by {}: {}. Letters that tell of it and have not gone are cancelled.",
                    long_date(plan.what.on),
                    plan.by.words(),
                    plan.what.therapy.words()
                );
                let mut open: Vec<String> = seen
                    .care
                    .referrals
                    .iter()
                    .filter(|noted| noted.what.answer.is_none())
                    .map(|noted| noted.what.kind.words().to_owned())
                    .collect();
                open.extend(seen.care.next_dose().map(|(medicine, due)| {
                    format!("next dose of {}, {}", medicine.words().to_lowercase(), long_date(due))
                }));
                if !open.is_empty() {
                    words.push_str(&format!(" Still open from before: {}.", open.join("; ")));
                }
                words
            })
            .unwrap_or_default(),
    }
}

pub async fn save(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    typed: Typed,
) -> Answer {
    let query = ListQuery::read(&typed.0);
    let at = version(&typed);
    let today = state.app.clock.today();
    let scope = caller.scope.clone();
    let outcome = match read(&typed, today) {
        Ok((plan, referrals)) => {
            blocking(&state, move |app| {
                decision::decide(app, &scope, episode, at, plan, referrals)
            })
            .await
        }
        Err(wrong) => Err(Error::Invalid(wrong)),
    };
    let (status, wrong) = match outcome {
        Ok(acted) => {
            let done = format!("{}: decided. The letter is next.", acted.name);
            return said(&state, &caller, &query, episode, done);
        }
        Err(Error::Invalid(fields)) => (StatusCode::UNPROCESSABLE_ENTITY, errors(&fields, &[])),
        Err(Error::Conflict { since }) => (
            StatusCode::CONFLICT,
            since
                .iter()
                .map(|change| FieldError {
                    target: String::new(),
                    message: format!(
                        "{} decided meanwhile, on {}: {}. Yours is below and not saved; save again to replace it.",
                        change.who,
                        moment(change.at),
                        change.what
                    ),
                })
                .collect(),
        ),
        Err(other) => return Err(other.into()),
    };
    let seen = load(&state, &caller, episode).await?;
    let page = present(&state, &caller, &query, &seen, Some(&typed), wrong);
    respond::page_as(status, &page)
}

fn read(typed: &Typed, today: jiff::civil::Date) -> Result<(Plan, Vec<Referral>), Vec<Wrong>> {
    let mut wrong = Vec::new();
    let mut chosen = |name: &str, otherwise: &str| {
        let code = typed.get(name).to_owned();
        if code.is_empty() {
            wrong.push(Wrong::new(name, otherwise));
        }
        code
    };
    let therapy = Recommended::from_code(&chosen("therapy", "Choose what was decided"));
    let calcium = match chosen(
        "calcium",
        "Say whether calcium and vitamin D are recommended",
    )
    .as_str()
    {
        "yes" => Some(Known::Yes),
        "no" => Some(Known::No),
        "not_known" => Some(Known::NotKnown),
        _ => None,
    };
    let follow_up = chosen("follow_up", "Say whether the reviews follow");
    let on = match typed.date("on", "The day of the decision") {
        Ok(Some(on)) => on,
        Ok(None) => today,
        Err(message) => {
            wrong.push(Wrong::new("on", message));
            today
        }
    };
    let referrals = typed
        .all("refer")
        .iter()
        .filter_map(|code| ReferralKind::from_code(code))
        .map(|kind| Referral {
            kind,
            on,
            reply_by: on.saturating_add(kind.usual_days().days()),
            note: None,
            answer: None,
        })
        .collect();
    let taught: BTreeSet<Taught> = typed
        .all("taught")
        .iter()
        .filter_map(|code| Taught::from_code(code))
        .collect();
    match (therapy, calcium) {
        (Some(therapy), Some(calcium_vitamin_d)) if wrong.is_empty() => Ok((
            Plan {
                on,
                therapy,
                calcium_vitamin_d,
                taught,
                follow_up: follow_up != "no",
                because: typed.some("because"),
                note: typed.some("note"),
                advised: None,
            },
            referrals,
        )),
        _ => Err(wrong),
    }
}
