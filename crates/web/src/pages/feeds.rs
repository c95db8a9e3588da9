use axum::{extract::State, http::StatusCode};
use jiff::civil::Date;
use service::{
    App, Error, May, Scope,
    drift::{self, Feed, Feeds, Warning, Week, What},
    layouts, said_no,
};

use crate::{
    caller::Caller,
    config::WebState,
    failure::Failure,
    respond::{self, Answer, blocking},
    typed::Typed,
    view::{
        feeds as view,
        form::{FieldError, Hidden, Input},
        page::Notice,
        parts::Link,
        text::{count, counted, long_date, moment},
        worklist,
    },
};

/// More than this many stand on Today as one line.
const ON_TODAY: usize = 3;

/// What must be known before the lists are trusted, for those who can do something about it.
pub fn warnings(app: &App, scope: &Scope) -> service::Result<Vec<worklist::Warning>> {
    let mut out = Vec::new();
    if service::may(scope.role(), May::SeeOverview) {
        let link = || Link::new("/feeds", "See the feeds");
        let standing = drift::standing(app, scope)?;
        let rest = standing.len().saturating_sub(ON_TODAY);
        out.extend(
            standing
                .into_iter()
                .take(ON_TODAY)
                .map(|warning| worklist::Warning {
                    text: format!("{}.", warning.words),
                    link: link(),
                }),
        );
        if rest > 0 {
            out.push(worklist::Warning {
                text: format!(
                    "{} about the feeds.",
                    counted(rest as u64, "more warning", "more warnings")
                ),
                link: link(),
            });
        }
    }
    if service::may(scope.role(), May::ReviewRefusals) {
        let (new, waiting) = layouts::waiting(app, scope)?;
        if new > 0 {
            out.push(worklist::Warning {
                text: format!(
                    "{}: {} until somebody says whether Herald reads them rightly.",
                    counted(new as u64, "new report layout", "new report layouts"),
                    counted(waiting, "report waits", "reports wait")
                ),
                link: Link::new("/layouts", "See the layouts"),
            });
        }
    }
    Ok(out)
}

pub async fn show(State(state): State<WebState>, caller: Caller) -> Answer {
    page(&state, &caller, None).await
}

/// The page, with what was wrong about the note on one warning.
async fn page(state: &WebState, caller: &Caller, wrong: Option<(Which, String)>) -> Answer {
    let scope = caller.scope.clone();
    let found = blocking(state, move |app| drift::feeds(app, &scope)).await?;
    let all = || found.feeds.iter().flat_map(|feed| &feed.warnings);
    let mut errors = Vec::new();
    let standing = all()
        .filter(|warning| warning.seen.is_none())
        .enumerate()
        .map(|(nth, warning)| {
            let error = wrong
                .as_ref()
                .filter(|(which, _)| which.is(warning))
                .map(|(_, message)| message.clone());
            let id = format!("note-{}", nth + 1);
            errors.extend(error.iter().map(|message| FieldError {
                target: id.clone(),
                message: message.clone(),
            }));
            view::Warning {
                text: warning.words.clone(),
                seen: String::new(),
                fields: fields(warning),
                note: Input::text("note", "What was found or done")
                    .id(&id)
                    .error(error),
            }
        })
        .collect();
    let seen = all()
        .filter_map(|warning| {
            let seen = warning.seen.as_ref()?;
            Some(view::Warning {
                text: format!("{}.", warning.words),
                seen: format!("{}, {}: {}", seen.by_whom, moment(seen.at), seen.note),
                ..view::Warning::default()
            })
        })
        .collect();
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    respond::page_as(
        status,
        &view::Feeds {
            chrome: caller
                .chrome(state)
                .with_errors(errors)
                .titled("Feeds and reader", None),
            day: long_date(found.today),
            hidden: caller.hidden(),
            standing,
            seen,
            feeds: feeds(&found),
        },
    )
}

fn fields(warning: &Warning) -> Vec<Hidden> {
    vec![
        Hidden::new("site", &warning.site),
        Hidden::new("kind", &warning.kind),
        Hidden::new("what", warning.what.code()),
        Hidden::new("since", warning.since.to_string()),
    ]
}

fn feeds(found: &Feeds) -> Vec<view::Feed> {
    (1..)
        .zip(&found.feeds)
        .map(|(nth, feed)| one(nth, feed))
        .collect()
}

