use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use pathway::{EpisodeId, form::Fault};
use service::{
    Error, assessment,
    assessment::{AssessmentView, Clash, Saved, SectionView},
};

use super::episode::{self, said};
use crate::{
    caller::Caller,
    config::WebState,
    list_query::ListQuery,
    present::{banner, error_at, errors},
    questions::{self, Beside, Shown},
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        care::{self as view, Fold, SectionLine},
        form::{DateInput, FieldError, Hidden, Input},
        parts::{BLUE, GREEN, GREY, Link, OneButton, Tag, YELLOW},
        questions::{Control, Part},
        text::{counted, long_date, moment},
    },
};

pub async fn show(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    query: ListQuery,
) -> Answer {
    let scope = caller.scope.clone();
    let found = blocking(&state, move |app| assessment::view(app, &scope, episode)).await?;
    respond::page(&list(
        &state,
        &caller,
        &query,
        &found,
        &Typed::default(),
        Vec::new(),
    ))
}

fn hidden(caller: &Caller, query: &ListQuery, version: u32) -> Vec<Hidden> {
    let mut hidden = caller.hidden_with("version", version);
    hidden.extend(query.hidden());
    hidden
}

fn list(
    state: &WebState,
    caller: &Caller,
    query: &ListQuery,
    found: &AssessmentView,
    typed: &Typed,
    wrong: Vec<FieldError>,
) -> view::Assessment {
    let episode = found.episode;
    let base = format!("/episodes/{episode}/assessment");
    let open = found.may_give_care && found.completed.is_none();
    let done = found.sections.iter().filter(|part| part.open == 0).count();
    let complete = open.then(|| {
        let today = found.today;
        let mut on = DateInput::new("on", "Day of the assessment").error(error_at(&wrong, "on"));
        let boxes = typed.date_boxes("on");
        on = if boxes.iter().any(|text| !text.is_empty()) {
            let [day, month, year] = boxes;
            on.value(day, month, year)
        } else {
            on.value(
                &today.day().to_string(),
                &today.month().to_string(),
                &today.year().to_string(),
            )
        };
        let left: usize = found.sections.iter().map(|part| part.open).sum();
        Fold {
            id: "complete",
            title: "Complete".to_owned(),
            open: true,
            action: format!("{base}/complete"),
            hidden: hidden(caller, query, found.version),
            fields: vec![Control::Date(on)],
            button: "Complete the assessment".to_owned(),
            note: match left {
                0 => "Afterwards it is only amended, with a reason.".to_owned(),
                left => format!(
                    "{} without an answer will stand as not recorded, never as no. Afterwards it is only amended, with a reason.",
                    counted(i128::try_from(left).unwrap_or_default(), "question", "questions")
                ),
            },
        }
    });
    view::Assessment {
        chrome: caller
            .chrome(state)
            .with_errors(wrong)
            .titled("Assessment", None),
        banner: banner(&found.card, &format!("/patients/{}", found.card.id)),
        back: Link::new(query.on(&format!("/episodes/{episode}")), "Episode"),
        fracture: found.fracture.clone(),
        sections: found
            .sections
            .iter()
            .map(|part| section_line(caller, query, found, part, open))
            .collect(),
        done: done.to_string(),
        total: found.sections.len().to_string(),
        completed: found
            .completed
            .as_ref()
            .map(|noted| {
                let amended = match found.amendments {
                    0 => String::new(),
                    n => format!(
                        " Amended {}.",
                        counted(i128::try_from(n).unwrap_or_default(), "time", "times")
                    ),
                };
                format!(
                    "By {} on {}.{amended} Changes need a reason.",
                    noted.by.words(),
                    long_date(noted.what)
                )
            })
            .unwrap_or_default(),
        complete,
        missing: if open {
            found.missing.iter().map(|ask| (*ask).to_owned()).collect()
        } else {
            Vec::new()
        },
        decide: (found.completed.is_some() && found.may_give_care).then(|| {
            Link::new(
                query.on(&format!("/episodes/{episode}/decision")),
                "Decide on treatment",
            )
        }),
        questionnaire: found
            .questionnaire
            .map(|until| {
                format!(
                    "The patient has a questionnaire, which can be answered until {}.",
                    long_date(until)
                )
            })
            .unwrap_or_default(),
        give: (found.may_make_contact && found.completed.is_none()).then(|| OneButton {
            action: format!("/episodes/{episode}/questionnaire"),
            fields: hidden(caller, query, found.version),
            text: "Make a link to the patient’s questionnaire".to_owned(),
        }),
        sums: vec![
            Link::new("/calculators", "Calculators"),
            Link::new(
                query.on(&format!("/episodes/{episode}/frax")),
                "What goes into FRAX",
            ),
        ],
        about_form: format!(
            "Questions of {}, {}. {}",
            found.form.version,
            match &found.form.approved_by {
                Some(who) => format!("approved by {who}"),
                None => "not yet approved by a clinician".to_owned(),
            },
            found.form.source
        ),
    }
}

