//! Where a mention is: in its sentence, under its heading, or where the report spoke of last.

use terms::{Level, Side, Site, Status};

use super::{
    draft::{Draft, Named},
    reader::{Here, ONE_MORE, Reader},
    says_fracture,
    scene::Scene,
};
use crate::{
    assertion::Cues,
    exam::paired,
    language::{
        lexicon::{Hit, Kind},
        sections::Part,
    },
    place::{Span, Spot, length},
};

/// A bone with its levels and side, and how it was named.
struct Place {
    site: Site,
    levels: Vec<Level>,
    side: Option<Side>,
    named: Named,
}

impl Reader<'_> {
    /// Finds where a mention is, and makes a draft for each place.
    pub fn place(&mut self, here: &Here<'_, '_>, mention: &Hit, status: Status, cues: &Cues<'_>) {
        let scene = here.scene;
        let at = mention.span();
        let vertebral = vertebral(scene, mention);
        let mut places = self.in_sentence(scene, mention, vertebral);
        let spared = scene.spared();
        for place in &mut places {
            place.levels.retain(|l| !spared.contains(l));
        }
        if status == Status::Absent {
            // Many levels beside a denial are the levels that were looked at.
            for place in places.iter_mut().filter(|p| p.levels.len() > 3) {
                place.levels.clear();
            }
        }
        if vertebral
            && places.is_empty()
            && let Some(place) = self.named_here(here)
        {
            places.push(place);
        }
        if status == Status::Absent
            && here.sentence.part == Part::Addendum
            && points_back(scene, at)
        {
            places = self.spoken_of();
        }
        let general = vertebral && places.iter().all(|p| p.levels.is_empty());
        if status != Status::Absent && general && (places.is_empty() || scene.anaphor()) {
            // "Appearances are typical of osteoporotic fracture": the levels are in the sentence before.
            let levels: Vec<Level> = self
                .last_spots
                .iter()
                .filter(|s| s.site == Site::Vertebra)
                .flat_map(|s| s.levels.clone())
                .collect();
            if !levels.is_empty() {
                places = vec![Place {
                    site: Site::Vertebra,
                    levels,
                    side: None,
                    named: Named::Before,
                }];
            }
        }
        if places.is_empty() && self.of_them_all(scene, mention) {
            places = self.last_places();
        }
        if places.is_empty() {
            places.push(self.elsewhere(here, mention, status, vertebral));
        }
        let excepted = (status == Status::Absent && says_fracture(scene.words(at)))
            .then(|| left_out(scene, mention))
            .flatten();
        if let Some(spot) = excepted {
            places.retain(|p| p.site != spot.site || p.levels != spot.levels);
            let ground = scene.ground();
            let side = ground.side_of(spot.span(), &scene.sides, &scene.spots);
            let status = if scene.has_within(Kind::Old, at.1, spot.start) {
                Status::Old
            } else {
                Status::Present
            };
            self.draft(here, mention, status, spot.site, side);
            if let Some(draft) = self.out.drafts.last_mut() {
                draft.level.clone_from(&spot.levels);
            }
        }
        if status == Status::Present && of_several_ages(scene, at) {
            for place in places.iter().filter(|p| p.levels.is_empty()) {
                self.draft(here, mention, Status::Old, place.site, place.side);
            }
        }
        for place in places {
            self.draft(here, mention, status, place.site, place.side);
            if let Some(draft) = self.out.drafts.last_mut() {
                draft.level = place.levels;
                draft.named = place.named;
                draft.fresh = cues.has(Kind::New) && status == Status::Present;
                let either = scene.cues.iter().any(|h| {
                    h.start >= at.1 && scene.words(h.span()).eq_ignore_ascii_case("either")
                });
                let caused = pathological(scene, at);
                let pathological = caused && !either;
                draft.pathological =
                    pathological && matches!(status, Status::Present | Status::Old);
                draft.cause_raised = caused && (either || status == Status::Possible);
                draft.qualified = status == Status::Absent && qualified(scene, at);
                draft.osteoporotic = !caused && osteoporotic(scene);
            }
        }
    }

    /// "L1 has fractured, with oedema of its upper half and 40% height loss": of the vertebra of its own sentence.
    fn named_here(&self, here: &Here<'_, '_>) -> Option<Place> {
        let draft = self.out.drafts.last()?;
        let here = draft.sentence == here.index && draft.site == Site::Vertebra;
        (here && !draft.level.is_empty()).then(|| Place {
            site: Site::Vertebra,
            levels: draft.level.clone(),
            side: None,
            named: Named::Before,
        })
    }

    /// What the report said to be broken last.
    fn spoken_of(&self) -> Vec<Place> {
        let said = |d: &&Draft| d.status != Status::Absent && d.part != Part::Indication;
        let last = self.out.drafts.iter().rev().find(said);
        let place = last.map(|draft| Place {
            site: draft.site,
            levels: draft.level.clone(),
            side: draft.side,
            named: Named::Before,
        });
        place.into_iter().collect()
    }

    /// "These are insufficiency fractures": of every bone named before.
    fn of_them_all(&self, scene: &Scene<'_>, mention: &Hit) -> bool {
        let several = scene.words(mention.span()).ends_with('s');
        let sites = || {
            let after = scene.after(mention.end);
            ["these sites", "both sites", "these levels"]
                .iter()
                .any(|words| after.contains(words))
        };
        several && scene.anaphor() && (scene.of_several() || sites())
    }

    fn last_places(&self) -> Vec<Place> {
        let mut places: Vec<Place> = Vec::new();
        for spot in &self.last_spots {
            let levels = spot.levels.iter().cloned();
            match places.iter_mut().find(|p| p.site == spot.site) {
                Some(known) => known.levels.extend(levels),
                None => places.push(Place {
                    site: spot.site,
                    levels: levels.collect(),
                    side: None,
                    named: Named::Before,
                }),
            }
        }
        places
    }

    /// The places that the sentence of the mention names for it.
    fn in_sentence(&self, scene: &Scene<'_>, mention: &Hit, vertebral: bool) -> Vec<Place> {
        let ground = scene.ground();
        let at = mention.span();
        let mut spots: Vec<&Spot> = if vertebral {
            let found = ground.places(at, &scene.spots, |s| {
                s.site == Site::Vertebra && !s.levels.is_empty()
            });
            let mut levels = scene.spots.iter().filter(|s| !s.levels.is_empty());
            match (levels.next(), levels.next()) {
                // However far off, the only one.
                (Some(only), None) if found.is_empty() => vec![only],
                _ if found.is_empty() => {
                    ground.places(at, &scene.spots, |s| s.site == Site::Vertebra)
                }
                _ => found,
            }
        } else {
            ground.places(at, &scene.spots, |_| true)
        };
        // A mention that names its own bone ("trimalleolar", "Colles") needs no other.
        let inside: Vec<&Spot> = scene
            .spots
            .iter()
            .filter(|s| s.start >= at.0 && s.end <= at.1)
            .collect();
        if let Some(own) = inside.first().filter(|_| !vertebral)
            && !spots.iter().any(|s| s.site == own.site)
        {
            spots = inside;
        }
        // "Old ones on the left and a new one on the right."
        let another = scene
            .sides
            .iter()
            .find(|side| side.start >= at.1)
            .filter(|_| self.lexicon.rule_name(mention.rule) == ONE_MORE);
        let mut places: Vec<Place> = Vec::new();
        for spot in spots {
            let of_a_process = spot.site == Site::Vertebra && scene.has(Kind::Process);
            let midline =
                spot.site == Site::Sternum || (spot.site == Site::Vertebra && !of_a_process);
            let side = if midline {
                None
            } else if let Some(own) = another {
                Some(own.side)
            } else {
                ground.side_of(spot.span(), &scene.sides, &scene.spots)
            };
            let mut levels = spot.levels.clone();
            if spot.site == Site::Vertebra && levels.is_empty() {
                // "fracture of the vertebral body of L1": the level stands further off.
                levels = ground
                    .places(spot.span(), &scene.spots, |s| !s.levels.is_empty())
                    .into_iter()
                    .filter(|s| ground.distance(spot.span(), s.span()) < 60)
                    .flat_map(|s| s.levels.iter().cloned())
                    .collect();
            }
            let vertebra = spot.site == Site::Vertebra;
            let same = places.iter_mut().find(|p| {
                p.site == spot.site
                    && (vertebra || p.side == side || side.is_none() || p.side.is_none())
            });
            match same {
                Some(place) => {
                    for level in levels {
                        if !place.levels.contains(&level) {
                            place.levels.push(level);
                        }
                    }
                    place.side = place.side.or(side);
                }
                None => places.push(Place {
                    site: spot.site,
                    levels,
                    side,
                    named: Named::Here,
                }),
            }
        }
        self.proximal_femur(scene, &mut places);
        places
    }

    /// "Intertrochanteric fracture of the femur", and "atypical femoral fracture" after a sentence about the
    /// trochanters: the proximal femur.
    fn proximal_femur(&self, scene: &Scene<'_>, places: &mut [Place]) {
        let names = |spots: &[Spot], site: Site| spots.iter().any(|s| s.site == site);
        // Of a femur that was named beside a trochanter, the proximal shaft is still near it.
        let further_down = |s: &Spot| {
            let words = self.marked.text.get(s.start..s.end).unwrap_or("");
            let word = words.get(..8).unwrap_or("");
            s.site == Site::Femur && !word.eq_ignore_ascii_case("proximal")
        };
        let bare = scene.spots.iter().filter(|s| further_down(s)).all(|s| {
            let word = scene.words(s.span());
            word.eq_ignore_ascii_case("femur") || word.eq_ignore_ascii_case("femoral")
        });
        // The other femur is another bone.
        let other_side = scene
            .sides
            .first()
            .zip(self.last_side)
            .is_some_and(|(here, last)| here.side != last);
        let proximal = names(&scene.spots, Site::Hip)
            || (!other_side
                && names(&self.last_spots, Site::Hip)
                && !self.last_spots.iter().any(further_down));
        if bare && proximal {
            for place in places.iter_mut().filter(|p| p.site == Site::Femur) {
                place.site = Site::Hip;
            }
        }
    }

    /// A mention whose sentence names no bone.
    fn elsewhere(
        &self,
        here: &Here<'_, '_>,
        mention: &Hit,
        status: Status,
        vertebral: bool,
    ) -> Place {
        let scene = here.scene;
        let own_side = scene.sides.first().map(|s| s.side);
        let place = |site, side, named| Place {
            site,
            levels: Vec::new(),
            side,
            named,
        };
        if vertebral {
            return place(Site::Vertebra, None, Named::Here);
        }
        // Far off in the sentence, but the only bone that it names.
        let mut named = scene.spots.iter().map(|s| s.site);
        if let Some(site) = named.next()
            && named.all(|other| other == site)
            && status != Status::Absent
        {
            return place(site, own_side, Named::Here);
        }
        if let Some(site) = self.header_site(here.sentence) {
            return place(site, own_side, Named::Header);
        }
        if status == Status::Absent {
            if scene.has_within(Kind::Other, scene.start, mention.start) {
                return place(Site::Unspecified, None, Named::Nowhere);
            }
        } else {
            let spoken = self.out.drafts.iter().rev().find(|d| {
                d.status != Status::Absent
                    && d.site != Site::Unspecified
                    && d.part != Part::Indication
            });
            if let Some(draft) = spoken {
                return place(draft.site, own_side.or(draft.side), Named::Before);
            }
            let spot = self
                .last_spots
                .iter()
                .rev()
                .find(|s| s.site != Site::Vertebra || !s.levels.is_empty());
            if let Some(spot) = spot {
                return Place {
                    levels: spot.levels.clone(),
                    ..place(
                        spot.site,
                        own_side
                            .or(self.last_side)
                            .filter(|_| spot.site != Site::Vertebra),
                        Named::Before,
                    )
                };
            }
            let history = self
                .out
                .drafts
                .iter()
                .rev()
                .find(|d| d.part == Part::Indication && d.site != Site::Unspecified);
            if let (None, Some(draft)) = (self.exam.site, history) {
                return place(draft.site, own_side.or(draft.side), Named::Before);
            }
        }
        match self.exam.site {
            Some(site) => place(site, own_side, Named::Exam),
            None => place(Site::Unspecified, own_side, Named::Nowhere),
        }
    }

    pub fn draft(
        &mut self,
        here: &Here<'_, '_>,
        mention: &Hit,
        status: Status,
        site: Site,
        side: Option<Side>,
    ) {
        let asked = here.sentence.part == Part::Indication;
        let side = side.or(self.exam.side.filter(|_| paired(site) && !asked));
        self.out.drafts.push(Draft {
            kind: match mention.kind {
                Kind::Line | Kind::BloodFat => Kind::Sign,
                Kind::OddNear | Kind::Uptake => Kind::Odd,
                kind => kind,
            },
            rule: self.lexicon.rule_name(mention.rule).to_owned(),
            part: here.sentence.part,
            sentence: here.index,
            start: mention.start,
            end: mention.end,
            site,
            named: Named::Here,
            level: Vec::new(),
            side,
            status,
            fresh: false,
            qualified: false,
            pathological: false,
            cause_raised: false,
            osteoporotic: false,
            said_fracture: says_fracture(here.scene.words(mention.span())),
        });
    }
}

