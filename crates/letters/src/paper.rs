//! A questionnaire on paper.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::{
    NotRendered, Service, catalogue,
    compose::letterhead,
    field::Field,
    html::{escape, lines, page, para, strong},
    plain,
    sheet::{Day, FootWords},
    text::{heading, join},
};

/// A questionnaire to be printed.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Paper {
    pub title: String,
    #[serde(default)]
    pub intro: Vec<String>,
    pub sections: Vec<PaperSection>,
    #[serde(default)]
    pub large_print: bool,
    #[serde(default)]
    pub demo: bool,
    /// Printed at the foot of every page, to match the paper to the record.
    pub code: String,
}

/// Questions that belong together, under a heading.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct PaperSection {
    pub title: String,
    #[serde(default)]
    pub lead: String,
    pub questions: Vec<PaperQuestion>,
}

/// One question. It is not split between pages unless it is longer than one.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct PaperQuestion {
    pub number: String,
    pub ask: String,
    pub hint: Option<String>,
    pub kind: PaperKind,
}

/// What the question leaves room for. Each also has a box for "Not sure".
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum PaperKind {
    YesNo,
    /// One of these.
    Choice(Vec<String>),
    /// Any of these.
    Choices(Vec<String>),
    Number {
        unit: String,
    },
    Date,
    Text,
}

/// The form with every word in its place.
#[derive(Debug, Serialize)]
pub(crate) struct Form {
    title: String,
    author: String,
    date: Option<Day>,
    large_print: bool,
    demo: Option<String>,
    letterhead: Vec<String>,
    intro: Vec<String>,
    sections: Vec<FormSection>,
    foot: String,
    words: FootWords,
}

#[derive(Debug, Serialize)]
struct FormSection {
    title: Option<String>,
    lead: Option<String>,
    questions: Vec<FormQuestion>,
}

#[derive(Debug, Serialize)]
struct FormQuestion {
    number: String,
    ask: String,
    hints: Vec<String>,
    cells: Vec<Cells>,
    /// Lines to write on.
    lines: u8,
    ticks: Vec<String>,
    /// Each box on a line of its own.
    stacked: bool,
}

/// Boxes for one character each.
#[derive(Debug, Serialize)]
struct Cells {
    label: String,
    count: u8,
}

pub(crate) fn compose(paper: &Paper, service: &Service) -> Result<(Form, String), NotRendered> {
    let catalogue = catalogue::read()?;
    let words = &catalogue.words;
    let letterhead = letterhead(service, words);
    let info = &catalogue.paper;
    let form = Form {
        title: plain::some_line(&paper.title).unwrap_or_else(|| Field::PaperTitle.gap(words)),
        author: letterhead.first().cloned().unwrap_or_default(),
        date: None,
        large_print: paper.large_print,
        demo: paper.demo.then(|| words.demo.clone()),
        letterhead,
        intro: paper
            .intro
            .iter()
            .flat_map(|t| plain::paragraphs(t))
            .collect(),
        sections: paper
            .sections
            .iter()
            .map(|section| FormSection {
                title: plain::some_line(&section.title),
                lead: plain::some_line(&section.lead),
                questions: section
                    .questions
                    .iter()
                    .map(|q| question(q, &words.paper))
                    .collect(),
            })
            .collect(),
        foot: format!(
            "{} {} – {} {} {}",
            words.paper.code,
            plain::line(&paper.code),
            info.id,
            words.version,
            info.version
        ),
        words: words.into(),
    };
    Ok((form, info.version.clone()))
}

