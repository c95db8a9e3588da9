//! How it happened: high or low energy, from the clinical details or the report.

use std::sync::LazyLock;

use regex::Regex;

use crate::{
    lexicon::{Hit, Kind},
    policy::Policy,
    reading::Energy,
};

/// A mechanism with its place in the normal text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct How {
    pub energy: Energy,
    pub start: usize,
    pub end: usize,
    pub rule: String,
}

struct Forms {
    steps: Option<Regex>,
    past: Option<Regex>,
    denied: Option<Regex>,
    low_after: Option<Regex>,
}

static FORMS: LazyLock<Forms> = LazyLock::new(|| {
    Forms {
    steps: Regex::new(r"(?i)\b(?:(\d{1,2})|(one|two|three|four|five|six|seven|eight|nine|ten|several|couple of|few))\s+(?:\w+\s+)?(?:stairs?|steps?|rungs?)\b").ok(),
    past: Regex::new(r"(?i)\b(?:\d+|many|several|few)\s*(?:years?|yrs?|y|months?|/12|decades)\s*(?:ago|previously|back)|\b(?:ago|in (?:19|20)\d\d|(?:19|20)\d\d|childhood|as a child)\b|\bprevious\b").ok(),
    denied: Regex::new(r"(?i)\b(?:no|not|denies|without|nil|retired|hx of|history of|previous)\s+(?:\w+\s+){0,3}$").ok(),
    low_after: Regex::new(r"(?i)\b(?:bottom|first|last|lowest|1st|second|2nd)\s+(?:rung|step)|low[\s-]speed|stationary|standstill|at traffic lights|off (?:the )?kerb").ok(),
}
});

pub(crate) fn read(
    text: &str,
    hits: &[Hit],
    rule_name: impl Fn(usize) -> String,
    policy: &Policy,
) -> Option<How> {
    // Steps first: the number decides, and the policy says which number.
    if let Some(found) = FORMS.steps.as_ref().and_then(|r| r.captures(text)) {
        let count = found
            .get(1)
            .and_then(|m| m.as_str().parse::<u8>().ok())
            .or_else(|| found.get(2).and_then(|m| in_words(m.as_str())));
        if let (Some(count), Some(whole)) = (count, found.get(0)) {
            let fell = ["fell", "fall", "down", "trip", "slip", "miss", "off"]
                .iter()
                .any(|w| text.to_ascii_lowercase().contains(w));
            if fell {
                let energy = if count > policy.steps_low_energy {
                    Energy::High
                } else {
                    Energy::Low
                };
                return Some(How {
                    energy,
                    start: whole.start(),
                    end: whole.end(),
                    rule: "mechanism.steps".to_owned(),
                });
            }
        }
    }
    let low_named = FORMS.low_after.as_ref().is_some_and(|r| r.is_match(text));
    let high = hits.iter().find(|h| {
        h.kind == Kind::High && {
            let before = text.get(..h.start).unwrap_or("");
            let around = text
                .get(h.start..(h.end + 40).min(text.len()))
                .or_else(|| text.get(h.start..))
                .unwrap_or("");
            let clause = around.split([',', ';', '.']).next().unwrap_or(around);
            !FORMS.denied.as_ref().is_some_and(|r| r.is_match(before))
                && !FORMS.past.as_ref().is_some_and(|r| r.is_match(clause))
        }
    });
    if let Some(hit) = high.filter(|_| !low_named) {
        return Some(How {
            energy: Energy::High,
            start: hit.start,
            end: hit.end,
            rule: rule_name(hit.rule),
        });
    }
    hits.iter().find(|h| h.kind == Kind::Low).map(|hit| How {
        energy: Energy::Low,
        start: hit.start,
        end: hit.end,
        rule: rule_name(hit.rule),
    })
}

fn in_words(word: &str) -> Option<u8> {
    Some(match word.to_ascii_lowercase().as_str() {
        "one" => 1,
        "two" | "couple of" => 2,
        "three" | "few" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "eight" => 8,
        "nine" => 9,
        "ten" | "several" => 10,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Lexicon;

    fn energy(text: &str) -> Option<Energy> {
        static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::load);
        let lexicon = &*LEXICON;
        let hits = lexicon.spot(text);
        read(
            text,
            &hits,
            |r| lexicon.rule_name(r).to_owned(),
            &Policy::default(),
        )
        .map(|how| how.energy)
    }

    #[test]
    fn all_forms_compile() {
        let f = &*FORMS;
        for form in [&f.steps, &f.past, &f.denied, &f.low_after] {
            assert!(form.is_some());
        }
    }

    #[test]
    fn falls_from_above_standing_height_are_high() {
        for text in [
            "Fell approx 4m off ladder",
            "fall from horse",
            "fell down a flight of stairs",
            "RTC, driver",
            "Pedestrian vs car",
            "assaulted last night",
            "fell down 10 stairs",
            "rugby tackle",
            "crush injury at work",
        ] {
            assert_eq!(energy(text), Some(Energy::High), "{text}");
        }
    }

    #[test]
    fn falls_from_standing_are_low_or_unstated() {
        for text in [
            "fall down 2 steps",
            "Tripped over dog",
            "Fall from standing height",
            "fell off bottom rung of step ladder",
            "fall from bed",
            "Fell off bicycle, low speed, at traffic lights",
        ] {
            assert_eq!(energy(text), Some(Energy::Low), "{text}");
        }
        for text in [
            "Hx of RTC 20 years ago, now pain",
            "punched wall",
            "Chest compressions during CPR",
            "back pain since lifting",
            "fell down stairs",
        ] {
            assert_ne!(energy(text), Some(Energy::High), "{text}");
        }
    }
}