/// "No other fracture apart from that of the radius", "heights are kept but for L1": the bone that a denial leaves out,
/// if nothing more is said of it.
pub(super) fn left_out<'s>(scene: &'s Scene<'_>, mention: &Hit) -> Option<&'s Spot> {
    let except = scene
        .cues
        .iter()
        .find(|h| h.kind == Kind::Except && h.start >= mention.end)?;
    let spot = scene.spots.iter().find(|s| s.start >= except.end)?;
    let small = |word: &str| {
        [
            "the", "that", "those", "one", "of", "in", "at", "to", "left", "right", "old", "known",
            "a",
        ]
        .iter()
        .any(|small| small.eq_ignore_ascii_case(word))
    };
    let more = scene.mentions.iter().any(|m| m.start >= except.end);
    let mut between = scene.words((except.end, spot.start)).split_whitespace();
    let mut after = scene.after(spot.end).split_whitespace();
    let ends = after.all(|word| !word.starts_with(char::is_alphabetic) || word == "fracture");
    (!more && ends && between.all(small)).then_some(spot)
}

/// "The fracture described above is not real."
fn points_back(scene: &Scene<'_>, mention: Span) -> bool {
    const NEAR: usize = 40;
    let after = scene.after(mention.1).to_ascii_lowercase();
    let near = after.get(..NEAR.min(after.len())).unwrap_or(&after);
    [
        "above",
        "originally",
        "withdrawn",
        "initially",
        "previously",
        "first report",
        "original report",
    ]
    .iter()
    .any(|word| near.contains(word))
}

