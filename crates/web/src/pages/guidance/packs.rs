//! The packs: what stands in them, who approved them, who answers for options and sums.

use axum::extract::{Path, State};
use guidance::{Does, Library};
use service::{
    Error,
    guidance::{self as use_case, Approval, Named, PackView, PacksView},
};
use store::guidance::Act as Done;

use super::{mark, pack_state, strength};
use crate::{
    caller::Caller,
    config::WebState,
    present::{error_at, errors},
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        form::{FieldError, Hidden, Input, ReasonForm},
        guidance as view,
        parts::{Act, Fact, Link},
        text::{count, counted, long_date, moment},
    },
};

pub async fn list(State(state): State<WebState>, caller: Caller) -> Answer {
    all(&state, &caller, &Typed::default(), Vec::new()).await
}

async fn load(state: &WebState, caller: &Caller) -> service::Result<PacksView> {
    let scope = caller.scope.clone();
    blocking(state, move |app| use_case::packs(app, &scope)).await
}

async fn all(state: &WebState, caller: &Caller, typed: &Typed, wrong: Vec<FieldError>) -> Answer {
    let found = load(state, caller).await?;
    let form = Form {
        caller,
        typed,
        wrong: &wrong,
        last: found.last(""),
    };
    let page = view::Packs {
        chrome: caller
            .chrome(state)
            .with_errors(wrong.clone())
            .titled("Guidance packs", None),
        demo: found.demo,
        responsible: match &found.responsible {
            Some(who) => format!(
                "{} ({}) answers for them since {}, entered by {}.",
                who.name,
                who.registration,
                long_date(who.on),
                who.entered_by
            ),
            None => "Nobody is named, so medicines are not grouped and nothing is worked out."
                .to_owned(),
        },
        name: found
            .may_name
            .then(|| form.name("/guidance/responsible", "Name them")),
        stand_down: (found.may_name && found.responsible.is_some())
            .then(|| form.reason("/guidance/stand-down", "Switch off")),
        rows: found.packs.iter().map(row).collect(),
        tables: found.tables.iter().map(table_row).collect(),
        decided_otherwise: count(
            found
                .departures
                .iter()
                .map(|of| of.decisions as u64)
                .sum::<u64>(),
        ),
        departures: found
            .departures
            .iter()
            .map(|departure| view::DepartureRow {
                medicine: departure.medicine.to_owned(),
                stood: departure.stood.words().to_owned(),
                decisions: count(departure.decisions as u64),
            })
            .collect(),
        reasons: (found.may_see_people && !found.departures.is_empty())
            .then(|| Link::new("/guidance/departures", "See each, with the reason given")),
        acts: acts(&found, ""),
    };
    respond::form(&wrong, &page)
}

fn table_row(table: &use_case::TableView) -> view::TableRow {
    view::TableRow {
        title: table.title.to_owned(),
        version: table.version.clone(),
        source: table.source.clone(),
        review: long_date(table.review_by),
        overdue: table.overdue,
    }
}

fn row(pack: &PackView) -> view::PackRow {
    view::PackRow {
        href: format!("/guidance/{}", pack.id),
        title: pack.title.to_owned(),
        state: pack_state(pack.approval.is_some(), pack.changed_since.is_some()),
        rules: counted(pack.rules as i128, "rule", "rules"),
        marked: marked(pack),
        review: long_date(pack.review_by),
        overdue: pack.overdue,
        approval: match (&pack.approval, &pack.changed_since) {
            (Some(approval), _) => approval_words(approval),
            (None, Some(before)) => format!("Before: {}", approval_words(before)),
            (None, None) => "Nobody".to_owned(),
        },
    }
}

fn marked(pack: &PackView) -> String {
    let mut parts = Vec::new();
    if pack.unverified > 0 {
        parts.push(format!("{} not verified", pack.unverified));
    }
    if pack.secondary > 0 {
        parts.push(format!("{} from a secondary source", pack.secondary));
    }
    parts.join(", ")
}

