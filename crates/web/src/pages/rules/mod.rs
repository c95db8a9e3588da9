pub mod propose;

use axum::extract::{Path, State};
use pathway::{
    ServiceRules,
    rules::{BeforeAfter, Outcome},
};
use service::{
    Error,
    rules::{self, ChangedItem, Comparison, Proposal, SetView, State as Stage},
};
use store::{
    rules::{Act as Done, What},
    settings::Site as Hospital,
};

use crate::{
    caller::Caller,
    config::WebState,
    present::{error_at, errors, facts, sighting},
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        form::{FieldError, Input, ReasonForm},
        parts::{Act, BLUE, Bar, GREEN, GREY, ORANGE, PURPLE, RED, Tag, YELLOW},
        rules as view,
        text::{NhsText, count, counted, long_date, moment},
    },
};

pub async fn show(State(state): State<WebState>, caller: Caller) -> Answer {
    overview(&state, &caller, "", Vec::new()).await
}

async fn overview(
    state: &WebState,
    caller: &Caller,
    reason: &str,
    wrong: Vec<FieldError>,
) -> Answer {
    let scope = caller.scope.clone();
    let found = blocking(state, move |app| rules::current(app, &scope)).await?;
    let live = &found.live;
    let number = live.set.number;
    let before = found.before.filter(|_| found.may_change);
    let mut rows: Vec<&SetView> = found.others.iter().chain([live]).collect();
    rows.sort_by_key(|view| std::cmp::Reverse(view.set.number));
    respond::form(
        &wrong,
        &view::Overview {
            chrome: caller
                .chrome(state)
                .with_errors(wrong.clone())
                .titled("Service rules", None),
            name: name(number),
            href: format!("/rules/{number}"),
            since: live
                .live_from
                .map(|at| format!("Live since {}. {}", moment(at), live.set.note))
                .unwrap_or_default(),
            rules: in_words(&live.set.rules),
            approvals: live
                .approvals
                .iter()
                .map(|approval| Act {
                    what: approval.role.map_or("", |role| role.words()).to_owned(),
                    who: approval.who.clone(),
                    when: moment(approval.at),
                })
                .collect(),
            configured: found.configured_differs,
            may_change: found.may_change,
            roll_back: before.map(|to| view::RollBack {
                hidden: caller.hidden_with("from", number),
                to: name(to).to_lowercase(),
                reason: reason_box(reason, &wrong),
                open: !wrong.is_empty(),
            }),
            rows: rows.into_iter().map(row).collect(),
        },
    )
}

fn name(number: u64) -> String {
    format!("Rule set {number}")
}

fn reason_box(typed: &str, wrong: &[FieldError]) -> Input {
    Input::text("reason", "Why")
        .value(typed)
        .error(error_at(wrong, "reason"))
}

fn row(view: &SetView) -> view::SetRow {
    let set = &view.set;
    view::SetRow {
        href: format!("/rules/{}", set.number),
        name: name(set.number),
        note: set.note.clone(),
        state: tag(view.state),
        proposed: format!("{}, {}", set.proposer, moment(set.proposed_at)),
        live: view.live_from.map(moment).unwrap_or_default(),
    }
}

fn tag(state: Stage) -> Tag {
    let class = match state {
        Stage::Proposed => BLUE,
        Stage::Live => GREEN,
        Stage::Superseded | Stage::Withdrawn => GREY,
        Stage::RolledBack => ORANGE,
    };
    Tag::new(state.words(), class)
}

fn in_words(rules: &ServiceRules) -> view::Rules {
    let sites: Vec<&str> = rules.sites_not_taken.iter().map(|s| s.words()).collect();
    let practices: Vec<String> = rules.area.practices.iter().map(|p| p.to_string()).collect();
    let postcodes: Vec<&str> = rules.area.postcodes.iter().map(String::as_str).collect();
    let or = |words: String, none: &str| {
        if words.is_empty() {
            none.to_owned()
        } else {
            words
        }
    };
    view::Rules {
        facts: facts([
            (
                "Fractures not taken",
                or(sites.join(", "), "All sites are taken"),
            ),
            (
                "Low-energy fall",
                format!(
                    "Down up to {}",
                    counted(rules.steps_low_energy, "step", "steps")
                ),
            ),
            ("Youngest age at the fracture", rules.youngest.to_string()),
            (
                "Registered practices",
                match practices.len() {
                    0 => "Any".to_owned(),
                    n => counted(n as i128, "practice", "practices"),
                },
            ),
            (
                "Postcodes, where the practice is not known",
                or(postcodes.join(", "), "Any"),
            ),
        ]),
        practices,
    }
}

pub async fn show_set(
    State(state): State<WebState>,
    caller: Caller,
    Path(number): Path<u64>,
) -> Answer {
    set_page(&state, &caller, number, "", Vec::new()).await
}

