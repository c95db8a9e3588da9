//! Text as typed, made fit to print.

use jiff::civil::Date;

/// The longest run of characters without a space that a line of large print is sure to hold.
const LONGEST_RUN: usize = 32;

/// One line: white space collapsed, without control characters and those that turn the writing direction round.
pub(crate) fn line(text: &str) -> String {
    let kept: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !unwanted(*c))
        .collect();
    kept.split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// One line, if there are words in it.
pub(crate) fn some_line(text: &str) -> Option<String> {
    Some(line(text)).filter(|line| !line.is_empty())
}

/// The paragraphs of a longer text, one for each line that has words.
pub(crate) fn paragraphs(text: &str) -> Vec<String> {
    text.split(['\n', '\r', '\u{2028}', '\u{2029}'])
        .filter_map(some_line)
        .collect()
}

fn unwanted(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ad}' | '\u{fff9}'..='\u{ffff}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Months spelled out (NHS content guide: "3 June 2026").
pub(crate) fn date(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// Lets a line break inside runs that no line could hold, at a place that does not show.
pub(crate) fn breakable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = 0;
    for c in text.chars() {
        if c == ' ' || c == '-' {
            run = 0;
        } else if run == LONGEST_RUN {
            out.push('\u{200b}');
            run = 1;
        } else {
            run += 1;
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_and_control_characters_go() {
        assert_eq!(line("  a\t\tb\u{0}c\u{202e}\n d "), "a bc d");
        assert_eq!(paragraphs("one\n\n two \r\nthree"), ["one", "two", "three"]);
    }

    #[test]
    fn months_are_spelled_out() {
        assert_eq!(date(jiff::civil::date(2026, 6, 3)), "3 June 2026");
    }

    #[test]
    fn only_long_runs_are_broken() {
        assert_eq!(breakable("short words"), "short words");
        let long = breakable(&"x".repeat(80));
        assert_eq!(long.matches('\u{200b}').count(), 2);
    }
}
