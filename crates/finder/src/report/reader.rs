//! Goes through the sentences of a report in order and notes what each says.

use terms::{Level, Side, Site, Status};

use super::{
    Marked,
    draft::{Aside, AsideWhy, Read},
    placing::left_out,
    says_fracture,
    scene::Scene,
    site_of,
};
use crate::{
    assertion::{Cues, Stand},
    exam::Exam,
    language::{
        lexicon::{Hit, Kind, Lexicon},
        sections::Part,
        segment::Sentence,
    },
    mechanism,
    place::{Span, Spot, length},
    policy::Policy,
    reading::Energy,
};

/// The rule of "a new one", which has its bone from the mention before it.
pub(super) const ONE_MORE: &str = "fracture.one_more";

/// No report speaks of so many fractures. Comparing them grows with the square.
const MOST_DRAFTS: usize = 500;

pub(super) struct Reader<'a> {
    pub lexicon: &'a Lexicon,
    pub marked: &'a Marked<'a>,
    pub exam: &'a Exam,
    policy: &'a Policy,
    pub out: Read,
    /// Bones of the last sentence that named any, for "this may represent a fracture".
    pub last_spots: Vec<Spot>,
    pub last_side: Option<Side>,
    /// Vertebrae whose age was told apart from their fracture.
    pub dated: Vec<Level>,
}

/// One sentence at work.
pub(super) struct Here<'s, 'a> {
    pub index: usize,
    pub sentence: &'s Sentence,
    pub scene: &'s Scene<'a>,
}

impl<'a> Reader<'a> {
    pub fn new(
        lexicon: &'a Lexicon,
        marked: &'a Marked<'a>,
        exam: &'a Exam,
        policy: &'a Policy,
    ) -> Self {
        Self {
            lexicon,
            marked,
            exam,
            policy,
            out: Read::default(),
            last_spots: Vec::new(),
            last_side: None,
            dated: Vec::new(),
        }
    }

