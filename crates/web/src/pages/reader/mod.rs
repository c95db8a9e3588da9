//! Try the reader: paste a report and see what it makes of it. Nothing of it is kept.

mod examples;
mod explain;

use axum::{
    extract::{Query, State},
    http::StatusCode,
};
use service::{
    Error,
    reader::{self, Pasted},
};

use crate::{
    caller::Caller,
    config::WebState,
    present::{error_at, errors},
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        form::{FieldError, Input},
        parts::Link,
        reader::{Reader, SeenReport},
    },
};

pub async fn show(
    State(state): State<WebState>,
    caller: Caller,
    Query(asked): Query<Vec<(String, String)>>,
) -> Answer {
    let example = Typed(asked);
    let example = examples::find(example.get("example"));
    let pasted = example.map_or_else(Pasted::default, |example| Pasted {
        report: example.report.to_owned(),
        exam: Some(example.exam.to_owned()),
        indication: Some(example.indication.to_owned()),
    });
    respond::page(&page(&state, &caller, &pasted, None, Vec::new()))
}

pub async fn read(State(state): State<WebState>, caller: Caller, typed: Typed) -> Answer {
    let pasted = Pasted {
        report: typed.get("report").to_owned(),
        exam: typed.some("exam"),
        indication: typed.some("indication"),
    };
    let asked = pasted.clone();
    match blocking(&state, move |app| reader::read(app, &asked)).await {
        Ok(read) => {
            let seen = explain::explain(&read);
            respond::page(&page(&state, &caller, &pasted, Some(seen), Vec::new()))
        }
        Err(Error::Invalid(fields)) => {
            let wrong = errors(&fields, &[]);
            let page = page(&state, &caller, &pasted, None, wrong);
            respond::page_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(other) => Err(other.into()),
    }
}

fn page(
    state: &WebState,
    caller: &Caller,
    pasted: &Pasted,
    seen: Option<SeenReport>,
    wrong: Vec<FieldError>,
) -> Reader {
    let input = |name: &str, words: &str, value: &str| {
        Input::text(name, words)
            .value(value)
            .error(error_at(&wrong, name))
    };
    let given = |text: &Option<String>| text.clone().unwrap_or_default();
    let title = match &seen {
        Some(seen) => format!("{}: how the reader read it", seen.decision),
        None => "Try the reader".to_owned(),
    };
    Reader {
        hidden: caller.hidden(),
        exam: input("exam", "Examination (optional)", &given(&pasted.exam))
            .hint("If the report does not begin with it, such as “XR Left wrist”."),
        indication: input(
            "indication",
            "Clinical details (optional)",
            &given(&pasted.indication),
        )
        .hint("What was asked, if it is not in the report."),
        report: input("report", "The report", &pasted.report)
            .hint("Its words only. Paste no names, numbers or addresses."),
        examples: examples::EXAMPLES
            .iter()
            .map(|one| Link::new(format!("/reader?example={}", one.code), one.title))
            .collect(),
        standing: match finder::approved_by() {
            Some(who) => format!("Rules {}, approved by {who}.", finder::VERSION),
            None => format!(
                "Rules {}. No clinician has approved them yet.",
                finder::VERSION
            ),
        },
        chrome: caller.chrome(state).with_errors(wrong).titled(&title, None),
        seen,
    }
}
