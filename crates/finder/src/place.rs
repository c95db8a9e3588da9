//! Which bone, level and side a mention belongs to: the nearest one, where punctuation and clause words count
//! as distance.

use std::sync::LazyLock;

use regex::Regex;
use terms::{Level, Side, Site};

use crate::lexicon::{BoneHit, Lexicon};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SideHit {
    pub side: Side,
    pub start: usize,
    pub end: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LevelHit {
    pub levels: Vec<Level>,
    pub start: usize,
    pub end: usize,
}

/// A bone or a level in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot {
    pub site: Site,
    pub levels: Vec<Level>,
    pub start: usize,
    pub end: usize,
}

struct Forms {
    side: Option<Regex>,
    level: Option<Regex>,
    sequence_after: Option<Regex>,
    sequence_before: Option<Regex>,
    join: Option<Regex>,
    far: Option<Regex>,
    of: Option<Regex>,
}

static FORMS: LazyLock<Forms> = LazyLock::new(|| {
    Forms {
    side: Regex::new(r"(?i)\b(?:(?P<both>bilateral(?:ly)?|both (?:\w+ )?(?:sides|hips|wrists|ankles|knees|feet|hands|alae|rami|femor\w+|necks?)|(?:either|each) side|either femoral|either hip)|(?P<left>left(?:-sided)?|lt|l)|(?P<right>right(?:-sided)?|rt|r))\b").ok(),
    level: Regex::new(r"(?i)\b([CTDL])\s?(\d{1,2})\b(?:\s?(-|/|&|\+|to\s|through\s)\s?([CTDL])?\s?(\d{1,2})\b)?((?:,\d{1,2}\b)*)").ok(),
    sequence_after: Regex::new(r"(?i)^\s*(?:/\s*)?,?\s*(?:(?:and|/|&)\s*)?(?:T[12]\b\s*,?\s*(?:and\s+)?(?:STIR|FS|w|sag|ax|cor)|T[12]?\s?-?(?:weighted|w\b)|-?\s?weighted|w\b|signal|STIR|FS\b|fat|hypo\w*|hyper\w*|sequences?|axial|sagittal|sag\b|N\d|M\d|images?|isointense|-?\s*\d\.\d|-?score|root|nerve)").ok(),
    sequence_before: Regex::new(r"(?i)(?:\b(?:sag\w*|ax\w*|cor\w*|low|high|reduced|bright|dark|on|weighted|stag\w+|pT|cT|without|stir|intermediate|loss of normal|conus at|conus ends at|terminates at)|T[12]\s?(?:,|/|and|&))\s*$").ok(),
    join: Regex::new(r"(?i)^\s*(?:\([^)]{0,40}\)\s*)?(?:,|and|&|/|or|\+|,\s*and|as well as|to|-)\s*(?:(?:the|of|left|right|lt|rt|l|r|both|bilateral|upper|lower|anterior|posterior|lateral|medial|superior|inferior|proximal|distal|adjacent|old|healed|\d+(?:st|nd|rd|th)?|to|mild|moderate|severe|body|shafts?)\b\s*|-\s*){0,8}$").ok(),
    far: Regex::new(r"(?i)\b(?:with|extending|extension|extends|adjacent|around|near|below|above|from|causing|involvement|protrusion|widening|at the level of|associated|secondary|into|towards|compared|noted|shows?)\b").ok(),
    of: Regex::new(r"(?i)^\s*(?:lines?\s+|dislocation\s+)?(?:of|through|in|at|involving|to|across|affecting|:)\b").ok(),
}
});

fn fits(form: &Option<Regex>, text: &str) -> bool {
    form.as_ref().is_some_and(|regex| regex.is_match(text))
}

pub(crate) fn sides(text: &str) -> Vec<SideHit> {
    let Some(regex) = FORMS.side.as_ref() else {
        return Vec::new();
    };
    regex
        .captures_iter(text)
        .filter_map(|found| {
            let whole = found.get(0)?;
            let side = if found.name("both").is_some() {
                Side::Both
            } else if found.name("left").is_some() {
                Side::Left
            } else {
                Side::Right
            };
            // "L 4", "L/R", "R.A." and possessives are not sides; "L 4th rib" is one.
            let after = text.get(whole.end()..).unwrap_or("");
            let follows = after.trim_start();
            let number = follows.starts_with(|c: char| c.is_ascii_digit())
                && !follows
                    .trim_start_matches(|c: char| c.is_ascii_digit())
                    .starts_with(char::is_alphabetic);
            let glued = after.starts_with(['/', '.', '\'', '-'])
                || text
                    .get(..whole.start())
                    .is_some_and(|b| b.ends_with(['/', '.', '-', '\'']));
            let taken = whole.as_str().len() == 1 && (number || glued);
            (!taken).then_some(SideHit {
                side,
                start: whole.start(),
                end: whole.end(),
            })
        })
        .collect()
}

