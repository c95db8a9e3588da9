//! Whether the feeds and the reader are as they were: each feed's weeks, what departs from its own past, and who has
//! seen to it.

use finder::Why;
use jiff::{ToSpan, civil::Date};
use measures::drift::{self, HISTORY, Judged, Share, Way};
use serde_json::json;
use store::{
    Tx,
    feeds::{self, Counted, Seen, WeekRow},
    inbox::Fate,
    settings::Site,
};
use terms::{Listing, london_date};

use crate::{
    App, May, Scope,
    access::demand,
    error::{Error, Result},
    reading::{Prepared, kind_code, source_kind, why_code},
    said_no::kind_words,
};

/// Weeks shown.
const SHOWN: i64 = 26;
/// The newest weeks that are held against those before: a warning stands this long if nobody sees to it.
const JUDGED: usize = 4;
/// Days after the end of a week before it is judged, since reports are typed and records closed late.
const GRACE: i64 = 4;
/// Days in which to look for the usual gap between two deliveries.
const DAYS: i64 = 400;

terms::vocabulary! {
    /// What may depart.
    What {
        Volume = "volume", "How much comes";
        FractureWords = "fracture_words", "With a word or code about a fracture";
        Yes = "yes", "Listed";
        Look = "look", "To be looked at";
        Silent = "silent", "Nothing comes";
    }
}

/// Count an item as it is settled, under what the reader itself made of it.
pub(crate) fn count(
    tx: &mut Tx<'_>,
    item: crate::ItemId,
    prepared: &Prepared,
    fate: &Fate,
    now: jiff::Timestamp,
) -> Result<()> {
    let Some(message) = &prepared.message else {
        return Ok(());
    };
    let day = london_date(now);
    let clearest = [Listing::Yes, Listing::Look, Listing::No]
        .into_iter()
        .find_map(|list| prepared.sightings.iter().find(|s| s.reading.list == list));
    let Some(kind) = clearest
        .map(|seen| kind_code(seen.kind))
        .or_else(|| source_kind(message))
    else {
        return Ok(());
    };
    let site = message.event.site.as_ref().map_or("", |site| site.as_str());
    let seen_on = clearest
        .and_then(|seen| seen.seen_on)
        .or(message.event.date)
        .or(message.sender.sent_at.map(|at| at.date()))
        .map_or(day, |seen_on| seen_on.min(day));
    let why = clearest.map(|seen| why_code(seen.reading.why));
    let counted = Counted {
        site,
        kind,
        week: monday(seen_on),
        day,
        list: clearest.map_or("", |seen| seen.reading.list.code()),
        why: why.as_deref().unwrap_or_default(),
    };
    feeds::count(tx, &counted)?;
    let listed = clearest.is_some_and(|seen| seen.reading.list != Listing::No);
    if listed && matches!(fate, Fate::New | Fate::Had | Fate::Held(_)) {
        store::listed::put(tx, item, site, kind, seen_on)?;
    }
    Ok(())
}

fn monday(day: Date) -> Date {
    day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days())
}

/// One week of one feed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Week {
    pub monday: Date,
    pub items: u64,
    /// Of these, how many held something to read.
    pub read: u64,
    pub with_word: u64,
    pub yes: u64,
    pub look: u64,
    /// Noes, by the reader's reason.
    pub noes: Vec<(String, u64)>,
    /// Old enough to be judged.
    pub complete: bool,
}

impl Week {
    fn count(&self, what: What) -> u64 {
        match what {
            What::Volume | What::Silent => self.items,
            What::FractureWords => self.with_word,
            What::Yes => self.yes,
            What::Look => self.look,
        }
    }

