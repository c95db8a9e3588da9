//! Which of several vertebrae is old and which new, where that is told apart from their fracture: "T9 is new, the
//! others are unchanged", "only L1 shows marrow oedema", "T8 and L1, the latter recent".

use terms::{Level, Site, Status};

use super::{
    draft::Draft,
    reader::{Here, Reader},
    scene::Scene,
};
use crate::{
    language::{
        lexicon::{Hit, Kind},
        sections::Part,
    },
    place::{Span, Spot},
};

/// So many letters from its vertebra an age may stand.
const NEAR: usize = 90;
/// So many letters stand between the vertebrae of one list.
const JOINED: usize = 8;

/// What the words of a sentence give each vertebra, read from left to right.
struct Ages<'a> {
    /// Broken so far, in the order of the report.
    known: &'a [Level],
    /// Of them, those named where the sentence tells of their fracture.
    own: &'a [Level],
    /// Those that have had their turn.
    named: Vec<Level>,
    subject: Vec<Level>,
    /// Where the subject ends.
    at: usize,
    /// "Only": what is said of the subject does not hold for the others.
    only: bool,
    /// "Unaltered apart from L4": what is said holds for the others.
    except: bool,
    /// An age that stands first, "an old T8", and how far it reaches.
    ahead: Option<(Status, usize)>,
    told: Vec<(Vec<Level>, Status)>,
}

impl Ages<'_> {
    fn others(&self, than: &[Level]) -> Vec<Level> {
        let other = |l: &&Level| !than.contains(l);
        self.known.iter().filter(other).cloned().collect()
    }

    /// The vertebrae that a word points at.
    fn pointed(&self, kind: Kind) -> Vec<Level> {
        let one = |level: Option<&Level>| level.cloned().into_iter().collect();
        match kind {
            Kind::Former if self.known.len() == 2 => one(self.known.first()),
            Kind::Latter => one(self.known.last()),
            Kind::All if self.own.is_empty() => self.known.to_vec(),
            Kind::All => self.own.to_vec(),
            Kind::Rest if !self.named.is_empty() => self.others(&self.named),
            Kind::Rest if !self.own.is_empty() => self.others(self.own),
            _ => Vec::new(),
        }
    }

    fn name(&mut self, levels: Vec<Level>, start: usize, end: usize) {
        if levels.is_empty() || !levels.iter().all(|l| self.known.contains(l)) {
            return;
        }
        self.named.extend(levels.iter().cloned());
        match self.ahead {
            Some((status, reach)) if self.except && start <= reach => {
                self.told.push((self.others(&levels), status));
                self.told.push((levels, other_age(status)));
                (self.except, self.ahead) = (false, None);
            }
            Some((status, reach)) if start <= reach => {
                self.told.push((levels, status));
                self.ahead = Some((status, end + JOINED));
            }
            _ => self.subject.extend(levels),
        }
        self.at = end;
    }

    /// An age, and the words between it and the subject.
    fn age(&mut self, status: Status, between: &str, end: usize) {
        if self.subject.is_empty() {
            self.ahead = Some((status, end + NEAR));
        } else if between.len() < NEAR && !between.contains(" the ") {
            let subject = std::mem::take(&mut self.subject);
            if std::mem::take(&mut self.only) {
                self.told.push((self.others(&subject), other_age(status)));
            }
            self.told.push((subject, status));
        }
    }
}

