//! One person's record, finding somebody, and adding by hand somebody whom no feed brought.

use finder::{Evidence, Finding, Reading, Why};
use jiff::civil::Date;
use pathway::{
    Details, EpisodeId, Fact, Next, Person, PersonId, Referrer, Sighting, SightingKind, Source,
    next_action,
    placing::{self, Place},
};
use serde_json::json;
use store::{access::Access, people};
use terms::{Level, Listing, NhsNumber, OdsCode, PersonName, Sex, Side, Site, Status, id};

use crate::{
    App, May, Scope,
    access::demand,
    error::{Error, FieldError, Result},
    secret,
    views::{self, PersonCard, TimelineEntry},
};

#[derive(Debug, Clone)]
pub struct Patient {
    pub card: PersonCard,
    pub address: Vec<String>,
    pub postcode: Option<String>,
    pub phone: Option<String>,
    pub practice: Option<String>,
    pub local_ids: Vec<pathway::LocalId>,
    /// Newest first.
    pub episodes: Vec<EpisodeView>,
    /// Newest first.
    pub timeline: Vec<TimelineEntry>,
    /// Newest first; includes this very look.
    pub looked: Vec<Access>,
    pub needs: pathway::Needs,
    /// The version to name when something is recorded.
    pub version: u32,
}

#[derive(Debug, Clone)]
pub struct EpisodeView {
    pub id: EpisodeId,
    pub fracture: String,
    pub fracture_date: Option<Date>,
    pub state: String,
    /// What is to be done, and by when; or why nothing is.
    pub next: String,
    pub due: Option<Date>,
    pub sightings: usize,
    pub refracture: bool,
    /// Accepted, whether open or closed: its page is the one of care.
    pub in_care: bool,
    pub steps: Vec<pathway::Step>,
}

pub fn view(app: &App, scope: &Scope, id: PersonId) -> Result<Patient> {
    demand(scope, May::SeePeople)?;
    let (today, now) = (app.clock.today(), app.clock.now());
    let facts = app
        .store
        .read(|tx| store::timeline::facts(tx, scope, id))?
        .ok_or(Error::NotFound)?;
    let looked = app.store.write(|tx| -> Result<_> {
        store::access::record(tx, scope, now, "patient_opened", &[id], json!({}))?;
        Ok(store::access::of_person(tx, scope, id, 20)?)
    })?;
    let person = Person::from_facts(id, &facts).map_err(|e| Error::Internal(e.to_string()))?;
    let mut episodes: Vec<EpisodeView> = person
        .episodes
        .iter()
        .map(|episode| {
            let (next, due) = match next_action(&person, episode) {
                Next::Do(todo) => (todo.task.words().to_owned(), Some(todo.due)),
                Next::Closed { because } => (because, None),
            };
            EpisodeView {
                id: episode.id,
                fracture: episode.words(),
                fracture_date: episode.fracture_date(),
                state: views::state_words(episode),
                next,
                due,
                sightings: episode.sightings.len(),
                refracture: person.refracture_of(episode).is_some(),
                in_care: matches!(
                    episode.state(),
                    pathway::State::Accepted | pathway::State::Closed { .. }
                ),
                steps: pathway::steps(&person, episode),
            }
        })
        .collect();
    episodes.sort_by_key(|episode| std::cmp::Reverse(episode.fracture_date));
    Ok(Patient {
        card: PersonCard::of_person(&person, today),
        address: person.details.address.clone().unwrap_or_default(),
        postcode: person.details.postcode.clone(),
        phone: person.details.phone.clone(),
        practice: person.details.practice.as_ref().map(ToString::to_string),
        local_ids: person.details.local_ids.clone(),
        episodes,
        timeline: views::timeline(&facts),
        looked,
        needs: person.needs.clone(),
        version: person.version,
    })
}