fn section_line(
    caller: &Caller,
    query: &ListQuery,
    found: &AssessmentView,
    part: &assessment::Progress,
    open: bool,
) -> SectionLine {
    let number = |n: usize| i128::try_from(n).unwrap_or_default();
    let base = format!("/episodes/{}/assessment/{}", found.episode, part.id);
    let status = match (part.answered, part.open) {
        (_, 0) => Tag::new("Done", GREEN),
        (0, _) if part.proposed > 0 => Tag::new("From the feeds", BLUE),
        (0, _) => Tag::new("To do", GREY),
        _ => Tag::new("Begun", YELLOW),
    };
    let mut line = vec![counted(number(part.answered), "answer", "answers")];
    if part.by_patient > 0 {
        line.push(format!("{} from the patient", part.by_patient));
    }
    if part.proposed > 0 {
        line.push(format!("{} filled in from the feeds", part.proposed));
    }
    if part.open > 0 {
        line.push(format!("{} open", part.open));
    }
    SectionLine {
        href: query.on(&base),
        title: part.title.to_owned(),
        status,
        line: line.join(" · "),
        nothing: part.nothing.filter(|_| open).map(|words| OneButton {
            action: format!("{base}/nothing"),
            fields: hidden(caller, query, found.version),
            text: if part.answered == 0 {
                words.to_owned()
            } else {
                format!("The other {}: {}", part.open, lower_first(words))
            },
        }),
    }
}

fn lower_first(words: &str) -> String {
    let mut words = words.to_owned();
    if let Some(first) = words.get_mut(0..1) {
        first.make_ascii_lowercase();
    }
    words
}

pub async fn section(
    State(state): State<WebState>,
    caller: Caller,
    Path((episode, part)): Path<(EpisodeId, String)>,
    query: ListQuery,
) -> Answer {
    let scope = caller.scope.clone();
    let found = blocking(&state, move |app| {
        assessment::section(app, &scope, episode, &part)
    })
    .await?;
    respond::page(&one(
        &state,
        &caller,
        &query,
        &found,
        None,
        &[],
        &[],
        Vec::new(),
    ))
}

