//! Sentences that say what an earlier one means: a name for a shape, its age, its cause, its treatment.

use terms::{Side, Site, Status};

use super::{
    draft::{Draft, Named},
    reader::{Here, Reader},
    scene::Scene,
};
use crate::{
    assertion::Cues,
    language::{
        automaton::RuleId,
        lexicon::{Hit, Kind},
        sections::Part,
        segment::Sentence,
    },
    place::{Spot, length},
};

impl Reader<'_> {
    /// A sentence may explain what an earlier mention means: a name for a shape, its age, its cause.
    pub fn explain(&mut self, made: &[usize], here: &Here<'_, '_>, cues: &Cues<'_>) {
        let scene = here.scene;
        let anaphor = scene.anaphor();
        // "Longstanding, I suspect" speaks on of vertebrae, where it loses nobody.
        // So does "older studies reviewed: it was like this in 2018".
        let of_it = |h: &Hit| {
            let words = scene.words(h.span());
            matches!(h.kind, Kind::Aged | Kind::AgedSpine)
                && (words.starts_with("it ") || words.starts_with("they "))
        };
        let again = scene.opens_with(Kind::Again) && !scene.of_the_reporter()
            || scene.cues.iter().any(of_it);
        let first = made.first().copied().unwrap_or(self.out.drafts.len());
        let subject = (0..first).rev().find(|i| {
            self.out
                .drafts
                .get(*i)
                .is_some_and(|d| !matches!(d.status, Status::Absent) && d.part != Part::Indication)
        });
        let sentence = made
            .first()
            .and_then(|i| self.out.drafts.get(*i))
            .map(|d| d.sentence);
        let near = subject
            .and_then(|i| self.out.drafts.get(i))
            .is_some_and(|d| {
                let end_of_subject = d.end;
                // The sentence right after, or the first of the conclusion.
                length(
                    self.marked
                        .text
                        .get(end_of_subject..scene.start)
                        .unwrap_or(""),
                ) < 260
                    && sentence.is_none_or(|s| s <= d.sentence + 2)
            });
        let tumour = scene.has(Kind::Tumour);
        // "Whether this is pathological cannot be told."
        let cause = tumour || (anaphor && made.is_empty() && scene.has(Kind::Pathological));
        let raised = cause
            && (scene.has(Kind::Doubt) || scene.has(Kind::StrongDoubt) || scene.has(Kind::Doubted));

        if made.is_empty() {
            if let Some(old) = self.of_the_other(here, cues, subject) {
                return self.out.drafts.push(old);
            }
            let Some(draft) = subject
                .filter(|_| near)
                .and_then(|i| self.out.drafts.get_mut(i))
            else {
                return;
            };
            if raised
                && draft.site == Site::Vertebra
                && (anaphor && !of_an_organ(scene)
                    || scene.vertebral_words()
                    || (scene.spots.is_empty()
                        && (scene.tumour_of_no_organ() || !scene.mentions.is_empty())))
            {
                draft.cause_raised = true;
            }
            if !raised && scene.opens_with(Kind::Pathological) {
                draft.pathological = true;
            }
            if anaphor && draft.status == Status::Possible && cues.denies_it(scene.start) {
                // "A fracture was looked for. It was not found."
                self.restate_from(subject, Status::Possible, Status::Absent);
            } else if anaphor
                && scene.has(Kind::Variant)
                && !draft.said_fracture
                && draft.status == Status::Present
            {
                let doubtful = scene
                    .cues
                    .iter()
                    .filter(|h| h.kind == Kind::Variant)
                    .all(|v| cues.doubts(v.span()));
                let to = if doubtful {
                    Status::Possible
                } else {
                    Status::Absent
                };
                self.restate(subject, to);
            } else if (anaphor || again && draft.site == Site::Vertebra)
                // Of one vertebra there are no others: "the other bodies are of normal signal".
                && !scene.opens_with(Kind::Rest)
                && !scene.has(Kind::Undated)
                && !scene.has(Kind::New)
                && cues.calls_old(scene.start, draft.site == Site::Vertebra)
                && draft.status == Status::Present
                && !draft.fresh
            {
                let spine = draft.site == Site::Vertebra;
                self.restate(subject, Status::Old);
                if spine && scene.of_several() {
                    self.restate_spine();
                }
            } else if scene.of_the_reporter()
                && scene.has(Kind::Doubted)
                && !scene.has(Kind::Undated)
                && scene.spots.is_empty()
                && !raised
                && draft.kind == Kind::Shape
                && draft.status == Status::Present
            {
                self.restate(subject, Status::Possible);
            }
            return;
        }
        // Within the sentence: a shape followed by what it may stand for.
        let mut gone: Vec<usize> = Vec::new();
        for &i in made {
            let Some(draft) = self.out.drafts.get(i).cloned() else {
                continue;
            };
            if !matches!(draft.kind, Kind::Fracture | Kind::Vertebral | Kind::Shape) {
                continue;
            }
            let about = made
                .iter()
                .copied()
                .filter(|j| *j < i && !gone.contains(j))
                .rfind(|j| {
                    self.out
                        .drafts
                        .get(*j)
                        .is_some_and(|d| d.start != draft.start && d.shape_like())
                })
                .or(subject
                    .filter(|_| near && (anaphor || speaks_on(&draft)))
                    .filter(|j| {
                        self.out
                            .drafts
                            .get(*j)
                            .is_some_and(|d| !d.said_fracture || raised)
                    }));
            let Some(about) = about else { continue };
            let Some(shape) = self.out.drafts.get(about).cloned() else {
                continue;
            };
            // "Loss of height of D7 and D8, probably old wedge fractures": no other level is named for these.
            let of_its_list = || {
                let own = |s: &Spot| s.start >= draft.start && !s.levels.is_empty();
                draft.sentence == shape.sentence
                    && draft.level.iter().all(|l| shape.level.contains(l))
                    && !scene.spots.iter().any(own)
            };
            let same_place = draft.level.is_empty()
                || draft.level == shape.level
                || of_its_list()
                || draft.named == Named::Before;
            let same_site = draft.site == shape.site
                || draft.named != Named::Here
                || shape.site == Site::Unspecified;
            if !same_place || !same_site || (shape.status == Status::Absent) {
                continue;
            }
            let Some(target) = self.out.drafts.get_mut(about) else {
                continue;
            };
            match draft.status {
                // "A further fracture is possible."
                Status::Possible if scene.has_within(Kind::Other, scene.start, draft.start) => {
                    continue;
                }
                Status::Possible => {
                    if raised || draft.cause_raised {
                        target.cause_raised = true;
                        if matches!(target.kind, Kind::Sign | Kind::Odd) {
                            target.status = Status::Possible;
                        }
                    } else if !shape.said_fracture {
                        target.status = Status::Possible;
                        if matches!(target.kind, Kind::Sign | Kind::Odd) {
                            target.kind = draft.kind;
                        }
                    } else {
                        continue;
                    }
                }
                Status::Absent => {
                    if shape.site == Site::Vertebra && !draft.qualified && scene.has(Kind::Variant)
                    {
                        // "May reflect obliquity rather than a fracture" leaves it open.
                        let open = scene
                            .cues
                            .iter()
                            .filter(|h| h.kind == Kind::Variant)
                            .all(|v| cues.doubts(v.span()));
                        target.status = if open {
                            Status::Possible
                        } else {
                            Status::Absent
                        };
                    } else {
                        continue;
                    }
                }
                status => {
                    if matches!(target.kind, Kind::Sign | Kind::Odd) {
                        target.kind = draft.kind;
                        target.status = status;
                    } else if status == Status::Old || target.status == Status::Possible {
                        target.status = status;
                    }
                    target.cause_raised |= raised;
                    target.pathological |= draft.pathological;
                    target.fresh |= draft.fresh;
                    if target.side.is_none() {
                        target.side = draft.side;
                    }
                }
            }
            if target.site == Site::Unspecified && draft.site != Site::Unspecified {
                (target.site, target.named, target.side) = (draft.site, draft.named, draft.side);
                target.level.clone_from(&draft.level);
            }
            target.said_fracture |= draft.said_fracture;
            if draft.end > target.end
                && length(self.marked.text.get(target.start..draft.end).unwrap_or("")) < 400
                && draft.sentence == target.sentence
            {
                target.end = draft.end;
                target.rule.clone_from(&draft.rule);
            }
            gone.push(i);
        }
        gone.sort_unstable();
        for i in gone.into_iter().rev() {
            if i < self.out.drafts.len() {
                self.out.drafts.remove(i);
            }
        }
        // Malignancy raised in the sentence of a vertebral fracture, or in the one after it.
        if raised {
            let odd = made
                .iter()
                .all(|i| self.out.drafts.get(*i).is_some_and(|d| d.kind == Kind::Odd));
            let from = match subject {
                // "Collapsed L3. Plasmacytoma versus insufficiency."
                Some(before) if odd && near && (anaphor || scene.spots.is_empty()) => before,
                _ => made.first().copied().unwrap_or(0),
            };
            for draft in self.out.drafts.iter_mut().skip(from) {
                if draft.site == Site::Vertebra && !matches!(draft.status, Status::Absent) {
                    draft.cause_raised = true;
                }
            }
        }
    }

    /// What a later sentence says holds for everything said in the sentence it points to.
    fn restate(&mut self, subject: Option<usize>, status: Status) {
        self.restate_from(subject, Status::Present, status);
    }

    /// "These are chronic": of all vertebrae named, but those called new.
    fn restate_spine(&mut self) {
        let of_them = |d: &&mut Draft| {
            d.site == Site::Vertebra
                && d.part != Part::Indication
                && d.status == Status::Present
                && !d.fresh
        };
        for draft in self.out.drafts.iter_mut().filter(of_them) {
            draft.status = Status::Old;
        }
    }

    fn restate_from(&mut self, subject: Option<usize>, from: Status, to: Status) {
        let Some(sentence) = subject
            .and_then(|i| self.out.drafts.get(i))
            .map(|d| d.sentence)
        else {
            return;
        };
        for draft in self
            .out
            .drafts
            .iter_mut()
            .filter(|d| d.sentence == sentence && d.status == from)
        {
            draft.status = to;
        }
    }

    /// "The femoral neck shows a [message exceeds field length]".
    fn cut_within(&self, here: &Here<'_, '_>) -> bool {
        let cut = here.scene.cues.iter().find(|h| h.kind == Kind::Cut);
        cut.is_some_and(|cut| {
            let tokens = self.marked.tokens(here.sentence);
            let before = tokens.partition_point(|t| t.end <= cut.start);
            let before = tokens.get(..before).unwrap_or_default();
            let words = before
                .iter()
                .rposition(crate::language::token::Token::is_word);
            words.is_some_and(|last| {
                self.lexicon
                    .sections
                    .leaves_open(before.get(..=last).unwrap_or_default())
            })
        })
    }

    /// A report that ends in mid sentence at a bone may have gone on to speak of its fracture.
    pub fn cut_off(&mut self, here: &Here<'_, '_>, silent: bool) {
        let scene = here.scene;
        let marked = self
            .marked
            .hits(here.index + 1)
            .iter()
            .any(|h| h.kind == Kind::Cut)
            || (here.index + 1 == self.marked.sentences.len()
                && self
                    .lexicon
                    .sections
                    .leaves_open(self.marked.tokens(here.sentence)));
        if !(silent && (scene.open() && marked || self.cut_within(here))) {
            return;
        }
        let whole = Hit {
            kind: Kind::Odd,
            rule: RuleId::MAX,
            start: scene.start,
            end: scene.end,
        };
        let (site, levels) = scene.spots.last().map_or(
            (self.exam.site.unwrap_or(Site::Unspecified), Vec::new()),
            |s| (s.site, s.levels.clone()),
        );
        self.draft(here, &whole, Status::Possible, site, None);
        if let Some(draft) = self.out.drafts.last_mut() {
            draft.level = levels;
        }
    }

    /// A film of a fracture that was fixed or plastered lately, which does not say "fracture" again; and one
    /// of a fracture of long ago, which does.
    pub fn treated(&mut self, scenes: &[(usize, &Sentence, Scene<'_>)]) {
        let details = || {
            let asked = scenes.iter().filter(|(_, s, _)| s.part == Part::Indication);
            asked.map(|(_, _, scene)| scene)
        };
        let titled = |kind: Kind| {
            let titles = self.marked.sentences.iter().enumerate();
            titles
                .filter(|(_, s)| s.part == Part::Title)
                .any(|(i, _)| self.marked.hits(i).iter().any(|h| h.kind == kind))
        };
        let told = |kind: Kind| details().any(|scene| scene.has(kind)) || titled(kind);
        let weeks = told(Kind::Lately);
        let months = details().any(|scene| long_ago(scene));
        let broken = details().any(|scene| scene.has(Kind::Treated));
        if weeks && !months && (broken || titled(Kind::Lately) || titled(Kind::Treated)) {
            self.position_unchanged(scenes);
        }
        let body = || scenes.iter().filter(|(_, s, _)| s.part != Part::Indication);
        let fixation = body().find(|(_, _, scene)| scene.has(Kind::Fixation));
        if broken && months && !weeks {
            // After a fall the break is a new one, unless the report says otherwise.
            let fell = details().any(|scene| scene.has(Kind::Fell) || scene.has(Kind::Low));
            if fixation.is_some() && !fell {
                let treated: Vec<Site> = details()
                    .flat_map(|scene| scene.spots.iter().map(|s| s.site))
                    .collect();
                let sides: Vec<Side> = details()
                    .filter(|scene| long_ago(scene))
                    .flat_map(|scene| scene.sides.iter().map(|s| s.side))
                    .collect();
                self.treated_then(scenes, &treated, &sides);
            }
            return;
        }
        let fracture = |scene: &&Scene<'_>| {
            let named = |m: &Hit| matches!(m.kind, Kind::Fracture | Kind::Vertebral);
            scene.mentions.iter().any(named)
        };
        let asked = details().find(fracture);
        let treated = told(Kind::Treated) && details().next().is_some();
        if months || !weeks || !treated || (asked.is_none() && told(Kind::Elective)) {
            return;
        }
        if body().any(|(_, _, scene)| scene.has(Kind::Healed)) && asked.is_some() {
            return;
        }
        let treated = details()
            .filter(|scene| scene.has(Kind::Treated))
            .find_map(|scene| scene.spots.first());
        self.treated_lately(asked, treated, fixation);
    }

    /// "T10: acute fracture. T7: long-standing." and "those on the left are old": one more, of another level or side.
    fn of_the_other(
        &self,
        here: &Here<'_, '_>,
        cues: &Cues<'_>,
        subject: Option<usize>,
    ) -> Option<Draft> {
        let scene = here.scene;
        let draft = self.out.drafts.get(subject?)?;
        let old = Draft {
            status: Status::Old,
            sentence: here.index,
            fresh: false,
            ..draft.clone()
        };
        if draft.sentence + 1 != here.index || !scene.mentions.is_empty() {
            return None;
        }
        if draft.site == Site::Vertebra {
            let first = scene.spots.first().filter(|s| s.start == scene.start)?;
            let after = scene.after(first.end).strip_prefix(':')?;
            let at = scene.end - after.trim_start().len();
            let age = scene.cues.iter().find(|h| h.start == at)?;
            let other =
                !first.levels.is_empty() && first.levels.iter().all(|l| !draft.level.contains(l));
            let aged = matches!(age.kind, Kind::Aged | Kind::Old);
            return (other && aged && !draft.level.is_empty()).then(|| Draft {
                level: first.levels.clone(),
                ..old
            });
        }
        let opens = scene.after(scene.start).to_ascii_lowercase();
        let those = ["those ", "that ", "the one ", "the ones "];
        let side = scene.sides.first()?.side;
        let other = draft
            .side
            .is_some_and(|own| own != side && own != Side::Both);
        let one = ["the left", "the right"]
            .iter()
            .any(|side| opens.starts_with(side))
            && [" one ", " ones "].iter().any(|one| opens.contains(one));
        let told = (one || those.iter().any(|word| opens.starts_with(word)))
            && scene.spots.is_empty()
            && cues.calls_old(scene.start, false);
        (other && told && side != Side::Both).then_some(Draft {
            side: Some(side),
            ..old
        })
    }

    /// "Unchanged since the film of last week" is said of the position, not of the age.
    fn position_unchanged(&mut self, scenes: &[(usize, &Sentence, Scene<'_>)]) {
        for (index, _, scene) in scenes.iter().filter(|(_, s, _)| s.part != Part::Indication) {
            if scene.has(Kind::Healed) || scene.has(Kind::LongAgo) {
                continue;
            }
            for draft in self
                .out
                .drafts
                .iter_mut()
                .filter(|d| d.sentence == *index && d.status == Status::Old)
            {
                draft.status = Status::Present;
            }
        }
    }

    /// What was treated long ago is old; a break beside the metal of then is a new one.
    fn treated_then(
        &mut self,
        scenes: &[(usize, &Sentence, Scene<'_>)],
        treated: &[Site],
        sides: &[Side],
    ) {
        let other_side =
            |d: &Draft| !sides.is_empty() && d.side.is_some_and(|side| !sides.contains(&side));
        let beside_metal = |d: &Draft| {
            let mut here = scenes.iter().filter(|(index, ..)| *index == d.sentence);
            here.any(|(_, _, scene)| scene.has(Kind::BesideMetal))
        };
        for draft in self.out.drafts.iter_mut().filter(|d| {
            d.status == Status::Present
                && !d.fresh
                && !beside_metal(d)
                && !other_side(d)
                && d.site != Site::Vertebra
                && (treated.is_empty() || treated.contains(&d.site))
        }) {
            draft.status = Status::Old;
        }
    }

    /// A check of the last weeks speaks of callus, fragments and metal, and means the fracture.
    fn treated_lately(
        &mut self,
        asked: Option<&Scene<'_>>,
        treated: Option<&Spot>,
        fixation: Option<&(usize, &Sentence, Scene<'_>)>,
    ) {
        let healing = |d: &&mut Draft| {
            let words = self.marked.text.get(d.start..d.end).unwrap_or("");
            let words = words.to_ascii_lowercase();
            d.kind == Kind::Odd
                && d.part != Part::Indication
                && ["callus", "callous", "fragment", "displaced"]
                    .iter()
                    .any(|word| words.contains(word))
        };
        let mut found = false;
        for draft in self.out.drafts.iter_mut().filter(healing) {
            draft.kind = Kind::Fracture;
            draft.status = Status::Present;
            found = true;
        }
        let spoken = self.out.drafts.iter().any(|d| {
            d.part != Part::Indication && d.site != Site::Unspecified && d.status != Status::Absent
        });
        let Some((index, sentence, scene)) = fixation.filter(|_| !found && !spoken) else {
            return;
        };
        let site = asked
            .and_then(|scene| scene.spots.first())
            .or(scene.spots.first())
            .map(|s| s.site)
            .or(self.exam.site)
            // "Elbow. Post tension band wiring of olecranon."
            .or(treated.map(|s| s.site))
            .unwrap_or(Site::Unspecified);
        let Some(cue) = scene.cues.iter().find(|h| h.kind == Kind::Fixation) else {
            return;
        };
        if asked.is_none() && matches!(site, Site::Vertebra | Site::Unspecified) {
            return;
        }
        let here = Here {
            index: *index,
            sentence,
            scene,
        };
        let healed = scene.has(Kind::Healed);
        let status = if healed { Status::Old } else { Status::Present };
        self.draft(&here, cue, status, site, None);
        if let Some(draft) = self.out.drafts.last_mut() {
            draft.kind = Kind::Fracture;
        }
    }
}

/// "Fracture is possible": about what the sentence before described.
fn speaks_on(draft: &Draft) -> bool {
    draft.named == Named::Before
        || (draft.named > Named::Before && draft.status == Status::Possible)
}

/// More than three months, or years.
fn long_ago(scene: &Scene<'_>) -> bool {
    scene
        .cues
        .iter()
        .filter(|h| h.kind == Kind::LongAgo)
        .any(|h| {
            let words = scene.words(h.span()).to_ascii_lowercase();
            let number: u32 = words
                .chars()
                .take_while(char::is_ascii_digit)
                .collect::<String>()
                .parse()
                .unwrap_or(0);
            let months = words.contains('/') || words.contains('m');
            !months || number > 3
        })
}

/// "Indeterminate adrenal nodule, metastasis possible": its first word speaks on about nothing.
fn of_an_organ(scene: &Scene<'_>) -> bool {
    let words = scene.after(scene.start).to_ascii_lowercase();
    scene.has(Kind::Organ)
        && [
            "indeterminate",
            "borderline",
            "uncertain",
            "probably",
            "possibly",
            "likely",
        ]
        .iter()
        .any(|word| words.starts_with(word))
}