impl Reader<'_> {
    /// Dates vertebrae that were named before. Whether there were any.
    pub fn date_levels(&mut self, made: &[usize], here: &Here<'_, '_>) -> bool {
        let scene = here.scene;
        if !dates(scene) {
            return false;
        }
        if made.is_empty() {
            self.counted_then_named(here);
        }
        let paired = paired(scene);
        let two_ages = paired.iter().any(|(_, status)| *status == Status::Old)
            && paired.iter().any(|(_, status)| *status == Status::Present);
        if two_ages {
            self.apply(&paired, here.index, scene.start, scene);
            return true;
        }
        let made: Vec<&Draft> = made
            .iter()
            .filter_map(|i| self.out.drafts.get(*i))
            .collect();
        if made
            .iter()
            .any(|d| d.status == Status::Absent || d.site != Site::Vertebra)
        {
            return false;
        }
        let known = self.broken_levels();
        if known.len() < 2 {
            return false;
        }
        // What the sentence says of its own fracture stands before this.
        let mut own: Vec<Level> = Vec::new();
        let mut from = scene.start;
        if let Some(end) = made.iter().map(|d| d.end).max() {
            from = end;
            for spot in &scene.spots {
                if spot.levels.iter().any(|l| !own.contains(l)) {
                    own.extend(spot.levels.iter().cloned());
                    from = from.max(spot.end);
                }
            }
        }
        let mut ages = Ages {
            known: &known,
            own: &own,
            named: self.dated.clone(),
            subject: Vec::new(),
            at: from,
            only: false,
            except: false,
            ahead: None,
            told: Vec::new(),
        };
        for step in steps(scene, from) {
            match step {
                Step::Levels(levels, hit) => ages.name(levels, hit.0, hit.1),
                Step::Region(letter, hit) => {
                    let there = |l: &&Level| l.as_str().starts_with(letter);
                    let levels = known.iter().filter(there).cloned().collect();
                    ages.name(levels, hit.0, hit.1);
                }
                Step::Word(hit) => match hit.kind {
                    Kind::Only => ages.only = true,
                    Kind::Except => ages.except = true,
                    Kind::New => {
                        ages.age(Status::Present, scene.words((ages.at, hit.start)), hit.end)
                    }
                    Kind::Old | Kind::Aged => {
                        ages.age(Status::Old, scene.words((ages.at, hit.start)), hit.end);
                    }
                    kind => ages.name(ages.pointed(kind), hit.start, hit.end),
                },
            }
        }
        let told = ages.told;
        self.apply(&told, here.index, from, scene);
        !told.is_empty()
    }

    /// "Four compression fractures. L4 is acute; T11, L1 and L2 are old": the levels are those of the fractures counted.
    fn counted_then_named(&mut self, here: &Here<'_, '_>) {
        let named: Vec<Level> = here
            .scene
            .spots
            .iter()
            .flat_map(|s| s.levels.iter().cloned())
            .collect();
        let text = self.marked.text;
        let counted = self.out.drafts.last_mut().filter(|d| {
            let several = text
                .get(d.start..d.end)
                .is_some_and(|words| words.ends_with('s'));
            d.site == Site::Vertebra
                && d.level.is_empty()
                && d.status == Status::Present
                && d.part != Part::Indication
                && d.sentence + 1 == here.index
                && several
        });
        if let Some(counted) = counted.filter(|_| named.len() > 1) {
            counted.level = named;
        }
    }

    /// Levels that the report calls broken so far, in its order.
    fn broken_levels(&self) -> Vec<Level> {
        let mut known: Vec<Level> = Vec::new();
        for level in self
            .out
            .drafts
            .iter()
            .filter(|d| datable(d))
            .flat_map(|d| &d.level)
        {
            if !known.contains(level) {
                known.push(level.clone());
            }
        }
        known
    }

    fn apply(
        &mut self,
        told: &[(Vec<Level>, Status)],
        sentence: usize,
        from: usize,
        scene: &Scene<'_>,
    ) {
        let mut words = scene.cues.iter().filter(|h| is_age(h) && h.start < from);
        if !told.is_empty() && !words.any(|h| h.kind != Kind::New) {
            // "T8 and L1; the former is old" was taken to say so of both.
            for draft in self
                .out
                .drafts
                .iter_mut()
                .filter(|d| d.sentence == sentence && datable(d))
            {
                draft.status = Status::Present;
            }
        }
        for (levels, status) in told {
            let mut split: Vec<Draft> = Vec::new();
            for draft in self.out.drafts.iter_mut().filter(|d| datable(d)) {
                let dated = |l: &Level| levels.contains(l);
                if !draft.level.iter().any(dated) {
                    continue;
                }
                let (of_it, rest): (Vec<Level>, Vec<Level>) =
                    draft.level.iter().cloned().partition(dated);
                if !rest.is_empty() {
                    split.push(Draft {
                        level: rest,
                        ..draft.clone()
                    });
                }
                draft.level = of_it;
                draft.status = *status;
                draft.fresh = *status == Status::Present;
            }
            self.out.drafts.extend(split);
            self.dated.extend(levels.iter().cloned());
        }
    }
}

