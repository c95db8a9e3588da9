//! Calculators. What is typed comes by POST, so that it stands in no address, and none of it is kept.

mod body;
mod drink_and_food;
mod falls;
mod kidney;
mod qfracture;
mod sheet;
mod steroids;

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use guidance::source::Remark;
use service::{Error, guidance::Use};

use self::sheet::Sheet;
use super::guidance::{OFF, answered_by, mark};
use crate::{
    caller::Caller,
    config::WebState,
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{calculators as view, parts::Link},
};

struct Sum {
    code: &'static str,
    title: &'static str,
    lead: &'static str,
    /// Reads the fields, and works out once they are sound.
    work: fn(&mut Sheet<'_>),
    table: fn() -> Option<view::Table>,
}

fn no_table() -> Option<view::Table> {
    None
}

const SUMS: [Sum; 9] = [
    Sum {
        code: "bmi",
        title: "Body mass index",
        lead: "From height and weight.",
        work: body::bmi,
        table: no_table,
    },
    Sum {
        code: "height-loss",
        title: "Height loss",
        lead: "Since the tallest: a sign of fractures of the spine.",
        work: body::height_loss,
        table: no_table,
    },
    Sum {
        code: "kidney",
        title: "Creatinine clearance and eGFR",
        lead: "Cockcroft and Gault for the limits of medicines; CKD-EPI where the laboratory sent no eGFR.",
        work: kidney::kidney,
        table: no_table,
    },
    Sum {
        code: "calcium",
        title: "Calcium from food",
        lead: "From portions in a usual week, with UK figures.",
        work: drink_and_food::calcium,
        table: no_table,
    },
    Sum {
        code: "alcohol",
        title: "Units of alcohol",
        lead: "From drinks in a usual week, and whether alcohol is ticked in FRAX.",
        work: drink_and_food::alcohol,
        table: no_table,
    },
    Sum {
        code: "steroids",
        title: "Steroids as prednisolone",
        lead: "Steroids by mouth as milligrams of prednisolone, and which lines the dose reaches.",
        work: steroids::steroids,
        table: no_table,
    },
    Sum {
        code: "falls-tests",
        title: "Tests of gait, balance and standing blood pressure",
        lead: "Timed up and go, rises from a chair, four-stage balance, lying and standing pressure. None of them predicts falls.",
        work: falls::falls_tests,
        table: no_table,
    },
    Sum {
        code: "frailty",
        title: "Clinical Frailty Scale",
        lead: "What a recorded level stands for. Nothing is worked out: a level is a clinician’s judgement.",
        work: falls::frailty,
        table: falls::levels,
    },
    Sum {
        code: "qfracture",
        title: ::qfracture::NAME,
        lead: "The risk of breaking hip, wrist, spine or shoulder, and of breaking a hip, within 1 to 18 years.",
        work: qfracture::qfracture,
        table: no_table,
    },
];

fn sum(which: &str) -> Result<&'static Sum, Error> {
    SUMS.iter()
        .find(|sum| sum.code == which)
        .ok_or(Error::NotFound)
}

async fn in_use(state: &WebState, caller: &Caller) -> service::Result<Use> {
    let scope = caller.scope.clone();
    blocking(state, move |app| service::guidance::in_use(app, &scope)).await
}

pub fn who_answers(used: &Use) -> view::WhoAnswers {
    view::WhoAnswers {
        nobody: used.demo && used.responsible.is_none(),
        words: answered_by(used),
    }
}

pub fn remark(held: &Remark) -> view::Remark {
    view::Remark {
        words: held.words.clone(),
        source: held.source.clone(),
        mark: mark(held.status),
    }
}

pub fn off(state: &WebState, caller: &Caller, title: &str, back: Link) -> view::Off {
    view::Off {
        chrome: caller.chrome(state).titled(title, None),
        title: title.to_owned(),
        why: format!("Nothing is worked out here. {OFF}"),
        back,
    }
}

pub async fn list(State(state): State<WebState>, caller: Caller) -> Answer {
    let used = in_use(&state, &caller).await?;
    if !used.on() {
        let back = Link::new("/", "Start");
        return respond::page(&off(&state, &caller, "Calculators", back));
    }
    respond::page(&view::Calculators {
        chrome: caller.chrome(&state).titled("Calculators", None),
        answers: who_answers(&used),
        rows: SUMS
            .iter()
            .map(|sum| view::Row {
                link: Link::new(format!("/calculators/{}", sum.code), sum.title),
                lead: sum.lead.to_owned(),
            })
            .collect(),
    })
}

pub async fn show(
    State(state): State<WebState>,
    caller: Caller,
    Path(which): Path<String>,
) -> Answer {
    let typed = Typed::default();
    answer(&state, &caller, &which, Sheet::empty(&typed)).await
}

pub async fn work_out(
    State(state): State<WebState>,
    caller: Caller,
    Path(which): Path<String>,
    typed: Typed,
) -> Answer {
    answer(&state, &caller, &which, Sheet::sent(&typed)).await
}

async fn answer(state: &WebState, caller: &Caller, which: &str, mut sheet: Sheet<'_>) -> Answer {
    let sum = sum(which)?;
    let used = in_use(state, caller).await?;
    if !used.on() {
        let status = if sheet.was_sent() {
            StatusCode::CONFLICT
        } else {
            StatusCode::OK
        };
        let back = Link::new("/", "Start");
        return respond::page_as(status, &off(state, caller, sum.title, back));
    }
    (sum.work)(&mut sheet);
    let (parts, outcomes, wrong) = sheet.done();
    let status = if wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    respond::page_as(
        status,
        &view::Calculator {
            chrome: caller
                .chrome(state)
                .with_errors(wrong)
                .titled(sum.title, None),
            title: sum.title.to_owned(),
            lead: sum.lead.to_owned(),
            answers: who_answers(&used),
            outcomes,
            action: format!("/calculators/{}", sum.code),
            hidden: caller.hidden(),
            parts,
            table: (sum.table)(),
        },
    )
}
