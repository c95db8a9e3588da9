use axum::extract::State;
use service::{
    candidate, imports,
    today::{self, MANY, PER_PAGE, Rows, Tab, Today},
};
use store::{questions::Held, settings::Site, worklist::Entry, worklist::Order};
use terms::{age_on, london_date};

use crate::{
    caller::Caller,
    config::WebState,
    list_query::ListQuery,
    pages::{candidate::done_notice, feeds},
    present::site_name,
    respond::{self, Answer, blocking},
    view::{
        form::{Choice, Choices},
        parts::{self, Pagination, Tag},
        text::{DateText, NhsText, clock_time, count, counted, long_date, moment, showing},
        worklist::{self, Column, Empty, Row},
    },
};

pub async fn show(State(state): State<WebState>, caller: Caller, query: ListQuery) -> Answer {
    let (scope, ask, done) = (caller.scope.clone(), query.ask.clone(), query.done);
    let (list, last, now, done, warnings) = blocking(&state, move |app| {
        let list = today::today(app, &scope, &ask)?;
        let done = match done {
            Some(done) => candidate::decided(app, &scope, done)?,
            None => None,
        };
        Ok((
            list,
            imports::last_finished(app, &scope)?,
            app.clock.now(),
            done,
            feeds::warnings(app, &scope)?,
        ))
    })
    .await?;
    let heading = query.ask.tab.words();
    let first = (list.page - 1) * u64::from(PER_PAGE) + 1;
    let last_words = match last {
        Some(at) if london_date(at) == list.today => {
            format!("the last file came in at {}", clock_time(at))
        }
        Some(at) => format!("the last file came in on {}", moment(at)),
        None => "no file has come in yet".to_owned(),
    };
    let rows = rows(&list, &query, first);
    let query = ListQuery {
        done: None,
        ..query
    };
    let mut chrome = caller.chrome(&state);
    if let Some(done) = &done {
        chrome.notice = Some(done_notice(&caller, done, &query));
    }
    respond::page(&worklist::Today {
        chrome: chrome.titled(
            &format!("{heading}: {}", counted(list.total, "person", "people")),
            Some(list.page),
        ),
        heading: heading.to_owned(),
        day: format!("{} {}", list.today.strftime("%A"), long_date(list.today)),
        forecast: crate::view::text::sentence(&last_words),
        warnings,
        tabs: tabs(&list, &query),
        filters: filters(&list.sites, &query),
        filter_hidden: query
            .unfiltered()
            .hidden()
            .into_iter()
            .filter(|field| matches!(field.name.as_str(), "list" | "sort" | "order"))
            .collect(),
        filter_words: filter_words(&list.sites, &query),
        filter_clear: query.unfiltered().on("/today"),
        showing: showing(
            first,
            u64::try_from(rows.len()).unwrap_or_default(),
            list.total,
        ),
        order_words: order_words(&query).to_owned(),
        refreshed: format!("as of {}", clock_time(now)),
        columns: columns(&query),
        pagination: Pagination::new(list.page, list.pages, |page| {
            query.with_page(page).on("/today")
        }),
        empty: empty(&list, &query, &last_words),
        rows,
    })
}

fn tabs(list: &Today, query: &ListQuery) -> Vec<worklist::Tab> {
    list.counts
        .iter()
        .map(|(tab, number)| worklist::Tab {
            text: tab.words(),
            count: if *number > MANY && *tab != query.ask.tab {
                format!("{}+", count(MANY))
            } else {
                count(*number)
            },
            href: query.with_tab(*tab).on("/today"),
            current: *tab == query.ask.tab,
        })
        .collect()
}

fn filters(sites: &[Site], query: &ListQuery) -> Vec<Choices> {
    let mut hospitals = vec![Choice::new("", "All my sites")];
    hospitals.extend(sites.iter().map(|site| Choice::new(&site.code, &site.name)));
    let mut fractures = vec![Choice::new("", "All")];
    fractures.extend(
        terms::Site::ALL
            .iter()
            .map(|site| Choice::new(site.code(), site.words())),
    );
    vec![
        Choices::new("site", "Hospital", hospitals)
            .choose(query.ask.site.as_deref().unwrap_or_default()),
        Choices::new("fracture", "Fracture", fractures)
            .choose(query.ask.fracture.as_deref().unwrap_or_default()),
        Choices::new(
            "sources",
            "Sources",
            vec![
                Choice::new("", "All"),
                Choice::new("disagree", "That disagree"),
            ],
        )
        .choose(if query.ask.disagree { "disagree" } else { "" }),
    ]
}