    pub fn run(mut self) -> Read {
        let marked = self.marked;
        let mut scenes: Vec<(usize, &Sentence, Scene<'a>)> =
            Vec::with_capacity(marked.sentences.len());
        let told = marked
            .sentences
            .iter()
            .enumerate()
            .filter(|(i, s)| s.part != Part::Title && !marked.hits(*i).is_empty())
            .map(|(i, s)| {
                let scene = Scene::new(
                    self.lexicon,
                    marked.text,
                    marked.tokens(s),
                    marked.hits(i),
                    s,
                    &self.exam.names,
                );
                (i, s, scene)
            });
        scenes.extend(told);
        self.out.tumour_known = scenes.iter().any(|(_, _, scene)| scene.has(Kind::Tumour));
        self.mechanism();
        for (index, sentence, scene) in &scenes {
            if self.out.drafts.len() > MOST_DRAFTS {
                self.out.cut_short = true;
                break;
            }
            let here = Here {
                index: *index,
                sentence,
                scene,
            };
            match sentence.part {
                Part::Indication => self.indication(&here),
                _ => self.findings(&here),
            }
        }
        self.treated(&scenes);
        self.out
    }

    /// The clinical details, and failing them the report itself, say how it happened.
    fn mechanism(&mut self) {
        let mut low = None;
        for (index, sentence) in self.marked.sentences.iter().enumerate() {
            if matches!(sentence.part, Part::Title | Part::Aside) {
                continue;
            }
            let how = mechanism::read(
                self.lexicon,
                self.marked.text,
                sentence.end,
                self.marked.hits(index),
                self.policy,
            );
            match how {
                // In the body only what is unmistakable: "no driver line", "crush fracture" are not mechanisms.
                Some(how)
                    if how.energy == Energy::High
                        && (sentence.part == Part::Indication
                            || how.traffic
                            || self.told_of(sentence, &how)) =>
                {
                    self.out.how = Some(how);
                    return;
                }
                Some(how) if sentence.part == Part::Indication => {
                    low.get_or_insert(how);
                }
                _ => {}
            }
        }
        self.out.how = low;
    }

    /// "Following a fall from a roof": the report itself says so.
    fn told_of(&self, sentence: &Sentence, how: &mechanism::How) -> bool {
        const NEAR: usize = 30;
        let text = self.marked.text;
        let before = text.get(sentence.start..how.start).unwrap_or("");
        let words = before.to_ascii_lowercase();
        let told = text.get(sentence.start..).and_then(|told| told.get(..5));
        if told.is_some_and(|first| first.eq_ignore_ascii_case("fell ")) {
            return true;
        }
        [
            "following",
            "after",
            "post",
            "due to",
            "sustained",
            "reports",
        ]
        .iter()
        .any(|word| words.rfind(word).is_some_and(|at| words.len() - at < NEAR))
    }

    /// Of the clinical details only a known or previous fracture is a finding, and an old one.
    fn indication(&mut self, here: &Here<'_, '_>) {
        let scene = here.scene;
        let ground = scene.ground();
        let cues = scene.cues(&ground);
        for span in &scene.masked {
            self.aside(AsideWhy::Indication, *span);
        }
        for mention in &scene.mentions {
            let at = mention.span();
            if !matches!(
                mention.kind,
                Kind::Fracture | Kind::Vertebral | Kind::Cement | Kind::Broken
            ) {
                continue;
            }
            let stand = cues.stand(at);
            if stand == Stand::Other {
                self.aside(AsideWhy::SomebodyElse, at);
                continue;
            }
            let before = scene.before(at.0);
            let clause_start = before
                .rfind(['?', '.', ';', ','])
                .map_or(scene.start, |i| scene.start + i + 1);
            let clause_end = scene
                .after(at.1)
                .find([',', ';', '?', '.'])
                .map_or(scene.end, |i| at.1 + i);
            let queried =
                scene.before(clause_start).ends_with('?') || scene.after(at.1).starts_with('?');
            let long_ago = || scene.has_within(Kind::LongAgo, clause_start, clause_end);
            let lately = scene.has_within(Kind::Lately, clause_start, clause_end);
            let elsewhere = lately && self.not_examined(scene, (clause_start, clause_end));
            let told = (scene.has_within(Kind::History, clause_start, clause_end)
                || long_ago()
                || elsewhere)
                && (mention.kind == Kind::Cement
                    || !matches!(stand, Stand::Said(Status::Possible | Status::Absent)));
            let recent = lately
                && !elsewhere
                && !scene
                    .words((clause_start, clause_end))
                    .to_ascii_lowercase()
                    .contains("known");
            if told && !queried && !recent {
                self.place(here, mention, Status::Old, &cues);
            } else {
                self.aside(AsideWhy::Indication, at);
            }
        }
    }

    /// Whether the bones that a clause names are not those of the examination: "wrist fracture 8 weeks ago" on a
    /// bone density scan.
    fn not_examined(&self, scene: &Scene<'_>, clause: Span) -> bool {
        let mut named = scene
            .spots
            .iter()
            .filter(|s| s.start >= clause.0 && s.end <= clause.1);
        let chest = self.exam.names == ["chest"];
        let shown = |site: Site| match self.exam.site {
            Some(shown) => shown == site,
            None if chest => !matches!(site, Site::Hip | Site::Wrist | Site::Ankle | Site::Femur),
            None => true,
        };
        let first = named.next().is_some_and(|s| !shown(s.site));
        first && named.all(|s| !shown(s.site))
    }

    fn aside(&mut self, why: AsideWhy, span: Span) {
        self.out.asides.push(Aside {
            why,
            start: span.0,
            end: span.1,
        });
    }

    fn findings(&mut self, here: &Here<'_, '_>) {
        let scene = here.scene;
        if scene.mentions.is_empty() && scene.masked.is_empty() && self.out.drafts.is_empty() {
            self.cut_off(here, true);
            self.remember(scene);
            return;
        }
        let ground = scene.ground();
        let cues = scene.cues(&ground);
        for span in &scene.masked {
            self.aside(AsideWhy::LookAlike, *span);
        }
        let before = self.out.drafts.len();
        for mention in &scene.mentions {
            let at = mention.span();
            let stand = match cues.stand(at) {
                Stand::Said(Status::Present) if self.one_more(mention) && !cues.has(Kind::New) => {
                    Stand::Said(self.status_before(before))
                }
                Stand::Said(Status::Absent) if no_further(scene, mention) => {
                    Stand::Said(Status::Old)
                }
                stand => stand,
            };
            match mention.kind {
                Kind::Heights => self.heights_kept(here, mention),
                Kind::Intact => self.bone_intact(here, mention),
                Kind::Sign | Kind::Line | Kind::BloodFat => self.sign(here, mention, stand),
                Kind::Odd => {
                    let nothing = matches!(stand, Stand::Said(Status::Absent) | Stand::Advice);
                    // "Slightly short in front, a normal variant."
                    let harmless = scene.harmless(at) && !left_open(scene, &cues, mention);
                    if !plainer(scene) && !nothing && !harmless {
                        // A deformity that is called healed was a fracture; so was an old one of a vertebra.
                        let deformity = || {
                            let words = scene.words(at).to_ascii_lowercase();
                            let blank =
                                || scene.has_within(Kind::Blank, at.0.saturating_sub(6), at.1);
                            scene.vertebral_words() && words.contains("deformit") && !blank()
                        };
                        let old = stand == Stand::Said(Status::Old)
                            && (scene.has(Kind::Healed) || deformity());
                        let (kind, status) = if old {
                            (Kind::Fracture, Status::Old)
                        } else {
                            (Kind::Odd, Status::Possible)
                        };
                        let mention = &Hit { kind, ..*mention };
                        self.place(here, mention, status, &cues);
                    }
                }
                Kind::Uptake if !self.exam.shows("scan") => {}
                Kind::OddNear | Kind::Uptake => self.odd_near(here, mention, stand),
                Kind::Shape if !self.of_a_vertebra(here, mention) => {
                    let said = scene.words(at).to_ascii_lowercase();
                    if said.starts_with("impacted") && !scene.spots.is_empty() {
                        let of_a_limb = Hit {
                            kind: Kind::OddNear,
                            ..*mention
                        };
                        self.odd_near(here, &of_a_limb, stand);
                    } else if said.contains("collaps") || said.contains("wedg") {
                        self.aside(AsideWhy::LookAlike, at);
                    }
                }
                Kind::Injury
                    if stand == Stand::Said(Status::Present) && !scene.spots.is_empty() =>
                {
                    self.odd_near(here, mention, stand);
                }
                Kind::Injury | Kind::InjuryNear | Kind::Abnormality
                    if !injury_counts(scene, mention, stand) => {}
                // "The sesamoid is in two parts (bipartite)."
                Kind::Broken if in_parts(scene, at) && channel(scene, &cues) => {}
                Kind::Broken | Kind::Mended
                    if plainer(scene) || (scene.spots.is_empty() && self.exam.site.is_none()) => {}
                _ => self.assert(here, mention, stand),
            }
        }
        let made: Vec<usize> = (before..self.out.drafts.len()).collect();
        if !self.date_levels(&made, here) {
            self.explain(&made, here, &cues);
        }
        self.cut_off(here, made.is_empty());
        self.remember(scene);
    }

    fn one_more(&self, mention: &Hit) -> bool {
        self.lexicon.rule_name(mention.rule) == ONE_MORE
    }

    /// "A chronic deformity of L4 and a lesser one at L5": the second is as old as the first.
    fn status_before(&self, from: usize) -> Status {
        let said = self.out.drafts.get(from..).and_then(<[_]>::last);
        match said.map(|d| d.status) {
            Some(Status::Old) => Status::Old,
            _ => Status::Present,
        }
    }

    fn remember(&mut self, scene: &Scene<'_>) {
        if !scene.spots.is_empty() {
            self.last_spots.clone_from(&scene.spots);
            self.last_side = scene.sides.first().map(|s| s.side);
        }
    }

    /// A mention that is denied, doubted or asserted.
    fn assert(&mut self, here: &Here<'_, '_>, mention: &Hit, stand: Stand) {
        let scene = here.scene;
        let ground = scene.ground();
        let cues = scene.cues(&ground);
        let at = mention.span();
        let status = match stand {
            Stand::Advice => return self.aside(AsideWhy::Advice, at),
            Stand::Other => return self.aside(AsideWhy::SomebodyElse, at),
            Stand::Said(status) => status,
        };
        if mention.kind == Kind::Cement {
            if !matches!(status, Status::Absent | Status::Possible) {
                self.place(here, mention, Status::Old, &cues);
            }
            return;
        }
        // A harmless name takes a shape away, but never the word fracture.
        let shape = mention.kind == Kind::Shape
            || (mention.kind == Kind::Vertebral && !says_fracture(scene.words(at)));
        // A shape beside a word that was blanked out cannot be read in full.
        if mention.kind == Kind::Shape
            && status == Status::Present
            && scene.has_within(Kind::Blank, at.0.saturating_sub(6), at.1 + 6)
        {
            return self.place(here, mention, Status::Possible, &cues);
        }
        if !(shape && status != Status::Absent && scene.harmless(at)) {
            return self.place(here, mention, status, &cues);
        }
        let raised = scene.mentions.iter().any(|m| {
            m != mention
                && matches!(m.kind, Kind::Fracture | Kind::Vertebral)
                && says_fracture(scene.words(m.span()))
                && cues.stand(m.span()) != Stand::Said(Status::Absent)
        });
        let doubtful = scene
            .cues
            .iter()
            .filter(|h| h.kind == Kind::Variant)
            .all(|v| cues.doubts(v.span()));
        if raised && !doubtful {
            self.place(here, mention, status, &cues);
        } else if raised || doubtful || status == Status::Possible {
            self.place(here, mention, Status::Possible, &cues);
        } else {
            self.aside(AsideWhy::LookAlike, at);
        }
    }

    fn heights_kept(&mut self, here: &Here<'_, '_>, mention: &Hit) {
        let scene = here.scene;
        let at = mention.span();
        let excepted = scene.has_within(Kind::Except, at.0, (at.1 + 50).min(scene.end));
        let denied = scene
            .cues
            .iter()
            .any(|h| h.kind == Kind::Deny && h.end <= at.0 && at.0 - h.end < 3);
        let disc = scene.has_within(Kind::Disc, at.0, at.1);
        if let Some(spot) = left_out(scene, mention).filter(|s| s.levels.len() == 1 && !disc) {
            self.draft(here, mention, Status::Present, Site::Vertebra, None);
            if let Some(draft) = self.out.drafts.last_mut() {
                draft.level.clone_from(&spot.levels);
            }
        } else if !excepted && !denied && !disc {
            self.draft(here, mention, Status::Absent, Site::Vertebra, None);
        }
    }

    fn bone_intact(&mut self, here: &Here<'_, '_>, mention: &Hit) {
        let scene = here.scene;
        let ground = scene.ground();
        let mut done: Vec<Site> = Vec::new();
        for spot in &scene.spots {
            let inside = spot.start < mention.end && spot.end > mention.start;
            if inside && !done.contains(&spot.site) {
                done.push(spot.site);
                let side = ground.side_of(spot.span(), &scene.sides, &scene.spots);
                self.draft(here, mention, Status::Absent, spot.site, side);
            }
        }
    }

    /// Fat pads, cortical steps and lines raise a fracture where a bone is named and nothing plainer is said.
    fn sign(&mut self, here: &Here<'_, '_>, mention: &Hit, stand: Stand) {
        let scene = here.scene;
        let ground = scene.ground();
        let cues = scene.cues(&ground);
        let bone = scene.spots.iter().any(|s| s.site != Site::Vertebra)
            || self.exam.site.is_some_and(|site| site != Site::Vertebra)
            || mention.kind == Kind::BloodFat
            || (scene.vertebral_words()
                && !plainer(scene)
                && scene
                    .words(mention.span())
                    .to_ascii_lowercase()
                    .contains("cort"));
        let trunk = ["chest", "abdomen", "head"]
            .iter()
            .any(|name| self.exam.shows(name));
        let nothing = matches!(
            stand,
            Stand::Said(Status::Absent | Status::Old) | Stand::Advice
        );
        let named = || scene.has(Kind::Variant) && !left_open(scene, &cues, mention);
        let harmless = channel(scene, &cues) || (!plainer(scene) && named());
        // "Lucent line through the 8th rib" is one of the rib, in the chest as elsewhere.
        let within = |s: &Spot| {
            let gap = ground.text.get(mention.end..s.start).unwrap_or("");
            let first = gap.split_whitespace().next().unwrap_or("");
            length(gap) < 30 && ["through", "across", "in", "of", "along"].contains(&first)
        };
        let of_the_trunk = mention.kind == Kind::Line && trunk && !scene.spots.iter().any(within);
        if bone && !of_the_trunk && !nothing && !harmless {
            self.place(here, mention, Status::Possible, &cues);
        }
    }

    /// Words that may speak of a fracture where a bone stands by, and nothing plainer is said.
    fn odd_near(&mut self, here: &Here<'_, '_>, mention: &Hit, stand: Stand) {
        /// So far away a bone may stand.
        const NEAR: usize = 110;
        let scene = here.scene;
        let ground = scene.ground();
        let at = mention.span();
        let callus = || scene.words(at).to_ascii_lowercase().contains("callus");
        let healed = stand == Stand::Said(Status::Old) && callus();
        let bone = if mention.kind == Kind::Uptake && scene.spots.is_empty() {
            !self.last_spots.is_empty()
        } else if scene.spots.is_empty() {
            self.exam.site.is_some() || self.header_site(here.sentence).is_some()
        } else {
            let spine = scene.spots.iter().all(|s| s.site == Site::Vertebra);
            let near = |s: &Spot| ground.distance(at, s.span()) < NEAR;
            spine || scene.spots.iter().any(near)
        };
        // "The plateau shows no depression."
        let none = scene.words(at).contains(" no ");
        let nothing = none
            || match stand {
                Stand::Said(Status::Old) => !scene.vertebral_words() && !healed,
                Stand::Said(Status::Absent) | Stand::Advice | Stand::Other => true,
                Stand::Said(_) => false,
            };
        let cues = scene.cues(&ground);
        let harmless =
            scene.has(Kind::Channel) || scene.harmless(at) && !left_open(scene, &cues, mention);
        let told = plainer(scene)
            && scene.mentions.iter().any(|m| {
                matches!(m.kind, Kind::Fracture | Kind::Vertebral | Kind::Shape)
                    && cues.stand(m.span()) != Stand::Said(Status::Absent)
            });
        if bone && !nothing && !harmless && !told {
            let status = if healed {
                Status::Old
            } else {
                Status::Possible
            };
            self.place(here, mention, status, &cues);
        }
    }

    /// Whether a shape ("wedging", "collapse", "loss of height") is one of a vertebra.
    fn of_a_vertebra(&self, here: &Here<'_, '_>, mention: &Hit) -> bool {
        let scene = here.scene;
        let ground = scene.ground();
        let at = mention.span();
        let near = scene
            .spots
            .iter()
            .filter(|s| s.site == Site::Vertebra)
            .map(|s| ground.distance(at, s.span()))
            .min();
        let other = scene.spots.iter().any(|s| {
            s.site != Site::Vertebra
                && ground.distance(at, s.span()) < near.unwrap_or(usize::MAX).min(30)
        });
        let spoken_of = || {
            self.header_site(here.sentence) == Some(Site::Vertebra)
                || self.exam.site == Some(Site::Vertebra)
                || (scene.anaphor() && self.last_spots.iter().any(|s| s.site == Site::Vertebra))
        };
        !other
            && match near {
                Some(distance) => {
                    distance < 90 || scene.spots.iter().all(|s| s.site == Site::Vertebra)
                }
                None => spoken_of(),
            }
    }

    pub fn header_site(&self, sentence: &Sentence) -> Option<Site> {
        let tokens = self.marked.tokens.get(sentence.header.clone()?)?;
        site_of(self.lexicon, self.marked.text, tokens)
    }
}

/// Whether the sentence has a plainer word for a fracture.
fn plainer(scene: &Scene<'_>) -> bool {
    scene.mentions.iter().any(|m| match m.kind {
        Kind::Fracture | Kind::Vertebral => true,
        Kind::Shape => scene.vertebral_words(),
        _ => false,
    })
}

fn in_parts(scene: &Scene<'_>, at: Span) -> bool {
    let words = scene.words(at).to_ascii_lowercase();
    words.contains("part") || words.contains("piece")
}

/// A line that is no fracture, said outright: "?skin fold" asks.
fn channel(scene: &Scene<'_>, cues: &Cues<'_>) -> bool {
    let mut named = scene.cues.iter().filter(|h| h.kind == Kind::Channel);
    named.any(|channel| !cues.doubts(channel.span()))
}

/// "Could be impaction or could be overlapping osteophyte", "whether real or positional I cannot say".
fn left_open(scene: &Scene<'_>, cues: &Cues<'_>, mention: &Hit) -> bool {
    let doubted = || {
        let mut named = scene.cues.iter().filter(|h| h.kind == Kind::Variant);
        named.all(|variant| cues.doubts(variant.span()))
    };
    cues.one_of_two(mention.span()) || scene.has(Kind::Doubted) || doubted()
}

/// "No further loss of height of T12" says that there was some.
fn no_further(scene: &Scene<'_>, mention: &Hit) -> bool {
    const NEAR: usize = 24;
    let before = scene.before(mention.start).to_ascii_lowercase();
    let near = before
        .get(before.len().saturating_sub(NEAR)..)
        .unwrap_or("");
    mention.kind == Kind::Shape
        && scene.spots.iter().any(|s| !s.levels.is_empty())
        && ["further", "progressive"]
            .iter()
            .any(|word| near.contains(word))
}

/// "Bony injury" is a wider word: it counts where it is denied or suspected.
fn injury_counts(scene: &Scene<'_>, mention: &Hit, stand: Stand) -> bool {
    let suspected = stand == Stand::Said(Status::Possible);
    let denied = stand == Stand::Said(Status::Absent);
    match mention.kind {
        Kind::InjuryNear => {
            let ground = scene.ground();
            let of_a_bone = scene
                .spots
                .iter()
                .any(|s| ground.distance(mention.span(), s.span()) < 12);
            of_a_bone && suspected && !scene.has(Kind::Soft)
        }
        Kind::Abnormality => denied,
        _ => denied || suspected,
    }
}