async fn set_page(
    state: &WebState,
    caller: &Caller,
    number: u64,
    reason: &str,
    wrong: Vec<FieldError>,
) -> Answer {
    let scope = caller.scope.clone();
    let found = blocking(state, move |app| rules::proposal(app, &scope, number)).await?;
    let set = &found.view.set;
    let open = found.view.state == Stage::Proposed;
    let change = open && found.may_change;
    let place = |what: &str, may: bool| match may {
        true => format!("/rules/{number}/{what}"),
        false => String::new(),
    };
    respond::form(
        &wrong,
        &view::Set {
            chrome: caller
                .chrome(state)
                .with_errors(wrong.clone())
                .titled(&name(number), None),
            name: name(number),
            state: tag(found.view.state),
            note: set.note.clone(),
            proposed: format!("Proposed by {}, {}", set.proposer, moment(set.proposed_at)),
            against: name(found.against.number).to_lowercase(),
            differences: found.differences.clone(),
            needs: found.needs.clone(),
            not_by_you: found.not_by_you.unwrap_or_default().to_owned(),
            hidden: caller.hidden_with("compared", found.view.compared),
            approve: place("approve", open && found.may_approve),
            compare: place("compare", change),
            withdraw: change.then(|| ReasonForm {
                action: place("withdraw", true),
                hidden: caller.hidden(),
                reason: reason_box(reason, &wrong),
                button: format!("Withdraw {}", name(number)),
                open: !wrong.is_empty(),
            }),
            comparison: found.view.comparison.as_ref().map(comparison),
            stale: open && found.view.stale,
            people: place("people", found.may_see_people && concerns_somebody(&found)),
            acts: found.view.acts.iter().rev().map(act).collect(),
            rules: in_words(&set.rules),
            digest: in_groups(&set.digest),
        },
    )
}

fn concerns_somebody(found: &Proposal) -> bool {
    let comparison = found.view.comparison.as_ref();
    comparison.is_some_and(|comparison| !comparison.counts.changed.is_empty())
}

fn act(done: &Done) -> Act {
    let detail = |key: &str| done.detail.get(key);
    let reason = detail("reason")
        .and_then(|reason| reason.as_str())
        .map(|reason| format!(": {reason}"))
        .unwrap_or_default();
    let what = match (done.what, detail("rolled_back")) {
        (What::Live, Some(from)) => format!("Put back in place of rule set {from}{reason}"),
        (What::Compared, _) => match detail("with") {
            Some(with) => format!("Compared with rule set {with}"),
            None => done.what.words().to_owned(),
        },
        (what, _) => format!("{}{reason}", what.words()),
    };
    Act {
        what,
        who: done.who.clone(),
        when: moment(done.at),
    }
}

/// One class of bar for each outcome, in the order in which they stand.
const CLASSES: [(Outcome, &str); 6] = [
    (Outcome::Listed, "new"),
    (Outcome::Look, "held"),
    (Outcome::NotListed, "had"),
    (Outcome::UnderAge, "ignored"),
    (Outcome::OutOfArea, "rejected"),
    (Outcome::Died, "waiting"),
];

fn comparison(of: &Comparison) -> view::Comparison {
    let counts = &of.counts;
    let number = |side: &pathway::rules::Counts, outcome| side.get(&outcome).copied().unwrap_or(0);
    let bar = |when: &str, side: &pathway::rules::Counts| {
        let parts = CLASSES.map(|(outcome, class)| (class, number(side, outcome)));
        let words: Vec<String> = CLASSES
            .iter()
            .map(|(outcome, _)| format!("{}: {}", outcome.words(), count(number(side, *outcome))))
            .collect();
        Bar::new(format!("{when}. {}", words.join(", ")), &parts)
    };
    let row = |class, label: &str, before: u64, after: u64| view::CountRow {
        class,
        label: label.to_owned(),
        before: count(before),
        after: count(after),
        change: change(before, after),
    };
    view::Comparison {
        about: format!(
            "The newest {} when it was proposed, each read and judged by rule set {} and by this one.",
            counted(
                counts.items,
                "message about a fracture",
                "messages about fractures"
            ),
            of.with
        ),
        before: bar("Before", &counts.before),
        after: bar("After", &counts.after),
        outcomes: CLASSES
            .iter()
            .map(|(outcome, class)| {
                let (before, after) = (
                    number(&counts.before, *outcome),
                    number(&counts.after, *outcome),
                );
                row(class, outcome.words(), before, after)
            })
            .collect(),
        total: count(counts.items),
        sites: counts
            .sites
            .iter()
            .map(|(site, of)| row("", site.words(), of.before, of.after))
            .collect(),
        summary: format!(
            "Listed: {} before, {} after. {} no longer, {} newly; {} for another reason than before.",
            count(BeforeAfter::listed(&counts.before)),
            count(BeforeAfter::listed(&counts.after)),
            count(counts.lost),
            count(counts.gained),
            count(counts.otherwise)
        ),
        digest: in_groups(&of.frozen),
    }
}

/// Eights with spaces between, so that a narrow window can break it.
fn in_groups(digest: &str) -> String {
    let digits: Vec<char> = digest.chars().collect();
    let groups: Vec<String> = digits
        .chunks(8)
        .map(|group| group.iter().collect())
        .collect();
    groups.join(" ")
}

