use crate::sheet::Sheet;

pub(crate) fn letter(sheet: &Sheet) -> String {
    let mut blocks: Vec<String> = Vec::new();
    blocks.extend(sheet.demo.clone());
    blocks.push(sheet.letterhead.join("\n"));
    blocks.push(sheet.marking.clone());
    blocks.push(sheet.address.join("\n"));
    blocks.push(sheet.reference.join("\n"));
    blocks.push(heading(&sheet.title, '='));
    if let Some(gp) = &sheet.gp {
        blocks.push(heading(&gp.title, '-'));
        let lines = gp.lines.iter().map(|l| format!("{}: {}", l.label, l.text));
        blocks.push(lines.collect::<Vec<_>>().join("\n"));
        blocks.push("-".repeat(40));
    }
    blocks.push(sheet.greeting.clone());
    for part in &sheet.parts {
        blocks.extend(part.heading.as_deref().map(|text| heading(text, '-')));
        blocks.extend(part.paragraphs.iter().cloned());
        if !part.list.is_empty() {
            let items = part.list.iter().map(|item| format!("* {item}"));
            blocks.push(items.collect::<Vec<_>>().join("\n"));
        }
    }
    blocks.push(sheet.closing.clone());
    blocks.push(sheet.signature.join("\n"));
    blocks.extend(sheet.copies.iter().cloned());
    blocks.push(sheet.foot.clone());
    blocks.extend(sheet.demo.clone());
    join(&blocks)
}

pub(crate) fn heading(text: &str, rule: char) -> String {
    let rule: String = std::iter::repeat_n(rule, text.chars().count()).collect();
    format!("{text}\n{rule}")
}

pub(crate) fn join(blocks: &[String]) -> String {
    let mut out = blocks.join("\n\n");
    out.push('\n');
    out
}