/// Whether a mention is one of the spine: "crush fracture of the tuft" is not.
fn vertebral(scene: &Scene<'_>, mention: &Hit) -> bool {
    match mention.kind {
        Kind::Shape | Kind::Cement => true,
        Kind::Vertebral => {
            scene.vertebral_words()
                || scene.spots.is_empty()
                || !(says_fracture(scene.words(mention.span())) || injury(scene, mention))
        }
        _ => false,
    }
}

/// "Compression injury of the cuboid".
fn injury(scene: &Scene<'_>, mention: &Hit) -> bool {
    scene
        .words(mention.span())
        .to_ascii_lowercase()
        .contains("injur")
}

fn pathological(scene: &Scene<'_>, mention: Span) -> bool {
    scene.cues.iter().any(|h| {
        h.kind == Kind::Pathological
            && (h.start < mention.1 && mention.0 < h.end
                // "Collapse of L3 - pathological."
                || h.start >= mention.1 && length(scene.words((mention.1, h.start))) < 25
                // "A fracture of the middle third, through the known metastasis."
                || h.start >= mention.1
                    && scene.words(h.span()).starts_with("through")
                    && !scene.stops.iter().any(|s| s.0 >= mention.1 && s.1 <= h.start)
                || h.end <= mention.0
                    && length(scene.words((h.end, mention.0))) < 40
                    && !scene.stops.iter().any(|s| s.0 >= h.end && s.1 <= mention.0))
    })
}

/// "Rib fractures of differing ages": some are old and some are not.
fn of_several_ages(scene: &Scene<'_>, mention: Span) -> bool {
    let after = scene.after(mention.1).to_ascii_lowercase();
    let ages = after.find(" ages").and_then(|at| after.get(..at));
    ages.is_some_and(|before| {
        [
            "differing",
            "different",
            "varying",
            "various",
            "variable",
            "mixed",
        ]
        .iter()
        .any(|word| before.ends_with(word))
    })
}

fn osteoporotic(scene: &Scene<'_>) -> bool {
    let words = scene.after(scene.start).to_ascii_lowercase();
    ["osteopor", "fragility", "insufficiency"]
        .iter()
        .any(|word| words.contains(word))
}

/// Whether a denial is only of an acute, new or further fracture.
fn qualified(scene: &Scene<'_>, mention: Span) -> bool {
    let from = scene
        .cues
        .iter()
        .filter(|h| h.kind == Kind::Deny && h.end <= mention.0)
        .map(|h| h.end)
        .max()
        .unwrap_or(scene.start);
    scene.has_within(Kind::Qualified, from, mention.1)
}