fn one(nth: usize, feed: &Feed) -> view::Feed {
    let (left, right, top, bottom) = (56.0, 702.0, 12.0, 72.0);
    let most = feed
        .weeks
        .iter()
        .map(|week| week.items)
        .max()
        .unwrap_or(0)
        .max(1);
    let last = feed.weeks.len().saturating_sub(1).max(1) as f64;
    let points: Vec<view::Bar> = feed
        .weeks
        .iter()
        .enumerate()
        .map(|(nth, week)| view::Bar {
            x: format!("{:.1}", left + (right - left) * nth as f64 / last),
            y: format!(
                "{:.1}",
                bottom - (bottom - top) * week.items as f64 / most as f64
            ),
            complete: week.complete,
            words: format!("Week of {}: {}", long_date(week.monday), count(week.items)),
        })
        .collect();
    let day = |week: Option<&Week>| {
        week.map(|week| week.monday.strftime("%-d %b %Y").to_string())
            .unwrap_or_default()
    };
    view::Feed {
        id: format!("feed-{nth}"),
        name: format!("{}: {}", feed.site_name, feed.kind_words.to_lowercase()),
        line: line(feed),
        words: format!(
            "{}, at most {} in a week. Filled: complete weeks. Every number is in the table below.",
            counted(feed.weeks.len() as u64, "week", "weeks"),
            count(most)
        ),
        path: points
            .iter()
            .map(|point| format!("{},{}", point.x, point.y))
            .collect::<Vec<_>>()
            .join(" "),
        points,
        most: count(most),
        first: day(feed.weeks.first()),
        last: day(feed.weeks.last()),
        rows: feed.weeks.iter().rev().map(row).collect(),
    }
}

fn line(feed: &Feed) -> String {
    let last = feed
        .last_day
        .map(|day| format!("Something last came on {}.", long_date(day)))
        .unwrap_or_default();
    let newest = feed.weeks.iter().rev().find(|week| week.complete);
    let Some(week) = newest else {
        return format!("{last} No week is complete yet.");
    };
    let usual = match feed.usual {
        Some(usual) => format!(
            "; {:.0} to {:.0} would be no surprise",
            usual.low.ceil(),
            usual.high.floor()
        ),
        None => "; too few weeks before it to say what is usual".to_owned(),
    };
    format!(
        "{last} In the week of {}, the newest that is complete, {} came{usual}. {} about a fracture, {} listed, {} to be looked at.",
        long_date(week.monday),
        count(week.items),
        count(week.with_word),
        count(week.yes),
        count(week.look)
    )
}

fn row(week: &Week) -> Vec<String> {
    let mut noes = week.noes.clone();
    noes.sort_by_key(|(_, items)| std::cmp::Reverse(*items));
    let noes: Vec<String> = noes
        .iter()
        .map(|(why, items)| {
            format!(
                "{} {}",
                count(*items),
                said_no::why_words(why).to_lowercase()
            )
        })
        .collect();
    let day = long_date(week.monday);
    vec![
        if week.complete {
            day
        } else {
            format!("{day}, not complete")
        },
        count(week.items),
        count(week.with_word),
        count(week.yes),
        count(week.look),
        noes.join("; "),
    ]
}

/// Which warning a form is about.
struct Which {
    site: String,
    kind: String,
    what: What,
    since: Date,
}

impl Which {
    fn read(typed: &Typed) -> Option<Self> {
        Some(Self {
            site: typed.get("site").to_owned(),
            kind: typed.get("kind").to_owned(),
            what: What::from_code(typed.get("what"))?,
            since: typed.get("since").parse().ok()?,
        })
    }

    fn is(&self, warning: &Warning) -> bool {
        self.site == warning.site
            && self.kind == warning.kind
            && self.what == warning.what
            && self.since == warning.since
    }
}

pub async fn seen(State(state): State<WebState>, caller: Caller, typed: Typed) -> Answer {
    let which = Which::read(&typed).ok_or(Failure::NotFound)?;
    let (scope, note) = (caller.scope.clone(), typed.some("note"));
    let (outcome, which) = blocking(&state, move |app| {
        let asked = (
            which.site.as_str(),
            which.kind.as_str(),
            which.what,
            which.since,
        );
        match drift::see(app, &scope, asked, note.as_deref()) {
            Err(Error::Invalid(fields)) => Ok((Err(fields), which)),
            other => other.map(|()| (Ok(()), which)),
        }
    })
    .await?;
    if let Err(fields) = outcome {
        let message = fields.into_iter().map(|field| field.message).collect();
        return page(&state, &caller, Some((which, message))).await;
    }
    state.notices.leave(
        &caller.token,
        Notice {
            good: true,
            text: "Recorded. The warning no longer stands on Today.".to_owned(),
            undo: None,
        },
    );
    respond::see("/feeds")
}