fn change(before: u64, after: u64) -> String {
    let by = i128::from(after) - i128::from(before);
    match by {
        0 => "0".to_owned(),
        more if more > 0 => format!("+{}", count(more)),
        less => count(less),
    }
}

pub async fn compare(
    State(state): State<WebState>,
    caller: Caller,
    Path(number): Path<u64>,
) -> Answer {
    let scope = caller.scope.clone();
    let done = blocking(&state, move |app| {
        rules::compare(app, &scope, number, &mut |_| {})
    })
    .await;
    let done = done.map(|of| format!("Compared with rule set {}.", of.with));
    respond::after(&state, &caller, &format!("/rules/{number}"), done)
}

pub async fn approve(
    State(state): State<WebState>,
    caller: Caller,
    Path(number): Path<u64>,
    typed: Typed,
) -> Answer {
    // A form without it names no comparison, and so approves none.
    let compared = typed.get("compared").parse().unwrap_or_default();
    let scope = caller.scope.clone();
    let done = blocking(&state, move |app| {
        rules::approve(app, &scope, number, compared)
    })
    .await;
    let done = done.map(|stage| match stage {
        Stage::Live => format!("{} was approved and is live.", name(number)),
        _ => format!("{} was approved by you. It is not live yet.", name(number)),
    });
    respond::after(&state, &caller, &format!("/rules/{number}"), done)
}

pub async fn withdraw(
    State(state): State<WebState>,
    caller: Caller,
    Path(number): Path<u64>,
    typed: Typed,
) -> Answer {
    let (scope, reason) = (caller.scope.clone(), typed.get("reason").to_owned());
    let why = reason.clone();
    let done = blocking(&state, move |app| {
        rules::withdraw(app, &scope, number, &why)
    })
    .await;
    if let Err(Error::Invalid(fields)) = &done {
        return set_page(&state, &caller, number, &reason, errors(fields, &[])).await;
    }
    let done = done.map(|()| format!("{} was withdrawn.", name(number)));
    respond::after(&state, &caller, &format!("/rules/{number}"), done)
}

pub async fn roll_back(State(state): State<WebState>, caller: Caller, typed: Typed) -> Answer {
    let from = typed.get("from").parse().unwrap_or_default();
    let (scope, reason) = (caller.scope.clone(), typed.get("reason").to_owned());
    let why = reason.clone();
    let done = blocking(&state, move |app| rules::roll_back(app, &scope, from, &why)).await;
    if let Err(Error::Invalid(fields)) = &done {
        return overview(&state, &caller, &reason, errors(fields, &[])).await;
    }
    let done = done.map(|to| format!("{} is live again.", name(to)));
    respond::after(&state, &caller, "/rules", done)
}

pub async fn people(
    State(state): State<WebState>,
    caller: Caller,
    Path(number): Path<u64>,
) -> Answer {
    let scope = caller.scope.clone();
    let (found, sites) = blocking(&state, move |app| {
        Ok((rules::people(app, &scope, number)?, app.sites()?))
    })
    .await?;
    let out_of_sight = match found.out_of_sight {
        0 => String::new(),
        n => format!(" {} of hospitals that you do not see.", count(n as i128)),
    };
    respond::page(&view::People {
        chrome: caller.chrome(&state).titled(
            &format!("Whom {} concerns", name(number).to_lowercase()),
            None,
        ),
        back: format!("/rules/{number}"),
        name: name(number).to_lowercase(),
        showing: format!(
            "{} of {} that change.{out_of_sight} Where there are many, a share of each kind of change was kept, those no longer listed first.",
            count(found.items.len() as i128),
            counted(found.of, "message", "messages")
        ),
        items: found
            .items
            .iter()
            .enumerate()
            .map(|(nth, item)| changed(nth, item, &sites))
            .collect(),
    })
}

fn changed(nth: usize, item: &ChangedItem, sites: &[Hospital]) -> view::ChangedItem {
    let change = if item.changed.is_lost() {
        Tag::new("No longer listed", RED)
    } else if item.changed.is_gained() {
        Tag::new("Newly listed", PURPLE)
    } else {
        Tag::new("For another reason", YELLOW)
    };
    view::ChangedItem {
        id: format!("person-{}", nth + 1),
        person: item.person.name.to_string(),
        born: match item.person.born {
            Some(born) => format!("Born {}", long_date(born)),
            None => "Date of birth not known".to_owned(),
        },
        nhs: NhsText::from(item.person.nhs_number.as_ref()).text,
        change,
        before: item.changed.before.words().to_owned(),
        after: item.changed.after.words().to_owned(),
        sightings: (1..)
            .zip(&item.sightings)
            .map(|(of_item, seen)| {
                let mut shown = sighting(of_item, seen, &item.source, sites);
                shown.id = format!("person-{}-{}", nth + 1, shown.id);
                shown
            })
            .collect(),
    }
}
