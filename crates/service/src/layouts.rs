//! Report layouts that the reader had not met. A "no" there is not trusted until a clinician has looked: the first few
//! reports come to the nurse to be looked at, so that nobody is lost, and the others wait together, so that a hospital
//! that changes its template does not put a thousand normal reports on the list.

use std::collections::BTreeSet;

use finder::{Finder, Why};
use serde_json::json;
use store::{
    Tx,
    layouts::{self, Layout, State},
};
use terms::{Listing, id};
use uuid::Uuid;

use crate::{
    App, May, Scope, SightingKind,
    access::demand,
    error::{Change, Error, Result},
    reading::Prepared,
    said_no::{self, AsRead},
    work,
};

/// Reports of one new layout that come to a nurse before the others wait.
const LOOKED_AT_EACH: u64 = 5;
/// The same for all new layouts of a hospital, so that many small ones are no flood either.
const LOOKED_AT_OF_A_HOSPITAL: u64 = 25;
/// Reports shown to whoever decides.
const SAMPLES: u32 = 5;
const SETTLE_AT_ONCE: u32 = 32;

/// A refused report, and what of its layout the reader does not know.
pub(crate) struct Unread {
    pub id: Uuid,
    pub site: String,
    pub key: String,
    pub skeleton: String,
    pub heading: String,
}

/// The first report of a message whose layout has a heading that the reader does not know.
pub(crate) fn unread(finder: &Finder, prepared: &Prepared) -> Option<Unread> {
    prepared
        .sightings
        .iter()
        .filter(|seen| seen.kind == SightingKind::Report && seen.reading.list == Listing::No)
        .find_map(|seen| {
            let layout = finder.skeleton(seen.text.as_deref()?);
            let heading = layout.first_unknown()?.written.clone();
            let site = seen.hospital.as_ref().map_or("", |site| site.as_str());
            let skeleton = layout.key();
            Some(Unread {
                id: id::derived("layout", &[site.as_bytes(), skeleton.as_bytes()]),
                site: site.to_owned(),
                key: seen.key.clone(),
                skeleton,
                heading,
            })
        })
}

/// Whether a nurse should look at one more report of this layout.
pub(crate) fn one_more(tx: &mut Tx<'_>, unread: &Unread) -> Result<bool> {
    let (of_layout, of_site) = layouts::looked_at(tx, unread.id, &unread.site)?;
    Ok(of_layout < LOOKED_AT_EACH && of_site < LOOKED_AT_OF_A_HOSPITAL)
}

/// A message that lists nobody, with each report that the reader said no to as one to be looked at.
pub(crate) fn to_look(mut prepared: Prepared, heading: &str) -> Prepared {
    if prepared
        .sightings
        .iter()
        .any(|seen| seen.reading.list != Listing::No)
    {
        return prepared;
    }
    for seen in &mut prepared.sightings {
        if seen.kind == SightingKind::Report && seen.reading.list == Listing::No {
            seen.reading.list = Listing::Look;
            seen.reading.why = Why::NewTemplate;
            seen.reading.reason = format!(
                "This report is laid out in a way Herald has not read before: heading “{heading}”"
            );
        }
    }
    prepared
}

/// A message as an import takes it: a person looks at a no in a layout that is not among those read rightly, now or,
/// where it waits, later.
pub(crate) fn as_taken(
    finder: &Finder,
    prepared: Prepared,
    read_rightly: &BTreeSet<Uuid>,
) -> Prepared {
    match unread(finder, &prepared) {
        Some(unread) if !read_rightly.contains(&unread.id) => to_look(prepared, &unread.heading),
        _ => prepared,
    }
}

/// Give every report its due that waits although its layout has been decided on.
pub(crate) fn settle_decided(app: &App, scope: &Scope) -> Result<()> {
    loop {
        let settled = app.store.write(|tx| -> Result<usize> {
            tx.lock("intake")?;
            let waiting = layouts::decided_and_waiting(tx, SETTLE_AT_ONCE)?;
            for (item, state) in &waiting {
                let waiting = store::inbox::item(tx, scope, *item)?.ok_or(Error::NotFound)?;
                work::settle_layout(app, scope, tx, &waiting, *state, app.clock.now())?;
            }
            Ok(waiting.len())
        })?;
        if settled == 0 {
            return Ok(());
        }
    }
}

#[derive(Debug, Clone)]
pub struct Layouts {
    pub layouts: Vec<Layout>,
    pub sites: Vec<store::settings::Site>,
}

pub fn list(app: &App, scope: &Scope) -> Result<Layouts> {
    demand(scope, May::ReviewRefusals)?;
    app.store.read(|tx| {
        Ok(Layouts {
            layouts: layouts::all(tx, scope)?,
            sites: store::settings::sites(tx, scope)?,
        })
    })
}

/// New layouts in sight, and how many reports wait for a word on them.
pub fn waiting(app: &App, scope: &Scope) -> Result<(usize, u64)> {
    let all = list(app, scope)?.layouts;
    let new = || all.iter().filter(|layout| layout.state == State::New);
    Ok((new().count(), new().map(|layout| layout.waiting).sum()))
}

#[derive(Debug, Clone)]
pub struct LayoutView {
    pub layout: Layout,
    pub samples: Vec<AsRead>,
    pub sites: Vec<store::settings::Site>,
}

/// One layout, with some of its reports as the reader read them.
pub fn view(app: &App, scope: &Scope, id: Uuid) -> Result<LayoutView> {
    demand(scope, May::ReviewRefusals)?;
    let view = app.store.read(|tx| -> Result<LayoutView> {
        let layout = layouts::one(tx, scope, id)?.ok_or(Error::NotFound)?;
        let mut samples = Vec::new();
        for item in layouts::samples(tx, scope, id, SAMPLES)? {
            samples.push(said_no::as_read(app, tx, scope, item)?);
        }
        Ok(LayoutView {
            layout,
            samples,
            sites: store::settings::sites(tx, scope)?,
        })
    })?;
    said_no::write_down(
        app,
        scope,
        "layout_opened",
        &view.samples,
        json!({ "layout": id }),
    )?;
    Ok(view)
}

/// What a clinician says of a layout. Read rightly: the readings of those that wait stand, as noes in the pool that is
/// sampled. Not understood: they all come to be looked at, and so does every later one.
pub fn decide(app: &App, scope: &Scope, id: Uuid, state: State, note: Option<&str>) -> Result<()> {
    demand(scope, May::ReviewRefusals)?;
    if state == State::New {
        return Err(Error::field("state", "Say whether it was read rightly"));
    }
    let now = app.clock.now();
    app.store.write(|tx| -> Result<()> {
        let layout = layouts::one(tx, scope, id)?.ok_or(Error::NotFound)?;
        if !layouts::decide(tx, id, state, scope.who(), note, now)? {
            return Err(Error::Conflict {
                since: vec![Change {
                    at: layout.at.unwrap_or(now),
                    who: layout.by_whom.unwrap_or_default(),
                    what: "said the same of this layout".to_owned(),
                }],
            });
        }
        let detail = json!({ "layout": id, "state": state.code() });
        Ok(store::access::record(
            tx,
            scope,
            now,
            "layout_decided",
            &[],
            detail,
        )?)
    })?;
    let job = app.store.sign_in_job("Report layouts", now)?;
    settle_decided(app, &job)
}