enum Step {
    Levels(Vec<Level>, Span),
    /// "The thoracic ones".
    Region(char, Span),
    Word(Hit),
}

impl Step {
    fn start(&self) -> usize {
        match self {
            Self::Levels(_, span) | Self::Region(_, span) => span.0,
            Self::Word(hit) => hit.start,
        }
    }
}

fn other_age(status: Status) -> Status {
    match status {
        Status::Old => Status::Present,
        _ => Status::Old,
    }
}

fn is_age(hit: &Hit) -> bool {
    matches!(hit.kind, Kind::New | Kind::Old | Kind::Aged)
}

/// "L1 (acute), T8 (old)", "T10: acute": ages that stand right behind their levels.
fn paired(scene: &Scene<'_>) -> Vec<(Vec<Level>, Status)> {
    let age_of = |spot: &Spot| {
        let after = scene.after(spot.end);
        let word = after.trim_start_matches([' ', '(', ':', '-', '–']);
        let marked = after.trim_start().starts_with(['(', ':', '-', '–']);
        let at = spot.end + (after.len() - word.len());
        let age = scene.cues.iter().find(|h| is_age(h) && h.start == at);
        age.filter(|_| marked).map(|h| match h.kind {
            Kind::New => Status::Present,
            _ => Status::Old,
        })
    };
    scene
        .spots
        .iter()
        .filter(|s| s.site == Site::Vertebra && !s.levels.is_empty())
        .filter_map(|s| Some((s.levels.clone(), age_of(s)?)))
        .collect()
}

/// Whether the sentence has an age, and something that it may be the age of.
fn dates(scene: &Scene<'_>) -> bool {
    let pointed = [Kind::Rest, Kind::Former, Kind::Latter, Kind::All];
    let aged = [Kind::New, Kind::Old, Kind::Aged];
    aged.iter().any(|kind| scene.has(*kind))
        && !scene.has(Kind::Undated)
        && (scene.vertebral_words() || pointed.iter().any(|kind| scene.has(*kind)))
}

fn steps(scene: &Scene<'_>, from: usize) -> Vec<Step> {
    /// So near to a level a disc or a nerve is the one that is meant.
    const ITS_DISC: usize = 12;
    let mut steps: Vec<Step> = Vec::new();
    for spot in scene
        .spots
        .iter()
        .filter(|s| s.site == Site::Vertebra && s.start >= from)
    {
        if scene.is_spared(spot) || scene.has_within(Kind::Disc, spot.end, spot.end + ITS_DISC) {
            continue;
        }
        if !spot.levels.is_empty() {
            steps.push(Step::Levels(spot.levels.clone(), spot.span()));
            continue;
        }
        let word = scene.words(spot.span()).to_ascii_lowercase();
        let region = [
            ("thorac", 'T'),
            ("dorsal", 'T'),
            ("lumbar", 'L'),
            ("cervic", 'C'),
        ];
        if let Some((_, letter)) = region.iter().find(|(name, _)| word.starts_with(name)) {
            steps.push(Step::Region(*letter, spot.span()));
        }
    }
    let words = scene.cues.iter().filter(|h| {
        h.start >= from
            && (is_age(h)
                || matches!(
                    h.kind,
                    Kind::Rest
                        | Kind::Former
                        | Kind::Latter
                        | Kind::All
                        | Kind::Only
                        | Kind::Except
                ))
    });
    steps.extend(words.map(|h| Step::Word(*h)));
    steps.sort_by_key(Step::start);
    steps
}

/// A vertebral fracture with its level, said by the report itself.
fn datable(draft: &Draft) -> bool {
    draft.site == Site::Vertebra
        && draft.kind != Kind::Cement
        && draft.side.is_none()
        && draft.part != Part::Indication
        && matches!(draft.status, Status::Present | Status::Old)
        && !draft.level.is_empty()
}