#[expect(
    clippy::too_many_arguments,
    reason = "one page, once as held and once as typed"
)]
fn one(
    state: &WebState,
    caller: &Caller,
    query: &ListQuery,
    found: &SectionView,
    typed: Option<&Typed>,
    faults: &[Fault],
    clashes: &[Clash],
    mut wrong: Vec<FieldError>,
) -> view::Section {
    let base = format!("/episodes/{}/assessment", found.episode);
    let fields = &found.fields;
    wrong.extend(questions::errors(faults));
    wrong.extend(clashes.iter().map(|clash| FieldError {
        target: clash.question.clone(),
        message: format!(
            "{} answered this otherwise meanwhile: {}",
            clash.who, clash.theirs_words
        ),
    }));
    let questions = fields
        .iter()
        .map(|field| {
            // What was saved, by whomever, is shown as it stands; only what waits is shown as it was typed.
            let id = &field.question.id;
            let waits = faults.iter().any(|fault| fault.question == *id)
                || clashes.iter().any(|clash| clash.question == *id);
            let nothing_saved = faults.is_empty() && clashes.is_empty();
            let shown = match typed {
                Some(typed) if waits || nothing_saved => Shown::Typed(typed),
                _ => Shown::Held(field.value.as_ref()),
            };
            let clash = clashes
                .iter()
                .find(|clash| clash.question == field.question.id)
                .map(|clash| {
                    format!(
                        "{} answered “{}” on {}.",
                        clash.who,
                        clash.theirs_words,
                        moment(clash.at)
                    )
                });
            let beside = Beside {
                from: field.from.as_deref(),
                proposed: field.proposed,
                faults,
                errors: &[],
                clash,
                not_known: "Not known",
            };
            questions::question(field.question, &shown, &beside)
        })
        .collect();
    let link = |part: Option<&'static pathway::form::Section>| {
        part.map(|part| Link::new(query.on(&format!("{base}/{}", part.id)), part.title.clone()))
    };
    view::Section {
        chrome: caller
            .chrome(state)
            .with_errors(wrong.clone())
            .titled(&found.section.title, None),
        banner: banner(&found.card, &format!("/patients/{}", found.card.id)),
        back: Link::new(query.on(&base), "Assessment"),
        part: Part {
            id: found.section.id.clone(),
            title: found.section.title.clone(),
            lead: found.section.lead.clone().unwrap_or_default(),
            usual: None,
            questions,
        },
        action: format!("{base}/{}", found.section.id),
        hidden: hidden(caller, query, found.version),
        because: (found.completed && found.may_give_care).then(|| {
            Input::text("because", "Why the assessment changes")
                .hint("It is complete: the change is recorded as an amendment.")
                .value(typed.map(|typed| typed.get("because")).unwrap_or_default())
                .error(error_at(&wrong, "because"))
        }),
        editable: found.may_give_care,
        nothing: found
            .section
            .nothing
            .as_ref()
            .filter(|_| found.may_give_care && !found.completed && typed.is_none())
            .map(|words| OneButton {
                action: format!("{base}/{}/nothing", found.section.id),
                fields: hidden(caller, query, found.version),
                text: words.clone(),
            }),
        before: link(found.before),
        after: link(found.after),
        save: "Save".to_owned(),
        save_and_next: match found.after {
            Some(after) => format!("Save and go on: {}", after.title),
            None => "Save and go back to the list".to_owned(),
        },
    }
}

