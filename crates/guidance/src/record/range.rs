//! A result against the range that its own laboratory gives. Herald has none of its own.

use pathway::form::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InRange {
    Low,
    In,
    High,
}

/// Without a range nothing is said.
pub(super) fn against_range(value: &Value) -> Option<InRange> {
    let mut parts = value.codes();
    let (typed, range) = (parts.next()?, parts.next()?);
    let (low, high) = range_of(range)?;
    let number = value.number()?;
    let below = |edge: Option<f64>| edge.is_some_and(|edge| number < edge);
    let above = |edge: Option<f64>| edge.is_some_and(|edge| number > edge);
    match typed.chars().next()? {
        // "<3" is below 3, and whether it is in the range hangs on where that begins.
        '<' if low.is_none_or(|low| low <= 0.0) && !above(high) => Some(InRange::In),
        '<' if low.is_some_and(|low| number <= low) => Some(InRange::Low),
        '>' if high.is_none() && !below(low) => Some(InRange::In),
        '>' if high.is_some_and(|high| number >= high) => Some(InRange::High),
        '<' | '>' => None,
        _ if below(low) => Some(InRange::Low),
        _ if above(high) => Some(InRange::High),
        _ => Some(InRange::In),
    }
}

/// "2.20-2.60", "2.20 to 2.60", "< 5", ">30".
fn range_of(text: &str) -> Option<(Option<f64>, Option<f64>)> {
    let text = text
        .trim()
        .trim_matches(['(', ')', '[', ']'])
        .replace("to", "-")
        .replace('–', "-");
    let number = |part: &str| part.trim().replace(',', ".").parse::<f64>().ok();
    if let Some(high) = text.strip_prefix('<') {
        return Some((None, Some(number(high.trim_start_matches('='))?)));
    }
    if let Some(low) = text.strip_prefix('>') {
        return Some((Some(number(low.trim_start_matches('='))?), None));
    }
    let (low, high) = text.split_once('-')?;
    Some((Some(number(low)?), Some(number(high)?)))
}
