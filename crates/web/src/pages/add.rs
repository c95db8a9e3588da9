use axum::{extract::State, http::StatusCode};
use pathway::Referrer;
use service::{
    Error, Sites,
    patient::{self, ByHand},
};
use store::settings;
use terms::{Level, Sex, Side, Site};

use crate::{
    caller::Caller,
    config::WebState,
    present::{date_input, error_at, errors},
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        form::{Choice, Choices, FieldError, Input},
        page::Notice,
        people::Add,
    },
};

pub async fn show(State(state): State<WebState>, caller: Caller) -> Answer {
    let sites = blocking(&state, |app| app.sites()).await?;
    respond::page(&page(
        &state,
        &caller,
        &sites,
        &Typed::default(),
        Vec::new(),
    ))
}

pub async fn submit(State(state): State<WebState>, caller: Caller, typed: Typed) -> Answer {
    let (by_hand, mut wrong) = read(&typed);
    let scope = caller.scope.clone();
    if wrong.is_empty() {
        match blocking(&state, move |app| {
            patient::add_by_hand(app, &scope, &by_hand)
        })
        .await
        {
            Ok(episode) => {
                let text = "Added. Confirm the candidate below when you are ready.".to_owned();
                state.notices.leave(
                    &caller.token,
                    Notice {
                        good: true,
                        text,
                        undo: None,
                    },
                );
                return respond::see(&format!("/candidates/{episode}"));
            }
            Err(Error::Invalid(fields)) => wrong = errors(&fields, &[]),
            Err(other) => return Err(other.into()),
        }
    }
    let sites = blocking(&state, |app| app.sites()).await?;
    respond::page_as(
        StatusCode::UNPROCESSABLE_ENTITY,
        &page(&state, &caller, &sites, &typed, wrong),
    )
}

fn read(typed: &Typed) -> (ByHand, Vec<FieldError>) {
    let mut wrong = Vec::new();
    let mut say = |target: &str, message: String| {
        wrong.push(FieldError {
            target: target.to_owned(),
            message,
        })
    };
    let born = typed
        .date("born", "The date of birth")
        .unwrap_or_else(|message| {
            say("born", message);
            None
        });
    let fracture_date = typed
        .date("fracture_date", "The date of the fracture")
        .unwrap_or_else(|message| {
            say("fracture_date", message);
            None
        });
    let mut levels: Vec<Level> = Vec::new();
    for word in typed
        .get("levels")
        .split([',', ' ', ';'])
        .filter(|word| !word.is_empty())
    {
        match word.parse() {
            Ok(level) => levels.push(level),
            Err(_) => say(
                "levels",
                format!("“{word}” is not a vertebra; write C1 to C7, T1 to T12 or L1 to L5"),
            ),
        }
    }
    let told_by = Referrer::from_code(typed.get("told_by"));
    let by_hand = ByHand {
        told_by,
        nhs_number: typed.get("nhs_number").to_owned(),
        family: typed.get("family").to_owned(),
        given: typed.get("given").to_owned(),
        born,
        sex: Sex::read(typed.get("sex")),
        postcode: typed.get("postcode").to_owned(),
        hospital: typed.get("hospital").to_owned(),
        site: typed.get("site").parse().ok(),
        side: typed.get("side").parse().ok(),
        levels,
        fracture_date,
        words: typed.get("words").to_owned(),
    };
    (by_hand, wrong)
}

fn page(
    state: &WebState,
    caller: &Caller,
    sites: &[settings::Site],
    typed: &Typed,
    wrong: Vec<FieldError>,
) -> Add {
    let input = |name: &str, label: &str, class: &'static str| {
        Input::text(name, label)
            .class(class)
            .value(typed.get(name))
            .error(error_at(&wrong, name))
    };
    let select = |name: &str, label: &str, options: Vec<Choice>| {
        Choices::new(name, label, options)
            .choose(typed.get(name))
            .error(error_at(&wrong, name))
    };
    let mine = sites.iter().filter(|site| match caller.scope.sites() {
        Sites::All => true,
        Sites::These(codes) => codes.contains(&site.code),
    });
    let mut hospitals = vec![Choice::new("", "Choose")];
    hospitals.extend(mine.map(|site| Choice::new(&site.code, &site.name)));
    let mut bones = vec![Choice::new("", "Choose")];
    bones.extend(
        Site::ALL
            .iter()
            .map(|site| Choice::new(site.code(), site.words())),
    );
    let mut sides = vec![Choice::new("", "Not known, or not paired")];
    sides.extend(
        Side::ALL
            .iter()
            .map(|side| Choice::new(side.code(), crate::view::text::sentence(side.words()))),
    );
    let sexes = [Sex::Female, Sex::Male, Sex::Indeterminate, Sex::NotKnown];
    let referrers = Referrer::ALL
        .iter()
        .map(|referrer| Choice::new(referrer.code(), referrer.words()));
    Add {
        chrome: caller
            .chrome(state)
            .with_errors(wrong.clone())
            .titled("Add a person whom no feed brought", None),
        hidden: caller.hidden(),
        who: vec![
            input("nhs_number", "NHS number", "nhsuk-input--width-10").inputmode("numeric"),
            input("postcode", "Postcode", "nhsuk-input--width-10"),
            input("family", "Family name", ""),
            input("given", "Given names", ""),
        ],
        born: date_input("born", "Date of birth", typed, &wrong).hint("For example, 14 7 1945"),
        sex: Choices::new(
            "sex",
            "Gender",
            sexes
                .map(|sex| Choice::new(sex.words(), sex.words()))
                .to_vec(),
        )
        .inline()
        .choose(typed.get("sex")),
        fracture: vec![
            select("site", "Which bone", bones),
            select("side", "Side", sides),
            select(
                "hospital",
                "Hospital that will look after this person",
                hospitals,
            ),
        ],
        levels: input("levels", "Vertebrae, if any", "nhsuk-input--width-10")
            .hint("For example, T12, L1"),
        fractured: date_input("fracture_date", "Date of the fracture", typed, &wrong)
            .hint("Leave all three empty if it is not known"),
        how: input("words", "What you were told, and how it happened", ""),
        source: Choices::new("told_by", "Who told you", referrers.collect())
            .inline()
            .choose(typed.get("told_by"))
            .error(error_at(&wrong, "told_by")),
    }
}
