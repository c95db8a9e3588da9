use axum::{
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use feeds::fault::{Fault, Severity};
use service::imports::{self, FAULTS_PER_PAGE, ImportView, Sums, share_done};
use store::imports::{Import, State as Stage};
use uuid::Uuid;

use crate::{
    caller::Caller,
    config::WebState,
    failure::Failure,
    respond::{self, Answer, blocking},
    view::{
        form::{Choice, Choices, FieldError},
        imports as view,
        parts::{BLUE, Bar, GREEN, Pagination, RED, Tag, YELLOW},
        text::{count, moment, showing},
    },
};

pub const PROFILES: [(&str, &str); 6] = [
    ("auto", "Let Herald tell"),
    ("hl7", "HL7 v2 messages"),
    ("ecds", "Emergency attendances (ECDS)"),
    ("apc", "Inpatient stays (APC)"),
    ("fracture-clinic", "Fracture clinic list"),
    ("radiology", "Radiology reports"),
];

type Asked = Query<Vec<(String, String)>>;

fn page_asked(query: &Asked) -> u64 {
    query
        .0
        .iter()
        .find(|(key, _)| key == "page")
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(1)
}

pub async fn list(State(state): State<WebState>, caller: Caller, query: Asked) -> Answer {
    page(&state, &caller, page_asked(&query), None).await
}

/// The list with the upload form; with an error at the file if there is one.
pub async fn page(state: &WebState, caller: &Caller, asked: u64, error: Option<String>) -> Answer {
    let scope = caller.scope.clone();
    let (files, pages) = blocking(state, move |app| imports::list(app, &scope, asked)).await?;
    let page = asked.clamp(1, pages);
    let errors: Vec<FieldError> = error
        .iter()
        .map(|message| FieldError {
            target: "file".to_owned(),
            message: message.clone(),
        })
        .collect();
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let shown = u64::try_from(files.len()).unwrap_or_default();
    let showing = if pages == 1 {
        showing(1, shown, shown)
    } else {
        format!("Page {} of {}", count(page), count(pages))
    };
    let profiles = PROFILES
        .map(|(code, words)| Choice::new(code, words))
        .to_vec();
    respond::page_as(
        status,
        &view::Imports {
            chrome: caller
                .chrome(state)
                .with_errors(errors)
                .titled("Imports", Some(page)),
            showing,
            rows: files
                .iter()
                .map(|(import, sums)| row(import, sums))
                .collect(),
            pagination: Pagination::new(page, pages, |n| format!("/imports?page={n}")),
            upload: Some(view::Upload {
                hidden: caller.hidden(),
                profile: Choices::new("profile", "What it is", profiles).choose("auto"),
                file_error: error,
            }),
        },
    )
}

fn state_tag(stage: Stage) -> Tag {
    match stage {
        Stage::Staging => Tag::new("Storing", BLUE),
        Stage::Processing => Tag::new("Reading", BLUE),
        Stage::Complete => Tag::new("Done", GREEN),
        Stage::Refused => Tag::new("Refused", RED),
    }
}

fn format_words(format: &str) -> String {
    let code = format.strip_prefix("csv:").unwrap_or(format);
    PROFILES
        .iter()
        .find(|(known, _)| *known == code)
        .map_or_else(|| format.to_owned(), |(_, words)| (*words).to_owned())
}

fn row(import: &Import, sums: &Sums) -> view::FileRow {
    view::FileRow {
        href: format!("/imports/{}", import.id),
        name: import.file_name.clone(),
        kind: format_words(&import.format),
        when: moment(import.started_at),
        state: state_tag(import.state),
        counts: [
            sums.received,
            sums.new,
            sums.had,
            sums.held,
            sums.ignored_total(),
            sums.rejected,
        ]
        .map(count),
    }
}

pub async fn show(
    State(state): State<WebState>,
    caller: Caller,
    Path(id): Path<Uuid>,
    query: Asked,
) -> Answer {
    let (scope, asked) = (caller.scope.clone(), page_asked(&query));
    let found = blocking(&state, move |app| imports::view(app, &scope, id, asked)).await?;
    let import = &found.import;
    let running = matches!(import.state, Stage::Staging | Stage::Processing);
    let first = (found.page - 1) * u64::from(FAULTS_PER_PAGE) + 1;
    let shown = u64::try_from(found.faults.len()).unwrap_or_default();
    respond::page(&view::Import {
        chrome: caller
            .chrome(&state)
            .titled(&import.file_name, Some(found.page)),
        name: import.file_name.clone(),
        state: state_tag(import.state),
        kind: format_words(&import.format),
        when: format!("by {}, {}", import.by_whom, moment(import.started_at)),
        running,
        refused: import.problem.clone().unwrap_or_default(),
        refused_advice: import.advice.clone().unwrap_or_default(),
        progress: running.then(|| progress(&found)),
        bar: bar(&found.sums),
        sums: sums(&found),
        total: count(found.sums.received),
        balance: balance(&found.sums),
        fault_count: count(found.fault_count),
        faults: found.faults.iter().map(fault).collect(),
        faults_none: if running { "None so far." } else { "None." }.to_owned(),
        showing: showing(first, shown, found.fault_count),
        errors_csv: format!("/imports/{id}/errors.csv"),
        pagination: Pagination::new(found.page, found.pages, |n| {
            format!("/imports/{id}?page={n}#errors")
        }),
    })
}

fn progress(found: &ImportView) -> view::Progress {
    let share = share_done(&found.import, &found.sums)
        .unwrap_or_default()
        .clamp(0.0, 1.0);
    let words = match found.import.state {
        Stage::Staging => format!(
            "{} of {} stored",
            count(found.import.staged),
            count(found.import.expected)
        ),
        _ => format!(
            "All {} stored; {} of them read",
            count(found.sums.received),
            count(found.sums.received.saturating_sub(found.sums.waiting))
        ),
    };
    view::Progress {
        words,
        thousandths: (share * 1000.0) as u64,
    }
}

fn bar(sums: &Sums) -> Option<Bar> {
    let ignored = sums.ignored_total();
    let words = format!(
        "{} received: {} new, {} already had, {} held, {} ignored, {} rejected, {} waiting",
        count(sums.received),
        count(sums.new),
        count(sums.had),
        count(sums.held),
        count(ignored),
        count(sums.rejected),
        count(sums.waiting)
    );
    Bar::new(
        words,
        &[
            ("new", sums.new),
            ("had", sums.had),
            ("held", sums.held),
            ("ignored", ignored),
            ("rejected", sums.rejected),
            ("waiting", sums.waiting),
        ],
    )
}

fn sums(found: &ImportView) -> Vec<view::Sum> {
    let all = &found.sums;
    let sum = |class, label: &str, items: u64, note: &str| view::Sum {
        class,
        label: label.to_owned(),
        count: count(items),
        note: note.to_owned(),
        ..view::Sum::default()
    };
    let mut sums = vec![
        sum("new", "New", all.new, "Stored on somebody’s timeline."),
        sum(
            "had",
            "Already had",
            all.had,
            "The same had come before; nothing changed.",
        ),
    ];
    let mut held = sum(
        "held",
        "Held",
        all.held,
        "Waits for a person to say who it is, or whether its layout is read rightly.",
    );
    if all.held > 0 {
        held.href = "/today?list=duplicates".to_owned();
        held.link = "Answer them".to_owned();
    }
    sums.push(held);
    sums.push(sum(
        "ignored",
        "Ignored",
        all.ignored_total(),
        if all.ignored.is_empty() {
            ""
        } else {
            "For these reasons:"
        },
    ));
    sums.extend(all.ignored.iter().map(|reason| view::Sum {
        row_class: "app-sums__part",
        ..sum("ignored", &reason.words, reason.items, "")
    }));
    let mut rejected = sum("rejected", "Rejected", all.rejected, "Could not be used.");
    if found.fault_count > 0 && all.rejected > 0 {
        rejected.href = "#errors".to_owned();
        rejected.link = "See why".to_owned();
    }
    sums.push(rejected);
    if all.waiting > 0 {
        sums.push(sum(
            "waiting",
            "Waiting",
            all.waiting,
            "Stored and not yet read.",
        ));
    }
    sums
}

fn balance(sums: &Sums) -> String {
    let parts = [
        sums.new,
        sums.had,
        sums.held,
        sums.ignored_total(),
        sums.rejected,
        sums.waiting,
    ];
    let parts: Vec<String> = parts.into_iter().map(count).collect();
    if sums.balances() {
        format!("{} = {}", parts.join(" + "), count(sums.received))
    } else {
        format!(
            "{} is not {}: tell the people who look after Herald.",
            parts.join(" + "),
            count(sums.received)
        )
    }
}

fn fault(fault: &Fault) -> view::FaultRow {
    view::FaultRow {
        line: count(fault.line),
        column: fault.column.clone().unwrap_or_default(),
        header: fault.header.clone().unwrap_or_default(),
        value: fault.value.clone().unwrap_or_default(),
        problem: fault.problem.clone(),
        advice: fault.advice.clone(),
        severity: match fault.severity {
            Severity::Rejected => Tag::new("Rejected", RED),
            Severity::Warning => Tag::new("Used without it", YELLOW),
        },
    }
}

pub async fn errors_csv(
    State(state): State<WebState>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Answer {
    let scope = caller.scope.clone();
    let (_, faults) = blocking(&state, move |app| imports::all_faults(app, &scope, id)).await?;
    let mut csv = String::from("line,column,header,value,problem,what to do,severity\r\n");
    for fault in &faults {
        let severity = match fault.severity {
            Severity::Rejected => "rejected",
            Severity::Warning => "warning",
        };
        let none = String::new();
        let cells = [
            fault.line.to_string(),
            fault.column.as_ref().unwrap_or(&none).clone(),
            fault.header.as_ref().unwrap_or(&none).clone(),
            fault.value.as_ref().unwrap_or(&none).clone(),
            fault.problem.clone(),
            fault.advice.clone(),
            severity.to_owned(),
        ];
        let line: Vec<String> = cells.iter().map(|cell| csv_cell(cell)).collect();
        csv.push_str(&line.join(","));
        csv.push_str("\r\n");
    }
    // The name of the file that was taken in may hold anything; the download is named by Herald.
    let name = HeaderValue::from_str(&format!("attachment; filename=\"import-{id}-errors.csv\""))
        .map_err(|_| Failure::Internal)?;
    Ok((
        [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("text/csv; charset=utf-8"),
            ),
            (header::CONTENT_DISPOSITION, name),
        ],
        csv,
    )
        .into_response())
}

/// Quoted; and what a spreadsheet would take for a formula is made text.
fn csv_cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        "'"
    } else {
        ""
    };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_gets_text_and_no_formulas() {
        assert_eq!(csv_cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(csv_cell("31/02/2026"), "\"31/02/2026\"");
    }
}
