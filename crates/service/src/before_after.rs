//! Before and after of a change of rules, on messages that came already. They are frozen by id when a set is proposed,
//! so that a count can be made again on the same ones.

use std::collections::BTreeSet;

use pathway::{
    ItemId,
    rules::{BeforeAfter, Outcome, outcome},
};
use store::inbox::{self, Settled};
use terms::{Site, london_date};
use uuid::Uuid;

use crate::{
    App, Progress, Scope, Stage, cores,
    error::{Error, Result},
    intake::format_of,
    layouts,
    reading::{self, Prepared},
    ruling::Ruling,
};

/// Messages in a frozen set, if so many came.
pub const FROZEN_AT_MOST: usize = 5_000;
/// Messages read between two steps of progress.
const AT_ONCE: u32 = 256;

type Judged = (Outcome, Option<Site>);

/// Freeze the newest messages that bear sightings, and count them.
pub(crate) fn freeze(
    app: &App,
    scope: &Scope,
    before: &Ruling,
    after: &Ruling,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Vec<ItemId>, BeforeAfter)> {
    let mut frozen = Vec::new();
    let mut counts = BeforeAfter::default();
    let mut from = None;
    let read_rightly = app.store.read(store::layouts::read_rightly)?;
    while frozen.len() < FROZEN_AT_MOST {
        let items = app
            .store
            .read(|tx| inbox::newest_settled(tx, scope, from, AT_ONCE))?;
        let Some(last) = items.last() else { break };
        from = Some(last.waiting.id);
        let judged = judge_both(app, before, after, &read_rightly, &items)?;
        let bearing = items
            .iter()
            .zip(judged)
            .filter_map(|(item, judged)| Some((item.waiting.item, judged?)));
        for (item, (before, after)) in bearing.take(FROZEN_AT_MOST - frozen.len()) {
            frozen.push(item);
            counts.add(item, before, after);
        }
        tell(progress, frozen.len(), None);
    }
    Ok((frozen, counts.finish()))
}

/// Count a frozen set again.
pub(crate) fn count(
    app: &App,
    scope: &Scope,
    frozen: &[ItemId],
    before: &Ruling,
    after: &Ruling,
    progress: &mut dyn FnMut(Progress),
) -> Result<BeforeAfter> {
    let mut counts = BeforeAfter::default();
    let read_rightly = app.store.read(store::layouts::read_rightly)?;
    for part in frozen.chunks(AT_ONCE as usize) {
        let items = app.store.read(|tx| -> Result<Vec<Settled>> {
            part.iter()
                .map(|item| {
                    inbox::settled_item(tx, scope, *item)?.ok_or_else(|| {
                        Error::Internal(format!("{} of a frozen set is gone", item.0))
                    })
                })
                .collect()
        })?;
        for (item, judged) in
            items
                .iter()
                .zip(judge_both(app, before, after, &read_rightly, &items)?)
        {
            // A reader that finds nothing there any more is a reader that says no.
            let no = (Outcome::NotListed, None);
            let (before, after) = judged.unwrap_or((no, no));
            counts.add(item.waiting.item, before, after);
        }
        tell(progress, counts.items as usize, Some(frozen.len()));
    }
    Ok(counts.finish())
}

fn tell(progress: &mut dyn FnMut(Progress), done: usize, of: Option<usize>) {
    progress(Progress {
        stage: Stage::Reading,
        done: done as u64,
        of: of.map(|of| of as u64),
    });
}

/// Each message under both sets; nothing for one that bears no sighting.
fn judge_both(
    app: &App,
    before: &Ruling,
    after: &Ruling,
    read_rightly: &BTreeSet<Uuid>,
    items: &[Settled],
) -> Result<Vec<Option<(Judged, Judged)>>> {
    let same_reading = before.rules.policy() == after.rules.policy();
    cores::each(items, |item| {
        let first = read(app, before, read_rightly, item)?;
        let second = if same_reading {
            None
        } else {
            Some(read(app, after, read_rightly, item)?)
        };
        let second = second.as_ref().unwrap_or(&first);
        let bears = !first.sightings.is_empty() || !second.sightings.is_empty();
        Ok(bears.then(|| (judge(before, item, &first), judge(after, item, second))))
    })
}

fn judge(ruling: &Ruling, item: &Settled, read: &Prepared) -> Judged {
    let received = london_date(item.received_at);
    outcome(&read.details, &read.sightings, received, &ruling.rules)
}

/// As on the day on which it came, with the layouts that are read rightly today.
pub(crate) fn read(
    app: &App,
    ruling: &Ruling,
    read_rightly: &BTreeSet<Uuid>,
    item: &Settled,
) -> Result<Prepared> {
    let Settled { waiting, .. } = item;
    let format = format_of(&waiting.format)?;
    let parsed = feeds::read(&format, &waiting.raw, waiting.line, &app.profiles);
    let received = london_date(item.received_at);
    let prepared = reading::prepare(ruling.finder(), parsed, waiting.line, received);
    Ok(layouts::as_taken(ruling.finder(), prepared, read_rightly))
}