    fn share(&self, what: What) -> Share {
        Share {
            count: self.count(what),
            of: self.read,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Warning {
    pub site: String,
    pub kind: String,
    pub what: What,
    /// The Monday of the week that departs, or the last day on which something came.
    pub since: Date,
    pub words: String,
    /// Who has seen to it.
    pub seen: Option<Seen>,
}

/// A hospital site and a kind of message.
#[derive(Debug, Clone, PartialEq)]
pub struct Feed {
    pub site: String,
    pub site_name: String,
    pub kind: String,
    pub kind_words: &'static str,
    /// Oldest first, without gaps, to the newest in which anything came.
    pub weeks: Vec<Week>,
    pub last_day: Option<Date>,
    /// What the newest complete week was held against, where there is history enough.
    pub usual: Option<Judged>,
    /// Newest first.
    pub warnings: Vec<Warning>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Feeds {
    pub today: Date,
    pub feeds: Vec<Feed>,
}

pub fn feeds(app: &App, scope: &Scope) -> Result<Feeds> {
    demand(scope, May::SeeOverview)?;
    let today = app.clock.today();
    app.store.read(|tx| {
        Ok(Feeds {
            today,
            feeds: read(tx, scope, today)?,
        })
    })
}

/// Warnings that nobody has seen to.
pub fn standing(app: &App, scope: &Scope) -> Result<Vec<Warning>> {
    let warnings = feeds(app, scope)?
        .feeds
        .into_iter()
        .flat_map(|feed| feed.warnings);
    Ok(warnings.filter(|warning| warning.seen.is_none()).collect())
}

/// Somebody has seen a warning, and says what was found or done.
pub fn see(
    app: &App,
    scope: &Scope,
    (site, kind, what, since): (&str, &str, What, Date),
    note: Option<&str>,
) -> Result<()> {
    demand(scope, May::SeeOverview)?;
    let Some(note) = note else {
        return Err(Error::field("note", "Say what was found or done"));
    };
    let (now, today) = (app.clock.now(), app.clock.today());
    app.store.write(|tx| {
        let stands = read(tx, scope, today)?.into_iter().any(|feed| {
            feed.site == site
                && feed.kind == kind
                && feed
                    .warnings
                    .iter()
                    .any(|warning| warning.what == what && warning.since == since)
        });
        if !stands {
            return Err(Error::NotFound);
        }
        let seen = Seen {
            site: site.to_owned(),
            kind: kind.to_owned(),
            what: what.code().to_owned(),
            since,
            note: note.to_owned(),
            by_whom: scope.who().to_owned(),
            at: now,
        };
        if !feeds::see(tx, &seen)? {
            return Err(Error::Conflict { since: Vec::new() });
        }
        let detail =
            json!({ "site": site, "kind": kind, "what": what.code(), "since": since.to_string() });
        Ok(store::access::record(
            tx,
            scope,
            now,
            "feed_warning_seen",
            &[],
            detail,
        )?)
    })
}

pub(crate) fn read(tx: &mut Tx<'_>, scope: &Scope, today: Date) -> Result<Vec<Feed>> {
    let since = monday(today).saturating_sub(SHOWN.weeks());
    let since_day = today.saturating_sub(DAYS.days());
    let rows = feeds::weeks(tx, scope, since)?;
    let days = feeds::days(tx, scope, since_day)?;
    let seen = feeds::seen(tx, scope, since_day)?;
    let sites = store::settings::sites(tx, scope)?;
    // A feed that has been silent for so long that no week of it is shown is still one.
    let mut sources: Vec<(&str, &str)> = rows
        .iter()
        .map(|row| (row.site.as_str(), row.kind.as_str()))
        .chain(
            days.iter()
                .map(|row| (row.site.as_str(), row.kind.as_str())),
        )
        .collect();
    sources.sort_unstable();
    sources.dedup();
    Ok(sources
        .into_iter()
        .map(|(site, kind)| {
            let of_feed = |row: &&WeekRow| row.site == site && row.kind == kind;
            let weeks = weeks(rows.iter().filter(of_feed), today);
            let days: Vec<Date> = days
                .iter()
                .filter(|row| row.site == site && row.kind == kind)
                .map(|row| row.day)
                .collect();
            let mut feed = Feed {
                site: site.to_owned(),
                site_name: site_name(&sites, site),
                kind: kind.to_owned(),
                kind_words: kind_words(kind),
                usual: None,
                last_day: days.last().copied(),
                warnings: Vec::new(),
                weeks,
            };
            warn(&mut feed, since, &days, today);
            for warning in &mut feed.warnings {
                let same = |seen: &&Seen| {
                    seen.site == warning.site
                        && seen.kind == warning.kind
                        && seen.what == warning.what.code()
                        && seen.since == warning.since
                };
                warning.seen = seen.iter().find(same).cloned();
            }
            feed
        })
        .collect())
}

pub(crate) fn site_name(sites: &[Site], code: &str) -> String {
    match sites.iter().find(|site| site.code == code) {
        Some(site) => site.name.clone(),
        None if code.is_empty() => "Hospital not known".to_owned(),
        None => code.to_owned(),
    }
}

fn weeks<'a>(rows: impl Iterator<Item = &'a WeekRow>, today: Date) -> Vec<Week> {
    let mut weeks: Vec<Week> = Vec::new();
    let mut rows: Vec<&WeekRow> = rows.collect();
    rows.sort_by_key(|row| row.week);
    for row in rows {
        // A week in which nothing came has no row.
        while let Some(last) = weeks.last()
            && last.monday < row.week
        {
            let monday = last.monday.saturating_add(1.week());
            weeks.push(Week {
                monday,
                ..Week::default()
            });
        }
        if weeks.is_empty() {
            weeks.push(Week {
                monday: row.week,
                ..Week::default()
            });
        }
        if let Some(week) = weeks.last_mut() {
            add(week, row);
        }
    }
    let newest = weeks.last().map(|week| week.monday);
    for week in &mut weeks {
        let judged_from = week.monday.saturating_add((7 + GRACE).days());
        week.complete = judged_from <= today && Some(week.monday) < newest;
    }
    weeks
}

fn add(week: &mut Week, row: &WeekRow) {
    week.items += row.items;
    let Some(list) = Listing::from_code(&row.list) else {
        return;
    };
    week.read += row.items;
    let without = [Why::NoFractureWord, Why::NoFractureCode].map(why_code);
    if !without.contains(&row.why) {
        week.with_word += row.items;
    }
    match list {
        Listing::Yes => week.yes += row.items,
        Listing::Look => week.look += row.items,
        Listing::No => week.noes.push((row.why.clone(), row.items)),
    }
}

fn warn(feed: &mut Feed, since: Date, days: &[Date], today: Date) {
    // The first week of a feed is seldom a whole one.
    let begun = usize::from(feed.weeks.first().is_some_and(|week| week.monday > since));
    let complete = feed.weeks.iter().rposition(|week| week.complete);
    let mut warnings = Vec::new();
    for at in complete
        .into_iter()
        .flat_map(|newest| (0..=newest).rev().take(JUDGED))
    {
        // The week just before is left out, so that the first week of a change does not hide the second.
        let before = feed
            .weeks
            .get(begun..at.saturating_sub(1))
            .unwrap_or_default();
        let before = before
            .get(before.len().saturating_sub(HISTORY)..)
            .unwrap_or_default();
        let Some(week) = feed.weeks.get(at) else {
            continue;
        };
        for what in [What::Volume, What::FractureWords, What::Yes, What::Look] {
            let judged = judge(what, before, week);
            if what == What::Volume && Some(at) == complete {
                feed.usual = judged;
            }
            if let Some(judged) = judged
                && let Some(way) = judged.departs
            {
                let words = departure_words(feed, what, before, week, way);
                warnings.push((what, week.monday, words));
            }
        }
    }
    if let Some(silence) = drift::silence(days, today) {
        let words = format!(
            "{}: nothing since {} ({}); the longest gap before was {}",
            name(feed),
            day_words(silence.since),
            days_words(silence.days),
            days_words(silence.longest)
        );
        warnings.insert(0, (What::Silent, silence.since, words));
    }
    feed.warnings = warnings
        .into_iter()
        .map(|(what, since, words)| Warning {
            site: feed.site.clone(),
            kind: feed.kind.clone(),
            what,
            since,
            words,
            seen: None,
        })
        .collect();
}

fn judge(what: What, before: &[Week], week: &Week) -> Option<Judged> {
    if what == What::Volume {
        let before: Vec<u64> = before.iter().map(|week| week.items).collect();
        return drift::volume(&before, week.items);
    }
    let before: Vec<Share> = before.iter().map(|week| week.share(what)).collect();
    drift::share(&before, week.share(what))
}

fn name(feed: &Feed) -> String {
    format!("{}, {}", feed.site_name, feed.kind_words.to_lowercase())
}

/// "Southend, imaging reports: 12 came in the week of 9 November, usually 95 to 140". The usual is what the weeks before
/// brought, which is narrower than the limits beyond which a warning is raised.
fn departure_words(feed: &Feed, what: What, before: &[Week], week: &Week, way: Way) -> String {
    let when = day_words(week.monday);
    if what == What::Volume {
        let counts = || before.iter().map(|week| week.items);
        return format!(
            "{}: {} came in the week of {when}, usually {} to {}",
            name(feed),
            week.items,
            counts().min().unwrap_or_default(),
            counts().max().unwrap_or_default()
        );
    }
    let percent =
        |week: &Week| (100.0 * week.count(what) as f64 / week.read.max(1) as f64).round() as u64;
    let usual = || before.iter().filter(|week| week.read > 0).map(percent);
    let which = match what {
        What::FractureWords => "spoke of a fracture in words or codes",
        What::Yes => "were listed by the reader",
        _ => "were put forward to be looked at",
    };
    let way = match way {
        Way::Below => "fewer",
        Way::Above => "more",
    };
    format!(
        "{}: {} of {} ({}%) {which} in the week of {when}, {way} than the usual {}% to {}%",
        name(feed),
        week.count(what),
        week.read,
        percent(week),
        usual().min().unwrap_or_default(),
        usual().max().unwrap_or_default()
    )
}

fn days_words(days: u32) -> String {
    match days {
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

fn day_words(day: Date) -> String {
    day.strftime("%-d %B").to_string()
}
