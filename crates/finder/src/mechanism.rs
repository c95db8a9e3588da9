//! How it happened: high or low energy, from the clinical details or the report.

use crate::{
    language::lexicon::{Hit, Kind, Kinds, Lexicon},
    policy::Policy,
    reading::Energy,
};

/// A mechanism with its place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct How {
    pub energy: Energy,
    pub start: usize,
    pub end: usize,
    pub rule: String,
    /// Road traffic, which a report may tell as well as the clinical details.
    pub traffic: bool,
}

/// From the hits of one sentence, which ends at `end`.
pub(crate) fn read(
    lexicon: &Lexicon,
    text: &str,
    end: usize,
    hits: &[Hit],
    policy: &Policy,
) -> Option<How> {
    const TELLING: [Kind; 5] = [
        Kind::Steps,
        Kind::High,
        Kind::Traffic,
        Kind::LowNamed,
        Kind::Low,
    ];
    if !Kinds::of(hits).any(&TELLING) {
        return None;
    }
    let of = |kind: Kind| hits.iter().filter(move |h| h.kind == kind);
    let how = |energy: Energy, hit: &Hit| How {
        energy,
        start: hit.start,
        end: hit.end,
        rule: lexicon.rule_name(hit.rule).to_owned(),
        traffic: hit.kind == Kind::Traffic,
    };
    // Steps first: the number decides, and the policy says which number.
    let steps = of(Kind::Steps).find_map(|hit| {
        let words = text.get(hit.start..hit.end)?;
        let count = words
            .split_whitespace()
            .find_map(|word| word.parse::<u8>().ok().or_else(|| in_words(word)))?;
        Some((count, hit))
    });
    if let Some((count, hit)) = steps
        && of(Kind::Fell).next().is_some()
    {
        let energy = if count > policy.steps_low_energy {
            Energy::High
        } else {
            Energy::Low
        };
        return Some(how(energy, hit));
    }
    let mut forces = hits
        .iter()
        .filter(|h| matches!(h.kind, Kind::High | Kind::Traffic));
    let high = forces.find(|hit| {
        let clause_end = text
            .get(hit.end..end)
            .and_then(|after| after.find([',', ';', '.']))
            .map_or(end, |at| hit.end + at)
            .min(hit.end + 40);
        let past = of(Kind::LongPast).any(|p| p.start >= hit.start && p.end <= clause_end);
        let denied = of(Kind::NotSo).any(|n| {
            // "Slid down the wall": the words overlap.
            let over = n.start < hit.start && n.end > hit.start;
            over || n.end <= hit.start
                && text.get(n.end..hit.start).is_some_and(|gap| {
                    gap.split_whitespace().count() <= 3 && !gap.contains([',', '.'])
                })
        });
        !past && !denied
    });
    if of(Kind::LowNamed).next().is_none()
        && let Some(hit) = high
    {
        return Some(how(Energy::High, hit));
    }
    of(Kind::Low).next().map(|hit| how(Energy::Low, hit))
}

fn in_words(word: &str) -> Option<u8> {
    Some(match word.to_ascii_lowercase().as_str() {
        "one" => 1,
        "two" | "couple" => 2,
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
    use std::sync::LazyLock;

    fn energy(text: &str) -> Option<Energy> {
        static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::load);
        let (mut tokens, mut found, mut hits) = (Vec::new(), Vec::new(), Vec::new());
        LEXICON.tokens(text, &mut tokens);
        LEXICON.spot(&tokens, &mut found, &mut hits);
        read(&LEXICON, text, text.len(), &hits, &Policy::default()).map(|how| how.energy)
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