/// Find by NHS number, by "family, given" or by date of birth. The term itself is not kept.
pub fn find(app: &App, scope: &Scope, term: &str) -> Result<Vec<PersonCard>> {
    demand(scope, May::SeePeople)?;
    let term = term.trim();
    if term.is_empty() {
        return Err(Error::field(
            "term",
            "Type an NHS number, a name or a date of birth",
        ));
    }
    let today = app.clock.today();
    let digits = term.chars().filter(char::is_ascii_digit).count();
    let cards = if let Ok(number) = term.parse::<NhsNumber>() {
        app.store
            .read(|tx| people::by_number(tx, scope, &number))?
            .into_iter()
            .collect()
    } else if let Some(born) = typed_date(term) {
        app.store.read(|tx| people::by_birth(tx, scope, born, 50))?
    } else if digits >= 8 {
        let why = match term.parse::<NhsNumber>() {
            Err(error) => error.to_string(),
            Ok(_) => "not an NHS number".to_owned(),
        };
        return Err(Error::field(
            "term",
            format!("This is not an NHS number: {why}"),
        ));
    } else {
        let (family, given) = term.split_once(',').unwrap_or((term, ""));
        if family.chars().filter(|c| c.is_alphabetic()).count() < 2 {
            return Err(Error::field(
                "term",
                "Type at least two letters of the family name",
            ));
        }
        app.store
            .read(|tx| people::by_name(tx, scope, family, given, 50))?
    };
    let shown: Vec<PersonId> = cards.iter().map(|card| card.id).collect();
    app.store.write(|tx| {
        store::access::record(
            tx,
            scope,
            app.clock.now(),
            "searched",
            &shown,
            json!({ "found": shown.len() }),
        )
    })?;
    Ok(cards
        .into_iter()
        .map(|card| PersonCard::of(card, today))
        .collect())
}