/// Both the filter and that it hides people are said.
fn filter_words(sites: &[Site], query: &ListQuery) -> String {
    let hospital = query.ask.site.as_deref().map(|code| site_name(sites, code));
    let fracture = query
        .ask
        .fracture
        .as_deref()
        .and_then(|code| code.parse::<terms::Site>().ok())
        .map(|site| site.words().to_lowercase());
    let sources = query
        .ask
        .disagree
        .then(|| "people whose sources disagree".to_owned());
    let parts: Vec<String> = hospital
        .into_iter()
        .chain(fracture)
        .chain(sources)
        .collect();
    if parts.is_empty() {
        String::new()
    } else {
        format!("Only {}. Other people are hidden.", parts.join(", "))
    }
}

fn order_words(query: &ListQuery) -> &'static str {
    match (query.ask.order, query.ask.descending) {
        (Order::FractureDate, false) => "oldest fracture first",
        (Order::FractureDate, true) => "newest fracture first",
        (Order::Name, false) => "by name, A to Z",
        (Order::Name, true) => "by name, Z to A",
        (Order::Age, true) => "oldest person first",
        (Order::Age, false) => "youngest person first",
        (Order::Listed, false) => "longest on the list first",
        (Order::Listed, true) => "newest on the list first",
        (Order::Due, false) => "what is due first comes first",
        (Order::Due, true) => "what is due last comes first",
    }
}

fn columns(query: &ListQuery) -> Vec<Column> {
    let column = |text, class, order: Option<Order>| {
        let sort = match order {
            None => "",
            Some(order) if order == query.ask.order && query.ask.descending => "descending",
            Some(order) if order == query.ask.order => "ascending",
            Some(_) => "none",
        };
        let href = order
            .map(|order| query.sorted_by(order).on("/today"))
            .unwrap_or_default();
        Column {
            text,
            class,
            href,
            sort,
        }
    };
    let questions = query.ask.tab == Tab::Duplicates;
    let mut columns = vec![
        column("Name and NHS number", "", Some(Order::Name)),
        column("Age", "app-number", (!questions).then_some(Order::Age)),
        column("Fracture", "", Some(Order::FractureDate)),
        column("Days since", "app-number", None),
        column(
            match query.ask.tab {
                Tab::Duplicates => "The question",
                tab if tab.in_care() => "What is to be done",
                _ => "Why listed",
            },
            "",
            (!questions).then_some(Order::Listed),
        ),
    ];
    if query.ask.tab == Tab::SetAside {
        columns.push(column("Comes back", "", None));
    } else if query.ask.tab.in_care() {
        columns.push(column("Due", "", Some(Order::Due)));
    }
    columns
}

fn rows(list: &Today, query: &ListQuery, first: u64) -> Vec<Row> {
    match &list.rows {
        Rows::Candidates(entries) => (first..)
            .zip(entries)
            .map(|(at, entry)| candidate_row(list, query, at, entry, alike(entry, entries)))
            .collect(),
        Rows::Questions(held) => held.iter().map(|held| question_row(list, held)).collect(),
    }
}

/// Somebody else on this page has the same family name, or the same given name and first letter.
fn alike(entry: &Entry, all: &[Entry]) -> bool {
    let (family, given) = entry.name.keys();
    !family.is_empty()
        && all
            .iter()
            .filter(|other| other.person != entry.person)
            .any(|other| {
                let (their_family, their_given) = other.name.keys();
                family == their_family && given.chars().next() == their_given.chars().next()
            })
}

fn days(list: &Today, date: Option<jiff::civil::Date>) -> String {
    date.map(|date| count((list.today - date).get_days()))
        .unwrap_or_else(|| "Not known".to_owned())
}

fn age(list: &Today, born: Option<jiff::civil::Date>) -> String {
    born.map(|born| age_on(born, list.today).to_string())
        .unwrap_or_else(|| "Not known".to_owned())
}