fn approval_words(approval: &Approval) -> String {
    format!(
        "{} ({}), {}, version {}",
        approval.name,
        approval.registration,
        long_date(approval.on),
        approval.version
    )
}

/// What was done about a pack, or with an empty id about all of them: newest first.
fn acts(found: &PacksView, pack: &str) -> Vec<Act> {
    let about = found.acts.iter().filter(|done| done.pack == pack);
    about.rev().map(act).collect()
}

fn act(done: &Done) -> Act {
    let mut what = done.what.words().to_owned();
    if !done.registration.is_empty() {
        what.push_str(&format!(": {} ({})", done.name, done.registration));
    }
    if !done.version.is_empty() {
        what.push_str(&format!(", version {}", done.version));
    }
    if !done.note.is_empty() {
        what.push_str(&format!(". “{}”", done.note));
    }
    Act {
        what,
        who: done.who.clone(),
        when: moment(done.at),
    }
}

/// The forms of a page, with what was typed into them.
struct Form<'a> {
    caller: &'a Caller,
    typed: &'a Typed,
    wrong: &'a [FieldError],
    /// What had been done last when the page was drawn.
    last: u64,
}

impl Form<'_> {
    fn text(&self, name: &str, label: &str) -> Input {
        Input::text(name, label)
            .value(self.typed.get(name))
            .error(error_at(self.wrong, name))
    }

    fn hidden(&self) -> Vec<Hidden> {
        self.caller.hidden_with("last", self.last)
    }

    fn reason_is_wrong(&self) -> bool {
        self.wrong.iter().any(|error| error.target == "because")
    }

    fn name(&self, action: &str, button: &str) -> view::NameForm {
        view::NameForm {
            action: action.to_owned(),
            hidden: self.hidden(),
            name: self.text("name", "Full name"),
            registration: self
                .text("registration", "Registration")
                .hint("GMC, NMC or GPhC with the number"),
            note: self.text("note", "Note (optional)"),
            button: button.to_owned(),
            open: !self.wrong.is_empty() && !self.reason_is_wrong(),
        }
    }

    fn reason(&self, action: &str, button: &str) -> ReasonForm {
        ReasonForm {
            action: action.to_owned(),
            hidden: self.hidden(),
            reason: self.text("because", "Why"),
            button: button.to_owned(),
            open: self.reason_is_wrong(),
        }
    }
}

pub async fn show(
    State(state): State<WebState>,
    caller: Caller,
    Path(pack): Path<String>,
) -> Answer {
    one(&state, &caller, &pack, &Typed::default(), Vec::new()).await
}

async fn one(
    state: &WebState,
    caller: &Caller,
    id: &str,
    typed: &Typed,
    wrong: Vec<FieldError>,
) -> Answer {
    let found = load(state, caller).await?;
    let (Some(seen), Some(pack)) = (
        found.packs.iter().find(|pack| pack.id == id),
        Library::shipped().packs.iter().find(|pack| pack.id == id),
    ) else {
        return Err(Error::NotFound.into());
    };
    let base = format!("/guidance/{id}");
    let form = Form {
        caller,
        typed,
        wrong: &wrong,
        last: found.last(id),
    };
    let page = view::Pack {
        chrome: caller
            .chrome(state)
            .with_errors(wrong.clone())
            .titled(&pack.title, None),
        title: pack.title.clone(),
        state: pack_state(seen.approval.is_some(), seen.changed_since.is_some()),
        facts: vec![
            Fact::new("Source", &pack.source),
            Fact::new("Version", &pack.version),
            Fact::new("Review by", long_date(pack.review_by)),
            Fact::new("Approved", row(seen).approval),
            Fact::new(
                "Digest, with the facts, definitions and tables it rests on",
                seen.digest,
            ),
        ],
        rules: pack
            .rules
            .iter()
            .map(|rule| view::RuleRow {
                id: rule.id.clone(),
                does: match &rule.does {
                    Does::Propose { what, .. } => what.words().to_owned(),
                    Does::Weigh { medicines, effect } => {
                        format!(
                            "{}: {}",
                            effect.words(),
                            medicines.join(", ").replace('_', " ")
                        )
                    }
                },
                strength: strength(rule),
                says: rule.says.clone(),
                when: rule.when_words.clone(),
                source: rule.cited(),
                mark: mark(rule.status),
                over: rule.over.join(", "),
            })
            .collect(),
        medicines: pack
            .medicines
            .iter()
            .map(|medicine| Fact::new(&medicine.name, &medicine.dose))
            .collect(),
        approve: (found.may_approve && seen.approval.is_none()).then(|| {
            let mut form = form.name(&format!("{base}/approve"), "Approve this pack");
            form.hidden.push(Hidden::new("digest", seen.digest));
            form
        }),
        withdraw: (found.may_approve && seen.approval.is_some())
            .then(|| form.reason(&format!("{base}/withdraw"), "Withdraw")),
        acts: acts(&found, id),
    };
    respond::form(&wrong, &page)
}