/// 14/7/1945, 14-07-1945, 14.7.1945 or 1945-07-14.
pub fn typed_date(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.trim().split(['/', '-', '.', ' ']).collect();
    let [a, b, c] = parts.as_slice() else {
        return None;
    };
    let (year, month, day) = if a.len() == 4 { (a, b, c) } else { (c, b, a) };
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// What is typed about somebody whom no feed brought.
#[derive(Debug, Clone)]
pub struct ByHand {
    pub told_by: Option<Referrer>,
    pub nhs_number: String,
    pub family: String,
    pub given: String,
    pub born: Option<Date>,
    pub sex: Sex,
    pub postcode: String,
    pub hospital: String,
    pub site: Option<Site>,
    pub side: Option<Side>,
    pub levels: Vec<Level>,
    pub fracture_date: Option<Date>,
    pub words: String,
}

/// Put somebody on the list by hand. A number that is on record leads to that person's record, if the date of
/// birth agrees; anything less certain is said, not guessed.
pub fn add_by_hand(app: &App, scope: &Scope, typed: &ByHand) -> Result<EpisodeId> {
    demand(scope, May::AddByHand)?;
    let now = app.clock.now();
    let today = app.clock.today();
    let (details, sighting, told_by) = checked(app, scope, typed, today)?;
    app.store.write(|tx| {
        tx.lock("intake")?;
        let reader = app.store.identity_scope(scope);
        let held = match &details.nhs_number {
            Some(number) => people::by_number(tx, &reader, number)?,
            None => None,
        };
        let mut person = match held {
            Some(card) if card.born == details.born => crate::work::load(tx, &reader, card.id)?,
            Some(_) => {
                return Err(Error::field(
                    "nhs_number",
                    "This NHS number is on record with another date of birth. Check both, or ask the coordinator",
                ));
            }
            None => Person::new(PersonId(id::derived("person", &[&secret::random::<16>()?]))),
        };
        let mut facts: Vec<Fact> = Vec::new();
        facts.extend(person.details.news_in(&details).map(|details| Fact::Details { details }));
        let episode = match placing::place(&person, &sighting, &app.settings) {
            Place::Joins(episode) | Place::Corrects { episode, .. } => episode,
            Place::New | Place::Repeat => EpisodeId(id::derived("episode", &[&secret::random::<16>()?])),
        };
        facts.push(Fact::Sighted { episode, sighting: Box::new(sighting), corrects: None });
        store::timeline::append(tx, &mut person, now, &scope.actor(), &Source::ByHand { told_by }, facts)?;
        let ruling = app.rules(tx)?;
        crate::work::earlier_denials(app, &ruling, &reader, tx, &mut person, &scope.actor(), now)?;
        store::access::record(tx, scope, now, "added_by_hand", &[person.id], json!({ "episode": episode }))?;
        Ok(episode)
    })
}

fn checked(
    app: &App,
    scope: &Scope,
    typed: &ByHand,
    today: Date,
) -> Result<(Details, Sighting, Referrer)> {
    let mut wrong: Vec<FieldError> = Vec::new();
    let mut say = |field: &str, message: &str| wrong.push(FieldError::new(field, message));
    let nhs_number = match typed.nhs_number.trim() {
        "" => None,
        text => match text.parse::<NhsNumber>() {
            Ok(number) => Some(number),
            Err(error) => {
                say("nhs_number", &format!("Check the NHS number: {error}"));
                None
            }
        },
    };
    if typed.family.trim().is_empty() {
        say("family", "Enter the family name");
    }
    if typed.told_by.is_none() {
        say("told_by", "Choose who told you");
    }
    match typed.born {
        None => {}
        Some(born) if born > today => say("born", "The date of birth is in the future"),
        Some(born) if terms::age_on(born, today) > 120 => {
            say("born", "The date of birth is over 120 years ago")
        }
        Some(_) => {}
    }
    match typed.fracture_date {
        Some(on) if on > today => say("fracture_date", "The fracture date is in the future"),
        Some(on) if typed.born.is_some_and(|born| on < born) => {
            say(
                "fracture_date",
                "The fracture date is before the date of birth",
            );
        }
        _ => {}
    }
    let youngest = app.store.read(|tx| app.rules(tx))?.rules.youngest;
    if let (Some(born), Some(on)) = (typed.born, typed.fracture_date)
        && terms::age_on(born, on) < youngest
    {
        say(
            "born",
            &format!("The service takes people of {youngest} or over at the fracture"),
        );
    }
    if typed.site.is_none() {
        say("site", "Choose what is broken, or “Site not stated”");
    }
    let hospital = typed
        .hospital
        .parse::<OdsCode>()
        .ok()
        .filter(|code| scope.sees(code.as_str()));
    let known = app.site_codes()?;
    if !hospital
        .as_ref()
        .is_some_and(|code| known.contains(code.as_str()))
    {
        say(
            "hospital",
            "Choose the hospital that will look after this person",
        );
    }
    let (Some(told_by), Some(site), Some(hospital), true) =
        (typed.told_by, typed.site, hospital, wrong.is_empty())
    else {
        return Err(Error::Invalid(wrong));
    };
    let text = |text: &str| (!text.trim().is_empty()).then(|| text.trim().replace('\0', ""));
    let details = Details {
        nhs_number,
        name: Some(PersonName::new(typed.family.trim(), typed.given.trim())),
        born: typed.born,
        sex: (typed.sex != Sex::NotKnown).then_some(typed.sex),
        postcode: text(&typed.postcode),
        ..Details::default()
    };
    let words = text(&typed.words);
    let evidence = words
        .clone()
        .unwrap_or_else(|| format!("Told by: {}", told_by.words()));
    let finding = Finding {
        site,
        level: if site == Site::Vertebra {
            typed.levels.clone()
        } else {
            Vec::new()
        },
        side: typed.side,
        status: Status::Present,
        evidence: Evidence::Span {
            start: 0,
            end: evidence.len(),
            text: evidence.clone(),
        },
        rule: "entered-by-staff".to_owned(),
    };
    let sighting = Sighting {
        key: format!(
            "by_hand:{}",
            id::derived("entry", &[&secret::random::<16>()?])
        ),
        kind: SightingKind::ByHand,
        seen_on: typed.fracture_date,
        injured_on: typed.fracture_date,
        hospital: Some(hospital),
        exam: None,
        text: Some(evidence),
        indication: None,
        reading: Reading {
            list: Listing::Yes,
            reason: format!("Entered by staff; told by: {}", told_by.words()),
            why: Why::Present,
            findings: vec![finding],
            mechanism: None,
        },
    };
    Ok((details, sighting, told_by))
}