fn candidate_row(list: &Today, query: &ListQuery, at: u64, entry: &Entry, alike: bool) -> Row {
    let mut tags = Vec::new();
    if entry.look {
        tags.push(Tag::new("Needs a look", parts::PURPLE));
    }
    if entry.disagree {
        tags.push(Tag::new("Sources disagree", parts::YELLOW));
    }
    if entry.refracture {
        tags.push(Tag::new("Re-fracture", parts::ORANGE));
    }
    if entry.came_back {
        tags.push(Tag::new("Back from set aside", parts::BLUE));
    }
    if alike {
        tags.push(Tag::new("Similar name on this page", parts::GREY));
    }
    let (aside, aside_sub) = match (query.ask.tab, entry.due) {
        (Tab::SetAside, Some(due)) => {
            let left = (due - list.today).get_days();
            (
                DateText::from(due).short,
                format!("in {}", counted(left, "day", "days")),
            )
        }
        (tab, Some(due)) if tab.in_care() => {
            let left = (due - list.today).get_days();
            let words = match left {
                0 => "today".to_owned(),
                1.. => format!("in {}", counted(left, "day", "days")),
                _ => format!("{} overdue", counted(-left, "day", "days")),
            };
            (DateText::from(due).short, words)
        }
        _ => (String::new(), String::new()),
    };
    let place = if query.ask.tab.in_care() {
        format!("/episodes/{}", entry.episode)
    } else {
        format!("/candidates/{}", entry.episode)
    };
    let why = match (entry.task, query.ask.tab) {
        (Some(task), _) => format!("{}: {}", task.words(), entry.why),
        (None, Tab::Stalled) => format!(
            "Nothing has happened since {}",
            long_date(london_date(entry.last_at))
        ),
        (None, _) => entry.why.clone(),
    };
    let source = match (&entry.by_whom, query.ask.tab.in_care()) {
        (Some(who), true) => format!("{} · {who}", site_name(&list.sites, &entry.site)),
        _ => format!(
            "{} · {}",
            site_name(&list.sites, &entry.site),
            counted(entry.sightings, "sighting", "sightings")
        ),
    };
    Row {
        id: format!("row-{at}"),
        href: query.at(at).on(&place),
        name: entry.name.to_string(),
        nhs: NhsText::from(entry.nhs_number.as_ref()),
        age: age(list, entry.born),
        fracture: entry.fracture.clone(),
        fracture_date: entry.fracture_date.map(DateText::from),
        days: days(list, entry.fracture_date),
        why,
        source,
        tags,
        aside,
        aside_sub,
    }
}

fn question_row(list: &Today, held: &Held) -> Row {
    Row {
        id: format!("q-{}", held.item),
        href: format!("/questions/{}", held.item),
        name: held.name.to_string(),
        nhs: NhsText::from(held.nhs_number.as_ref()),
        age: age(list, held.born),
        fracture: held.fracture_words.clone(),
        fracture_date: held.fracture_date.map(DateText::from),
        days: days(list, held.fracture_date),
        why: held.question.words().to_owned(),
        source: site_name(&list.sites, &held.site),
        tags: Vec::new(),
        aside: String::new(),
        aside_sub: String::new(),
    }
}

fn empty(list: &Today, query: &ListQuery, last: &str) -> Empty {
    if query.ask.site.is_some() || query.ask.fracture.is_some() || query.ask.disagree {
        return Empty {
            heading: "Nobody matches this filter".to_owned(),
            text: "There may be people for other hospitals or fractures.".to_owned(),
            href: query.unfiltered().on("/today"),
            link: "Show everybody".to_owned(),
        };
    }
    let text = match query.ask.tab {
        Tab::New => format!("Everybody whom the feeds brought has a decision; {last}."),
        Tab::SetAside => {
            "Nobody waits for a later date. Whoever is set aside comes back by themselves."
                .to_owned()
        }
        Tab::Duplicates => {
            "Every message could be filed without asking who it is about.".to_owned()
        }
        Tab::Assess => "Everybody accepted has been assessed, and a plan made.".to_owned(),
        Tab::Results => "Every scan and blood result has been seen.".to_owned(),
        Tab::Letters => "Every letter has been written and sent.".to_owned(),
        Tab::Review16 => {
            "Nobody’s 16-week review is due. People come here 12 weeks after their diagnosis."
                .to_owned()
        }
        Tab::Review52 => {
            "Nobody’s 52-week review is due. People come here 48 weeks after their diagnosis."
                .to_owned()
        }
        Tab::Chase => "No referral is overdue, no dose due, nothing to close.".to_owned(),
        Tab::Stalled => "Nobody in care is overdue and forgotten.".to_owned(),
    };
    let set_aside = list
        .counts
        .iter()
        .find(|(tab, _)| *tab == Tab::SetAside)
        .map_or(0, |(_, waiting)| *waiting);
    let elsewhere = query.ask.tab == Tab::New && set_aside > 0;
    Empty {
        heading: match query.ask.tab {
            Tab::New => "Nobody new to confirm",
            Tab::SetAside => "Nobody is set aside",
            Tab::Duplicates => "No possible duplicates",
            Tab::Stalled => "Nobody is stalled",
            _ => "Nobody waits here",
        }
        .to_owned(),
        text,
        href: if elsewhere {
            query.with_tab(Tab::SetAside).on("/today")
        } else {
            String::new()
        },
        link: format!("See the {} set aside", count(set_aside)),
    }
}
