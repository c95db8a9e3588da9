use std::fmt::Write as _;

use crate::sheet::Sheet;

const STYLE: &str = include_str!("../data/letter.css");

/// A whole page; what is inside `<article>` stands on its own.
pub(crate) fn letter(sheet: &Sheet) -> String {
    let mut out = String::new();
    let demo = sheet.demo.as_deref().map(|d| para("demo", &escape(d)));
    out.push_str(demo.as_deref().unwrap_or_default());
    let mut letterhead = sheet.letterhead.iter();
    let name = letterhead.next().map(String::as_str).unwrap_or_default();
    let rest: Vec<String> = letterhead.cloned().collect();
    out.push_str(&para("service", &strong(name)));
    out.push_str(&lines("letterhead", &rest));
    out.push_str(&para("marking", &strong(&sheet.marking)));
    out.push_str(&lines("address", &sheet.address));
    out.push_str(&lines("reference", &sheet.reference));
    _ = writeln!(out, "<h1>{}</h1>", escape(&sheet.title));
    if let Some(gp) = &sheet.gp {
        _ = writeln!(
            out,
            "<section class=\"gp\">\n<h2>{}</h2>",
            escape(&gp.title)
        );
        for line in &gp.lines {
            let label = strong(&format!("{}:", line.label));
            out.push_str(&para("", &format!("{label} {}", escape(&line.text))));
        }
        out.push_str("</section>\n");
    }
    out.push_str(&para("", &escape(&sheet.greeting)));
    for part in &sheet.parts {
        if let Some(heading) = &part.heading {
            _ = writeln!(out, "<h2>{}</h2>", escape(heading));
        }
        for paragraph in &part.paragraphs {
            out.push_str(&para("", &escape(paragraph)));
        }
        if !part.list.is_empty() {
            out.push_str("<ul>\n");
            for item in &part.list {
                _ = writeln!(out, "<li>{}</li>", escape(item));
            }
            out.push_str("</ul>\n");
        }
    }
    out.push_str(&para("", &escape(&sheet.closing)));
    out.push_str(&lines("signature", &sheet.signature));
    out.push_str(&lines("copies", &sheet.copies));
    out.push_str(&para("foot", &escape(&sheet.foot)));
    out.push_str(demo.as_deref().unwrap_or_default());
    page(&sheet.title, sheet.large_print, &out)
}

pub(crate) fn page(title: &str, large_print: bool, article: &str) -> String {
    let class = if large_print {
        "letter large-print"
    } else {
        "letter"
    };
    format!(
        "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<article class=\"{class}\" lang=\"en-GB\">\n{article}</article>\n\
         </body>\n</html>\n",
        escape(title)
    )
}

pub(crate) fn para(class: &str, inner: &str) -> String {
    match class {
        "" => format!("<p>{inner}</p>\n"),
        class => format!("<p class=\"{class}\">{inner}</p>\n"),
    }
}

pub(crate) fn lines(class: &str, lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = lines.iter().map(|line| escape(line)).collect();
    para(class, &lines.join("<br>\n"))
}

pub(crate) fn strong(text: &str) -> String {
    format!("<strong>{}</strong>", escape(text))
}

pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