pub(crate) fn levels(text: &str) -> Vec<LevelHit> {
    let Some(regex) = FORMS.level.as_ref() else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for found in regex.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        let part = |i: usize| found.get(i).map_or("", |m| m.as_str());
        let before = text.get(..whole.start()).unwrap_or("");
        let after = text.get(whole.end()..).unwrap_or("");
        let magnetic =
            part(1).eq_ignore_ascii_case("t") && matches!(part(2), "1" | "2" | "3" | "4");
        if magnetic && (fits(&FORMS.sequence_after, after) || fits(&FORMS.sequence_before, before))
        {
            continue;
        }
        if after.trim_start().starts_with("root")
            || after.trim_start().starts_with("nerve")
            || before.ends_with('.')
        {
            continue;
        }
        let mut found_levels: Vec<Level> = Vec::new();
        let mut add = |region: &str, number: &str| {
            if let Ok(level) = format!("{region}{number}").parse::<Level>()
                && !found_levels.contains(&level)
            {
                found_levels.push(level);
            }
        };
        let region = part(1);
        add(region, part(2));
        let second_region = if part(4).is_empty() { region } else { part(4) };
        match part(3).trim() {
            "" => {}
            "/" | "&" | "+" => add(second_region, part(5)),
            _ => {
                for level in between(region, part(2), second_region, part(5)) {
                    add("", &level);
                }
            }
        }
        for number in part(6).split(',').filter(|n| !n.is_empty()) {
            add(second_region, number);
        }
        if !found_levels.is_empty() {
            out.push(LevelHit {
                levels: found_levels,
                start: whole.start(),
                end: whole.end(),
            });
        }
    }
    out
}

/// Every level from one to another, in the order of the spine.
fn between(from_region: &str, from: &str, to_region: &str, to: &str) -> Vec<String> {
    let spine: Vec<String> = [("C", 7), ("T", 12), ("L", 5)]
        .into_iter()
        .flat_map(|(region, last)| (1..=last).map(move |n| format!("{region}{n}")))
        .collect();
    let place = |region: &str, number: &str| {
        let name = format!("{region}{number}").parse::<Level>().ok()?;
        spine.iter().position(|level| level == name.as_str())
    };
    match (place(from_region, from), place(to_region, to)) {
        (Some(a), Some(b)) if a <= b => spine.get(a..=b).unwrap_or_default().to_vec(),
        _ => Vec::new(),
    }
}

/// Bones and levels of one sentence, in order, counted from its start. `offset` is where it starts in the text.
pub(crate) fn spots(
    lexicon: &Lexicon,
    sentence: &str,
    offset: usize,
    bones: &[BoneHit],
) -> Vec<Spot> {
    let end = offset + sentence.len();
    let mut out: Vec<Spot> = bones
        .iter()
        .filter(|b| b.start >= offset && b.end <= end)
        .filter_map(|b| {
            let name = lexicon.bones.get(b.bone)?;
            Some(Spot {
                site: name.site,
                levels: name.level.iter().cloned().collect(),
                start: b.start - offset,
                end: b.end - offset,
            })
        })
        .collect();
    for level in levels(sentence) {
        let (start, end) = (level.start, level.end);
        out.retain(|s| s.end <= start || end <= s.start);
        out.push(Spot {
            site: Site::Vertebra,
            levels: level.levels,
            start,
            end,
        });
    }
    out.sort_by_key(|s| s.start);
    out
}

pub(crate) struct Ground<'a> {
    pub text: &'a str,
    pub stops: &'a [(usize, usize)],
    /// Mentions of the sentence: a place beyond another mention belongs to that one.
    pub mentions: &'a [(usize, usize)],
}