pub async fn save(
    State(state): State<WebState>,
    caller: Caller,
    Path((episode, part)): Path<(EpisodeId, String)>,
    typed: Typed,
) -> Answer {
    let query = ListQuery::read(&typed.0);
    let form = pathway::form::Form::get(pathway::form::FormKind::Assessment);
    let section = form.section(&part).ok_or(Error::NotFound)?;
    let (answers, confirmed) = questions::read(section.questions.iter(), &typed);
    let given = assessment::Typed {
        answers,
        confirmed,
        because: typed.get("because").to_owned(),
    };
    let at = episode::version(&typed);
    let (scope, id) = (caller.scope.clone(), part.clone());
    let saved = blocking(&state, move |app| {
        assessment::save(app, &scope, episode, &id, at, &given)
    })
    .await;
    let (faults, clashes, wrong, status) = match saved {
        Ok(Saved::Whole(_)) => {
            let base = format!("/episodes/{episode}/assessment");
            let next = form
                .sections
                .iter()
                .skip_while(|section| section.id != part)
                .nth(1)
                .filter(|_| typed.get("then") == "next");
            return respond::see(&query.on(&match next {
                Some(next) => format!("{base}/{}", next.id),
                None => base,
            }));
        }
        Ok(Saved::Waiting {
            faults, clashes, ..
        }) => {
            let status = if clashes.is_empty() {
                StatusCode::UNPROCESSABLE_ENTITY
            } else {
                StatusCode::CONFLICT
            };
            (faults, clashes, Vec::new(), status)
        }
        Err(Error::Invalid(fields)) => (
            Vec::new(),
            Vec::new(),
            errors(&fields, &[]),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        Err(other) => return Err(other.into()),
    };
    let scope = caller.scope.clone();
    let found = blocking(&state, move |app| {
        assessment::section(app, &scope, episode, &part)
    })
    .await?;
    let page = one(
        &state,
        &caller,
        &query,
        &found,
        Some(&typed),
        &faults,
        &clashes,
        wrong,
    );
    respond::page_as(status, &page)
}

pub async fn nothing(
    State(state): State<WebState>,
    caller: Caller,
    Path((episode, part)): Path<(EpisodeId, String)>,
    typed: Typed,
) -> Answer {
    let query = ListQuery::read(&typed.0);
    let at = episode::version(&typed);
    let scope = caller.scope.clone();
    blocking(&state, move |app| {
        assessment::nothing_to_add(app, &scope, episode, &part, at)
    })
    .await?;
    respond::see(&query.on(&format!("/episodes/{episode}/assessment")))
}

pub async fn complete(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    typed: Typed,
) -> Answer {
    let query = ListQuery::read(&typed.0);
    let at = episode::version(&typed);
    let scope = caller.scope.clone();
    let on = match typed.date("on", "The day of the assessment") {
        Ok(Some(on)) => Ok(on),
        Ok(None) => Err(service::FieldError::new(
            "on",
            "Enter the day of the assessment",
        )),
        Err(message) => Err(service::FieldError::new("on", message)),
    };
    let outcome = match on {
        Ok(on) => {
            blocking(&state, move |app| {
                assessment::complete(app, &scope, episode, at, on)
            })
            .await
        }
        Err(wrong) => Err(Error::Invalid(vec![wrong])),
    };
    let (status, wrong) = match outcome {
        // Straight on to what comes next.
        Ok(_) => return respond::see(&query.on(&format!("/episodes/{episode}/decision"))),
        Err(Error::Invalid(fields)) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            errors(&fields, &[])
                .into_iter()
                .map(|mut error| {
                    // Its question stands on another page.
                    if error.target != "on" {
                        error.target = String::new();
                    }
                    error
                })
                .collect(),
        ),
        Err(Error::Conflict { since }) => (
            StatusCode::CONFLICT,
            since
                .iter()
                .map(|change| FieldError {
                    target: String::new(),
                    message: format!("{} changed answers meanwhile: {}", change.who, change.what),
                })
                .collect(),
        ),
        Err(other) => return Err(other.into()),
    };
    let scope = caller.scope.clone();
    let found = blocking(&state, move |app| assessment::view(app, &scope, episode)).await?;
    let page = list(&state, &caller, &query, &found, &typed, wrong);
    respond::page_as(status, &page)
}

/// A link to the questionnaire, shown once.
pub async fn questionnaire(
    State(state): State<WebState>,
    caller: Caller,
    Path(episode): Path<EpisodeId>,
    headers: axum::http::HeaderMap,
    typed: Typed,
) -> Answer {
    let query = ListQuery::read(&typed.0);
    let at = episode::version(&typed);
    let scope = caller.scope.clone();
    let given = blocking(&state, move |app| {
        let given = service::questionnaire::give(app, &scope, episode, at)?;
        let card = assessment::view(app, &scope, episode)?.card;
        Ok((given, card))
    })
    .await;
    let (given, card) = match given {
        Ok(given) => given,
        Err(Error::Unavailable(why)) => {
            return said(&state, &caller, &query, episode, why);
        }
        Err(other) => return Err(other.into()),
    };
    let base = format!("/episodes/{episode}");
    respond::page(&view::QuestionnaireLink {
        chrome: caller.chrome(&state).titled("Questionnaire", None),
        banner: banner(&card, &format!("/patients/{}", card.id)),
        back: Link::new(query.on(&base), "Episode"),
        address: format!("{}/q/{}", here(&state, &headers), given.secret),
        until: long_date(given.until),
        paper: vec![
            Link::new(format!("{base}/questionnaire.pdf"), "Print it"),
            Link::new(
                format!("{base}/questionnaire.pdf?print=large"),
                "Print it in large print",
            ),
        ],
    })
}

/// Where this Herald is reached, as the browser says it.
fn here(state: &WebState, headers: &axum::http::HeaderMap) -> String {
    let host = headers
        .get(axum::http::header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let scheme = if state.config.behind_https {
        "https"
    } else {
        "http"
    };
    format!("{scheme}://{host}")
}
