use axum::{extract::State, http::StatusCode};
use service::{Error, May, PersonCard, patient};

use crate::{
    caller::Caller,
    config::WebState,
    present::{errors, gender},
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        form::{FieldError, Input},
        people::{Find, FoundRow},
        text::{DateText, NhsText, counted},
    },
};

/// The most that a search shows; the use case stops there.
const MOST: usize = 50;

pub async fn show(State(state): State<WebState>, caller: Caller) -> Answer {
    respond::page(&page(&state, &caller, "", None, Vec::new()))
}

pub async fn search(State(state): State<WebState>, caller: Caller, typed: Typed) -> Answer {
    let (scope, term) = (caller.scope.clone(), typed.get("term").to_owned());
    match blocking(&state, move |app| patient::find(app, &scope, &term)).await {
        Ok(cards) => respond::page(&page(
            &state,
            &caller,
            typed.get("term"),
            Some(cards),
            Vec::new(),
        )),
        Err(Error::Invalid(fields)) => {
            let wrong = errors(&fields, &[]);
            let page = page(&state, &caller, typed.get("term"), None, wrong);
            respond::page_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(other) => Err(other.into()),
    }
}

fn page(
    state: &WebState,
    caller: &Caller,
    term: &str,
    found: Option<Vec<PersonCard>>,
    wrong: Vec<FieldError>,
) -> Find {
    let error = crate::present::error_at(&wrong, "term");
    let searched = found.is_some();
    let cards = found.unwrap_or_default();
    let showing = match cards.len() {
        MOST => format!("The first {MOST}; type more to narrow it down"),
        other => counted(
            i128::try_from(other).unwrap_or_default(),
            "person",
            "people",
        ),
    };
    let title = if searched {
        "Find a patient: results"
    } else {
        "Find a patient"
    };
    Find {
        chrome: caller.chrome(state).with_errors(wrong).titled(title, None),
        hidden: caller.hidden(),
        term: Input::text("term", "NHS number, name, or date of birth")
            .hint("For example, 999 123 4567, or amend, al, or 14/7/1945")
            .value(term)
            .error(error),
        searched,
        can_add: caller.may(May::AddByHand),
        showing,
        none_words: "Nobody at your hospitals fits. Somebody at a hospital that is not yours does not show here."
            .to_owned(),
        rows: cards.iter().map(row).collect(),
    }
}

fn row(card: &PersonCard) -> FoundRow {
    FoundRow {
        href: format!("/patients/{}", card.id),
        name: card.name.to_string(),
        nhs: NhsText::from(card.nhs_number.as_ref()),
        born: card.born.map(DateText::from),
        age: match (card.died, card.age) {
            (true, _) => "died".to_owned(),
            (false, Some(age)) => format!("{age}y"),
            (false, None) => String::new(),
        },
        gender: gender(&card.sex),
        postcode: card
            .postcode
            .clone()
            .unwrap_or_else(|| "Not known".to_owned()),
    }
}