impl Ground<'_> {
    pub fn stopped(&self, from: usize, to: usize) -> bool {
        self.stops.iter().any(|s| s.0 >= from && s.1 <= to)
    }

    pub fn gap(&self, a: (usize, usize), b: (usize, usize)) -> &str {
        let (from, to) = if a.1 <= b.0 { (a.1, b.0) } else { (b.1, a.0) };
        self.text.get(from..to).unwrap_or("")
    }

    /// Distance in letters, with clause breaks counted as far.
    pub fn distance(&self, a: (usize, usize), b: (usize, usize)) -> usize {
        if a.0 < b.1 && b.0 < a.1 {
            return 0;
        }
        let (from, to) = if a.1 <= b.0 { (a.1, b.0) } else { (b.1, a.0) };
        let gap = self.text.get(from..to).unwrap_or("");
        let crossed = self
            .mentions
            .iter()
            .filter(|m| m.0 >= from && m.1 <= to)
            .count();
        let stops = self
            .stops
            .iter()
            .filter(|s| s.0 >= from && s.1 <= to)
            .count();
        let far = FORMS
            .far
            .as_ref()
            .map_or(0, |regex| regex.find_iter(gap).count());
        gap.len()
            + gap.matches(',').count() * 15
            + gap.matches(':').count() * 10
            + far * 40
            + stops * 60
            + crossed * 45
    }

    /// The places of one mention: the nearest, with those joined to it by "and" or a comma.
    pub fn places<'s>(
        &self,
        mention: (usize, usize),
        spots: &'s [Spot],
        want: impl Fn(&Spot) -> bool,
    ) -> Vec<&'s Spot> {
        let wanted: Vec<&Spot> = spots.iter().filter(|s| want(s)).collect();
        let nearest = wanted
            .iter()
            .enumerate()
            .map(|(i, s)| {
                let at = (s.start, s.end);
                let follows = s.start >= mention.1 && fits(&FORMS.of, self.gap(mention, at));
                // "fracture of the ..." says where in so many words; one space is as good.
                let bonus = if follows { 14 } else { 0 };
                (self.distance(mention, at).saturating_sub(bonus), i)
            })
            .filter(|(distance, _)| *distance < 160)
            .min();
        let Some((_, chosen)) = nearest else {
            return Vec::new();
        };
        let mut first = chosen;
        let mut last = chosen;
        while first > 0 && self.joined(wanted.get(first - 1), wanted.get(first), mention) {
            first -= 1;
        }
        while self.joined(wanted.get(last), wanted.get(last + 1), mention) {
            last += 1;
        }
        wanted.get(first..=last).unwrap_or_default().to_vec()
    }

    fn joined(&self, a: Option<&&Spot>, b: Option<&&Spot>, mention: (usize, usize)) -> bool {
        let (Some(a), Some(b)) = (a, b) else {
            return false;
        };
        let gap = self.gap((a.start, a.end), (b.start, b.end));
        let touching = gap.trim().is_empty() || gap.trim() == "/" || gap.trim() == "-";
        if !(touching || fits(&FORMS.join, gap)) {
            return false;
        }
        // "L1 and rib fractures": the rib belongs to the second mention.
        let outer = if a.start >= mention.1 { b } else { a };
        let own = self.distance(mention, (outer.start, outer.end));
        !self
            .mentions
            .iter()
            .any(|m| *m != mention && self.distance(*m, (outer.start, outer.end)) + 12 < own)
    }

    /// The side that stands nearest to a bone, in the same clause.
    pub fn side_of(
        &self,
        place: (usize, usize),
        sides: &[SideHit],
        spots: &[Spot],
    ) -> Option<Side> {
        sides
            .iter()
            .map(|hit| {
                let at = (hit.start, hit.end);
                let before = hit.end <= place.0;
                let between = if before {
                    (hit.end, place.0)
                } else {
                    (place.1, hit.start)
                };
                let other = spots
                    .iter()
                    .filter(|s| s.start >= between.0 && s.end <= between.1)
                    .count();
                let after = if before { 0 } else { 12 };
                // A side before another bone is that bone's.
                let leads = !before
                    && spots.iter().any(|s| {
                        s.start >= hit.end
                            && self
                                .text
                                .get(hit.end..s.start)
                                .is_some_and(|g| g.len() < 14 && !g.contains(','))
                    });
                (
                    self.distance(place, at) + other * 20 + after + if leads { 40 } else { 0 },
                    hit.side,
                )
            })
            .filter(|(distance, _)| *distance < 110)
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, side)| side)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<String> {
        levels(text)
            .into_iter()
            .flat_map(|l| l.levels)
            .map(|l| l.to_string())
            .collect()
    }

    #[test]
    fn all_forms_compile() {
        let f = &*FORMS;
        for form in [
            &f.side,
            &f.level,
            &f.sequence_after,
            &f.sequence_before,
            &f.join,
            &f.far,
            &f.of,
        ] {
            assert!(form.is_some());
        }
    }

    #[test]
    fn levels_in_uk_writing() {
        assert_eq!(named("D12 and L1"), ["T12", "L1"]);
        assert_eq!(named("T6-8"), ["T6", "T7", "T8"]);
        assert_eq!(named("T11 to L2"), ["T11", "T12", "L1", "L2"]);
        assert_eq!(named("T11/12"), ["T11", "T12"]);
        assert_eq!(named("D6,7,9"), ["T6", "T7", "T9"]);
        assert_eq!(named("L1, 30% loss"), ["L1"]);
    }

    #[test]
    fn magnetic_resonance_sequences_and_stages_are_not_levels() {
        for text in [
            "Sag T1, T2, STIR",
            "low T1 signal",
            "T1 / STIR",
            "T2-weighted",
            "T3 N1",
            "T2a N1",
        ] {
            assert_eq!(named(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn sides_written_long_and_short() {
        let of = |text: &str| sides(text).into_iter().map(|s| s.side).collect::<Vec<_>>();
        assert_eq!(of("Lt wrist"), [Side::Left]);
        assert_eq!(of("R NOF #"), [Side::Right]);
        assert_eq!(of("L 4"), []);
        assert_eq!(of("both alae"), [Side::Both]);
    }
}