fn question(question: &PaperQuestion, words: &catalogue::PaperWords) -> FormQuestion {
    let cells = |label: &str, count: u8| Cells {
        label: plain::line(label),
        count,
    };
    let (rule, boxes, lines, mut ticks, stacked) = match &question.kind {
        PaperKind::YesNo => (
            None,
            vec![],
            0,
            vec![words.yes.clone(), words.no.clone()],
            false,
        ),
        PaperKind::Choice(of) => (Some(&words.tick_one), vec![], 0, of.clone(), true),
        PaperKind::Choices(of) => (Some(&words.tick_all), vec![], 0, of.clone(), true),
        PaperKind::Number { unit } => (None, vec![cells(unit, 4)], 0, vec![], false),
        PaperKind::Date => (
            None,
            vec![
                cells(&words.day, 2),
                cells(&words.month, 2),
                cells(&words.year, 4),
            ],
            0,
            vec![],
            false,
        ),
        PaperKind::Text => (None, vec![], 3, vec![], false),
    };
    ticks.push(words.not_sure.clone());
    FormQuestion {
        number: plain::line(&question.number),
        ask: plain::line(&question.ask),
        hints: question
            .hint
            .iter()
            .chain(rule)
            .filter_map(|hint| plain::some_line(hint))
            .collect(),
        cells: boxes,
        lines,
        ticks: ticks.iter().map(|t| plain::line(t)).collect(),
        stacked,
    }
}

pub(crate) fn html(form: &Form) -> String {
    let mut out = String::new();
    let demo = form.demo.as_deref().map(|d| para("demo", &escape(d)));
    out.push_str(demo.as_deref().unwrap_or_default());
    let mut head = form.letterhead.iter();
    let name = head.next().map(String::as_str).unwrap_or_default();
    let rest: Vec<String> = head.cloned().collect();
    out.push_str(&para("service", &strong(name)));
    out.push_str(&lines("letterhead", &rest));
    _ = writeln!(out, "<h1>{}</h1>", escape(&form.title));
    for paragraph in &form.intro {
        out.push_str(&para("", &escape(paragraph)));
    }
    for section in &form.sections {
        if let Some(title) = &section.title {
            _ = writeln!(out, "<h2>{}</h2>", escape(title));
        }
        if let Some(lead) = &section.lead {
            out.push_str(&para("", &escape(lead)));
        }
        for q in &section.questions {
            out.push_str(&para("ask", &strong(&format!("{} {}", q.number, q.ask))));
            for hint in &q.hints {
                out.push_str(&para("hint", &escape(hint)));
            }
            for block in room(q, "☐") {
                out.push_str(&para("answer", &escape(&block).replace('\n', "<br>\n")));
            }
        }
    }
    out.push_str(&para("foot", &escape(&form.foot)));
    out.push_str(demo.as_deref().unwrap_or_default());
    page(&form.title, form.large_print, &out)
}

pub(crate) fn text(form: &Form) -> String {
    let mut blocks: Vec<String> = Vec::new();
    blocks.extend(form.demo.clone());
    blocks.push(form.letterhead.join("\n"));
    blocks.push(heading(&form.title, '='));
    blocks.extend(form.intro.iter().cloned());
    for section in &form.sections {
        blocks.extend(section.title.as_deref().map(|title| heading(title, '-')));
        blocks.extend(section.lead.clone());
        for q in &section.questions {
            let mut lines = vec![format!("{} {}", q.number, q.ask)];
            lines.extend(q.hints.iter().cloned());
            lines.extend(room(q, "[ ]"));
            blocks.push(lines.join("\n"));
        }
    }
    blocks.push(form.foot.clone());
    blocks.extend(form.demo.clone());
    join(&blocks)
}

/// The room for the answer, drawn with characters.
fn room(q: &FormQuestion, tick: &str) -> Vec<String> {
    let mut out = Vec::new();
    if !q.cells.is_empty() {
        let cells = q
            .cells
            .iter()
            .map(|c| format!("{}: {}", c.label, "_".repeat(usize::from(c.count))));
        out.push(cells.collect::<Vec<_>>().join("   "));
    }
    out.extend((0..q.lines).map(|_| "_".repeat(40)));
    let ticks: Vec<String> = q.ticks.iter().map(|t| format!("{tick} {t}")).collect();
    out.push(ticks.join(if q.stacked { "\n" } else { "   " }));
    out
}