fn named(typed: &Typed) -> Named {
    Named {
        name: typed.get("name").to_owned(),
        registration: typed.get("registration").to_owned(),
        note: typed.get("note").to_owned(),
    }
}

fn last(typed: &Typed) -> u64 {
    // A form without it is taken as drawn before anything was done.
    typed.get("last").parse().unwrap_or_default()
}

pub async fn approve(
    State(state): State<WebState>,
    caller: Caller,
    Path(pack): Path<String>,
    typed: Typed,
) -> Answer {
    let (scope, id) = (caller.scope.clone(), pack.clone());
    let (by, digest, last) = (named(&typed), typed.get("digest").to_owned(), last(&typed));
    let done = blocking(&state, move |app| {
        use_case::approve(app, &scope, &id, &digest, last, &by)
    })
    .await;
    if let Err(Error::Invalid(fields)) = &done {
        return one(&state, &caller, &pack, &typed, errors(fields, &[])).await;
    }
    let text = "Approved. Pages that use this pack no longer say that nobody has approved it.";
    respond::after(&state, &caller, "/guidance", done.map(|()| text.to_owned()))
}

pub async fn withdraw(
    State(state): State<WebState>,
    caller: Caller,
    Path(pack): Path<String>,
    typed: Typed,
) -> Answer {
    let (scope, id) = (caller.scope.clone(), pack.clone());
    let (because, last) = (typed.get("because").to_owned(), last(&typed));
    let done = blocking(&state, move |app| {
        use_case::withdraw(app, &scope, &id, last, &because)
    })
    .await;
    if let Err(Error::Invalid(fields)) = &done {
        return one(&state, &caller, &pack, &typed, errors(fields, &[])).await;
    }
    let text = "The approval is withdrawn.";
    respond::after(&state, &caller, "/guidance", done.map(|()| text.to_owned()))
}

pub async fn responsible(State(state): State<WebState>, caller: Caller, typed: Typed) -> Answer {
    let scope = caller.scope.clone();
    let (who, last) = (named(&typed), last(&typed));
    let done = blocking(&state, move |app| {
        use_case::name_responsible(app, &scope, last, &who)
    })
    .await;
    if let Err(Error::Invalid(fields)) = &done {
        return all(&state, &caller, &typed, errors(fields, &[])).await;
    }
    let text = "Options and sums are on, under that name.";
    respond::after(&state, &caller, "/guidance", done.map(|()| text.to_owned()))
}

pub async fn stand_down(State(state): State<WebState>, caller: Caller, typed: Typed) -> Answer {
    let scope = caller.scope.clone();
    let (because, last) = (typed.get("because").to_owned(), last(&typed));
    let done = blocking(&state, move |app| {
        use_case::stand_down(app, &scope, last, &because)
    })
    .await;
    if let Err(Error::Invalid(fields)) = &done {
        return all(&state, &caller, &typed, errors(fields, &[])).await;
    }
    let text = "Options and sums are off.";
    respond::after(&state, &caller, "/guidance", done.map(|()| text.to_owned()))
}
