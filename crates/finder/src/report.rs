//! Reads one report: parts, sentences, mentions, and what each of them says.

use std::sync::LazyLock;

use regex::Regex;
use terms::{Level, Side, Site, Status};

use crate::{
    ReportText,
    assertion::{Cues, Stand},
    decide,
    exam::{Exam, paired},
    lexicon::{Hit, Kind, Lexicon},
    mechanism::{self, How},
    normal::Normal,
    place::{self, Ground, Spot},
    policy::Policy,
    reading::{Evidence, Finding, Mechanism, Reading},
    reconcile,
    segment::{self, Part, Sentence},
};

/// How a mention got its site: what was named counts for more than what was examined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Named {
    Here,
    Header,
    Before,
    Exam,
    Nowhere,
}

/// One fracture as one sentence speaks of it, before sentences are compared.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub kind: Kind,
    pub rule: String,
    pub part: Part,
    pub sentence: usize,
    pub start: usize,
    pub end: usize,
    pub site: Site,
    pub named: Named,
    pub level: Vec<Level>,
    pub side: Option<Side>,
    pub status: Status,
    /// Called acute or new in so many words.
    pub fresh: bool,
    /// "No acute", "no new": says nothing about old ones.
    pub qualified: bool,
    pub pathological: bool,
    /// Malignancy raised as the cause.
    pub cause_raised: bool,
    pub said_fracture: bool,
}

/// Words about fractures that make no finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Aside {
    pub why: AsideWhy,
    pub start: usize,
    pub end: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AsideWhy {
    LookAlike,
    Advice,
    Indication,
    SomebodyElse,
}

#[derive(Debug, Default)]
pub(crate) struct Read {
    pub drafts: Vec<Draft>,
    pub asides: Vec<Aside>,
    pub tumour_known: bool,
    pub how: Option<How>,
}

struct Forms {
    anaphor: Option<Regex>,
    other: Option<Regex>,
    qualified: Option<Regex>,
    except: Option<Regex>,
    months: Option<Regex>,
    weeks: Option<Regex>,
    fixed: Option<Regex>,
    cut: Option<Regex>,
    process: Option<Regex>,
    soft: Option<Regex>,
    disc_only: Option<Regex>,
    denied_name: Option<Regex>,
    history: Option<Regex>,
}

static FORMS: LazyLock<Forms> = LazyLock::new(|| {
    Forms {
    anaphor: Regex::new(r"(?i)^\W*(?:this|these|it|they|both|the (?:fractures?|collapse|deformit\w+|appearances?|findings?|wedging|compression|height|differential)|appearances?|findings?|features?|pattern|all|unchanged|stable|age|unable to date|cannot be dated|probably|likely|possibly|\?|no change|not changed|no interval)").ok(),
    other: Regex::new(r"(?i)\b(?:other|further|additional|else|another)\b").ok(),
    qualified: Regex::new(r"(?i)\b(?:acute|new|further|recent|additional|other|fresh|progress\w*|definite|convincing|displaced)\b").ok(),
    except: Regex::new(r"(?i)^[^.;]{0,40}\b(?:except\w*|apart from|other than|aside from|save|bar)\b").ok(),
    months: Regex::new(r"(?i)\b(\d{1,3})(?:/12|\s*(?:months?|mths?)\b)|\b(\d{1,2})\s*(?:years?|yrs?)\b|\b(?:19|20)\d\d\b").ok(),
    weeks: Regex::new(r"(?i)\b(\d{1,3})(?:/52|\s*(?:weeks?|wks?)\b)|\b(\d{1,3})(?:/7|\s*days?\b)|\bday \d|\bpost[\s-]?op\w*|\bpost (?:MUA|ORIF|reduction|fixation|manipulation|DHS)|\bcheck\b|\bin (?:plaster|pop|cast|backslab)\b|\btoday\b|\byesterday\b").ok(),
    fixed: Regex::new(r"(?i)\b(?:ORIF|MUA|fixation|fixed|DHS|k-?wir\w+|nail\w*|plat(?:ed|ing)|POP|plaster|cast|backslab|reduction|hemiarthroplasty|#|fracture\w*)").ok(),
    cut: Regex::new(r"(?i)\*\*\*|\bnot transmitted\b|\btruncated\b|\breport (?:incomplete|ends)\b|\[cut\]").ok(),
    process: Regex::new(r"(?i)\b(?:process(?:es)?|facets?|pedicles?|laminae?|pars|lateral mass)\b").ok(),
    soft: Regex::new(r"(?i)\b(?:sprain\w*|strain|tear|torn|rupture\w*|tendon\w*|ligament\w*|dislocat\w+|sublux\w+|lacerat\w+|wound|soft tissue|STI|bruis\w+|contusion|arthritis|OA|infection|cellulitis|foreign body|bite|burn|abscess|gout|bursitis|effusion|ganglion|ACL|PCL|MCL|meniscus|cuff|achilles|carpal tunnel)\b").ok(),
    disc_only: Regex::new(r"(?i)\b(?:disc|disk|intervertebral|joint space)\b").ok(),
    denied_name: Regex::new(r"(?i)\b(?:nutrient|vascular (?:channel|groove)|mach (?:band|effect)|skin ?fold|growth plate|physis|suture|accessory)").ok(),
    history: Regex::new(r"(?i)\b(?:known|previous(?:ly)?|prev|old|hx(?: of)?|history of|h/o|past|PMHx?|prior|healed|chronic|established|childhood|(?:19|20)\d\d|age[d]? \d\d|years? ago|yrs? ago|multiple)\b").ok(),
}
});

fn fits(form: &Option<Regex>, text: &str) -> bool {
    form.as_ref().is_some_and(|regex| regex.is_match(text))
}

fn is_mention(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Fracture
            | Kind::Vertebral
            | Kind::Shape
            | Kind::Cement
            | Kind::Sign
            | Kind::Odd
            | Kind::Injury
            | Kind::Heights
            | Kind::Intact
    )
}

fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Heights | Kind::Intact => 0,
        Kind::Vertebral => 1,
        Kind::Fracture => 2,
        Kind::Cement => 3,
        Kind::Shape => 4,
        Kind::Injury => 5,
        Kind::Sign => 6,
        _ => 7,
    }
}

/// The hits of one sentence, counted from its start; look-alikes have taken away what they cover.
struct Scene<'a> {
    text: &'a str,
    offset: usize,
    cues: Vec<Hit>,
    mentions: Vec<Hit>,
    masked: Vec<(usize, usize)>,
    spots: Vec<Spot>,
    sides: Vec<place::SideHit>,
    stops: Vec<(usize, usize)>,
}

impl<'a> Scene<'a> {
    fn new(
        lexicon: &Lexicon,
        normal: &'a Normal,
        hits: &[Hit],
        bones: &[crate::lexicon::BoneHit],
        sentence: &Sentence,
    ) -> Self {
        let text = normal.text.get(sentence.start..sentence.end).unwrap_or("");
        let offset = sentence.start;
        let local: Vec<Hit> = hits
            .iter()
            .filter(|h| h.start >= sentence.start && h.end <= sentence.end)
            .map(|h| Hit {
                start: h.start - offset,
                end: h.end - offset,
                ..*h
            })
            .collect();
        let over = |a: &Hit, b: &Hit| a.start < b.end && b.start < a.end;
        let covered = |h: &Hit, kind: Kind| local.iter().any(|m| m.kind == kind && over(m, h));

        let mut masked = Vec::new();
        let mut mentions: Vec<Hit> = Vec::new();
        let mut candidates: Vec<&Hit> = local.iter().filter(|h| is_mention(h.kind)).collect();
        candidates.sort_by_key(|h| (rank(h.kind), std::cmp::Reverse(h.end - h.start), h.start));
        for hit in candidates {
            if covered(hit, Kind::Mask) {
                masked.push((hit.start, hit.end));
            } else if !mentions.iter().any(|m| over(m, hit)) {
                mentions.push(*hit);
            }
        }
        mentions.sort_by_key(|h| h.start);
        let mut cues: Vec<Hit> = local
            .iter()
            .filter(|h| !is_mention(h.kind) && !matches!(h.kind, Kind::Mask | Kind::Stop))
            .copied()
            .collect();
        cues.retain(|h| match h.kind {
            Kind::Aged | Kind::Denied => {
                !covered(h, Kind::Earlier)
                    && !covered(h, Kind::Doubted)
                    && !covered(h, Kind::MaskAge)
                    && !local.iter().any(|e| {
                        e.kind == Kind::Earlier && e.end <= h.start && h.start - e.end < 20
                    })
            }
            Kind::Old => !covered(h, Kind::MaskAge),
            Kind::New => !covered(h, Kind::Aged),
            Kind::Variant => !covered(h, Kind::VariantNot),
            Kind::Tumour => !covered(h, Kind::Benign),
            Kind::Deny => {
                !covered(h, Kind::StrongDoubt)
                    && !covered(h, Kind::Earlier)
                    && !covered(h, Kind::Doubted)
                    && !covered(h, Kind::VariantNot)
            }
            Kind::Doubt => !covered(h, Kind::Undated),
            _ => true,
        });
        let stops = local
            .iter()
            .filter(|h| h.kind == Kind::Stop && !covered(h, Kind::Aged))
            .map(|h| (h.start, h.end))
            .collect();
        let spots = place::spots(lexicon, text, offset, bones);
        let sides = place::sides(text);
        Self {
            text,
            offset,
            cues,
            mentions,
            masked,
            spots,
            sides,
            stops,
        }
    }

    fn has(&self, kind: Kind) -> bool {
        self.cues.iter().any(|h| h.kind == kind)
    }

    fn vertebral_words(&self) -> bool {
        self.spots.iter().any(|s| s.site == Site::Vertebra)
    }
}

pub(crate) fn read(lexicon: &Lexicon, policy: &Policy, report: &ReportText<'_>) -> Reading {
    let normal = Normal::new(report.text, &lexicon.spelling);
    let sentences = segment::sentences(&normal.text);
    let title: String = sentences
        .iter()
        .filter(|s| s.part == Part::Title)
        .filter_map(|s| normal.text.get(s.start..s.end))
        .chain(report.exam)
        .collect::<Vec<_>>()
        .join(" ; ");
    let exam = Exam::read(lexicon, &title);
    let mut read = Reader::new(lexicon, &normal, &exam, &sentences, policy).run();

    let mut outside = None;
    if let Some(words) = report
        .indication
        .filter(|i| !report.text.contains(i.trim()))
    {
        let apart = Normal::new(words, &lexicon.spelling);
        let hits = lexicon.spot(&apart.text);
        let how = mechanism::read(
            &apart.text,
            &hits,
            |r| lexicon.rule_name(r).to_owned(),
            policy,
        );
        read.tumour_known |= hits.iter().any(|h| h.kind == Kind::Tumour);
        if let Some(how) = how {
            // Words that came beside the report have no place in it.
            let (start, end) = apart.original(how.start, how.end);
            let text = words.get(start..end).unwrap_or("").to_owned();
            outside = Some(Mechanism {
                energy: how.energy,
                evidence: Evidence::Span {
                    start: 0,
                    end: 0,
                    text,
                },
                rule: how.rule.clone(),
            });
        }
    }
    finish(read, &normal, report.text, policy, outside)
}

pub(crate) fn read_words(
    lexicon: &Lexicon,
    policy: &Policy,
    text: &str,
    side: Option<Side>,
) -> Reading {
    let normal = Normal::new(text, &lexicon.spelling);
    let exam = Exam {
        side,
        ..Exam::read(lexicon, &normal.text)
    };
    let sentences = if normal.text.trim().is_empty() {
        Vec::new()
    } else {
        vec![Sentence {
            part: Part::Findings,
            start: 0,
            end: normal.text.len(),
            header: None,
            line: 0,
        }]
    };
    let mut read = Reader::new(lexicon, &normal, &exam, &sentences, policy).run();
    let bones = lexicon.spot_bones(&normal.text, &exam.names);
    let spots = place::spots(lexicon, &normal.text, 0, &bones);
    if read.drafts.is_empty()
        && read.asides.is_empty()
        && !fits(&FORMS.soft, &normal.text)
        && let Some(spot) = spots.first()
    {
        // A bone alone on a fracture clinic list is probably its fracture; "NOF" always is.
        let said = normal
            .text
            .get(spot.start..spot.end)
            .is_some_and(|w| w.to_ascii_uppercase().contains("NOF"));
        read.drafts.push(Draft {
            kind: Kind::Fracture,
            rule: "words.bone_alone".to_owned(),
            part: Part::Findings,
            sentence: 0,
            start: spot.start,
            end: spot.end,
            site: spot.site,
            named: Named::Here,
            level: spot.levels.clone(),
            side: place::sides(&normal.text).first().map(|s| s.side),
            status: if said {
                Status::Present
            } else {
                Status::Possible
            },
            fresh: false,
            qualified: false,
            pathological: false,
            cause_raised: false,
            said_fracture: true,
        });
    }
    if let Some(side) = side {
        for draft in &mut read.drafts {
            draft.side = draft.side.or(paired(draft.site).then_some(side));
        }
    }
    finish(read, &normal, text, policy, None)
}

fn finish(
    read: Read,
    normal: &Normal,
    text: &str,
    policy: &Policy,
    outside: Option<Mechanism>,
) -> Reading {
    let Read {
        drafts,
        asides,
        tumour_known,
        how,
    } = read;
    let span = |start: usize, end: usize| {
        let (start, end) = normal.original(start, end);
        Evidence::Span {
            start,
            end,
            text: text.get(start..end).unwrap_or("").to_owned(),
        }
    };
    let here = how.map(|how| Mechanism {
        energy: how.energy,
        evidence: span(how.start, how.end),
        rule: how.rule,
    });
    let mechanism = match (here, outside) {
        (Some(here), Some(outside)) => Some(if here.energy == crate::Energy::High {
            here
        } else {
            outside
        }),
        (here, outside) => here.or(outside),
    };
    let merged = reconcile::reconcile(drafts);
    let mut judged: Vec<decide::Judged> = Vec::new();
    for draft in merged {
        judged.push(decide::Judged {
            finding: Finding {
                site: draft.site,
                level: draft.level,
                side: draft.side,
                status: draft.status,
                evidence: span(draft.start, draft.end),
                rule: draft.rule,
            },
            pathological: draft.pathological,
            cause_raised: draft.cause_raised,
            understood: !matches!(draft.kind, Kind::Odd),
        });
    }
    let asides = asides
        .into_iter()
        .map(|aside| {
            let (start, end) = normal.original(aside.start, aside.end);
            (
                aside.why,
                text.get(start..end).unwrap_or("").trim().to_owned(),
            )
        })
        .collect();
    decide::decide(judged, asides, mechanism, tumour_known, policy)
}

struct Reader<'a> {
    lexicon: &'a Lexicon,
    normal: &'a Normal,
    exam: &'a Exam,
    sentences: &'a [Sentence],
    policy: &'a Policy,
    out: Read,
    /// Bones of the last sentence that named any, for "this may represent a fracture".
    last_spots: Vec<Spot>,
    last_side: Option<Side>,
    last_line: usize,
}

impl<'a> Reader<'a> {
    fn new(
        lexicon: &'a Lexicon,
        normal: &'a Normal,
        exam: &'a Exam,
        sentences: &'a [Sentence],
        policy: &'a Policy,
    ) -> Self {
        Self {
            lexicon,
            normal,
            exam,
            sentences,
            policy,
            out: Read::default(),
            last_spots: Vec::new(),
            last_side: None,
            last_line: 0,
        }
    }

    fn run(mut self) -> Read {
        let hits = self.lexicon.spot(&self.normal.text);
        let bones = self.lexicon.spot_bones(&self.normal.text, &self.exam.names);
        let scenes: Vec<(usize, &Sentence, Scene<'a>)> = self
            .sentences
            .iter()
            .enumerate()
            .filter(|(_, s)| !matches!(s.part, Part::Title))
            .map(|(i, s)| {
                (
                    i,
                    s,
                    Scene::new(self.lexicon, self.normal, &hits, &bones, s),
                )
            })
            .collect();
        self.out.tumour_known = scenes
            .iter()
            .any(|(_, s, scene)| s.part != Part::Aside && scene.has(Kind::Tumour));

        self.mechanism(&hits);
        for (index, sentence, scene) in &scenes {
            match sentence.part {
                Part::Aside | Part::Title => {}
                Part::Indication => self.indication(*index, sentence, scene),
                _ => self.findings(*index, sentence, scene),
            }
        }
        self.treated(&scenes);
        self.out
    }

    /// The clinical details, and failing them the report itself, say how it happened.
    fn mechanism(&mut self, hits: &[Hit]) {
        let mut low: Option<How> = None;
        for sentence in self
            .sentences
            .iter()
            .filter(|s| !matches!(s.part, Part::Title | Part::Aside))
        {
            let Some(text) = self.normal.text.get(sentence.start..sentence.end) else {
                continue;
            };
            let inside: Vec<Hit> = hits
                .iter()
                .filter(|h| h.start >= sentence.start && h.end <= sentence.end)
                .map(|h| Hit {
                    start: h.start - sentence.start,
                    end: h.end - sentence.start,
                    ..*h
                })
                .collect();
            let how = mechanism::read(
                text,
                &inside,
                |r| self.lexicon.rule_name(r).to_owned(),
                self.policy,
            )
            .map(|how| How {
                start: how.start + sentence.start,
                end: how.end + sentence.start,
                ..how
            });
            match how {
                // In the body only what is unmistakable: "no driver line", "crush fracture" are not mechanisms.
                Some(how)
                    if how.energy == crate::Energy::High
                        && (sentence.part == Part::Indication || how.rule == "high.traffic") =>
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

    /// Of the clinical details only a known or previous fracture is a finding, and an old one.
    fn indication(&mut self, index: usize, sentence: &Sentence, scene: &Scene<'_>) {
        let spans: Vec<(usize, usize)> = scene.mentions.iter().map(|m| (m.start, m.end)).collect();
        let ground = Ground {
            text: scene.text,
            stops: &scene.stops,
            mentions: &spans,
        };
        let cues = Cues {
            hits: &scene.cues,
            ground: &ground,
        };
        for span in &scene.masked {
            self.aside(AsideWhy::Indication, scene, *span);
        }
        for mention in &scene.mentions {
            let at = (mention.start, mention.end);
            if matches!(
                mention.kind,
                Kind::Shape | Kind::Sign | Kind::Odd | Kind::Injury | Kind::Heights | Kind::Intact
            ) {
                continue;
            }
            if cues.stand(at) == Stand::Other {
                self.aside(AsideWhy::SomebodyElse, scene, at);
                continue;
            }
            let clause_start = scene
                .text
                .get(..at.0)
                .and_then(|b| b.rfind(['?', '.', ';', ',']))
                .map_or(0, |i| i + 1);
            let clause_end = scene
                .text
                .get(at.1..)
                .and_then(|t| t.find([',', ';', '?', '.']))
                .map_or(scene.text.len(), |i| at.1 + i);
            let clause = scene.text.get(clause_start..clause_end).unwrap_or("");
            let queried = scene
                .text
                .get(..clause_start)
                .is_some_and(|b| b.ends_with('?'))
                || scene.text.get(at.1..).is_some_and(|t| t.starts_with('?'));
            let stand = cues.stand(at);
            let said_old = mention.kind == Kind::Cement
                && scene.text.get(at.0..).is_some()
                && !queried
                && fits(&FORMS.history, clause)
                || !queried
                    && fits(&FORMS.history, clause)
                    && !matches!(stand, Stand::Said(Status::Possible | Status::Absent));
            let recent = FORMS.weeks.as_ref().is_some_and(|r| r.is_match(clause))
                && !clause.to_ascii_lowercase().contains("known");
            if said_old && !recent {
                self.place(index, sentence, scene, &ground, mention, Status::Old, &cues);
            } else {
                self.aside(AsideWhy::Indication, scene, at);
            }
        }
    }

    fn aside(&mut self, why: AsideWhy, scene: &Scene<'_>, span: (usize, usize)) {
        self.out.asides.push(Aside {
            why,
            start: scene.offset + span.0,
            end: scene.offset + span.1,
        });
    }

    fn findings(&mut self, index: usize, sentence: &Sentence, scene: &Scene<'_>) {
        let spans: Vec<(usize, usize)> = scene.mentions.iter().map(|m| (m.start, m.end)).collect();
        let ground = Ground {
            text: scene.text,
            stops: &scene.stops,
            mentions: &spans,
        };
        let cues = Cues {
            hits: &scene.cues,
            ground: &ground,
        };
        let anaphor = fits(&FORMS.anaphor, scene.text);
        for span in &scene.masked {
            self.aside(AsideWhy::LookAlike, scene, *span);
        }
        let before = self.out.drafts.len();
        let any_fracture = scene
            .mentions
            .iter()
            .any(|m| matches!(m.kind, Kind::Fracture | Kind::Vertebral | Kind::Shape));
        for mention in &scene.mentions {
            let at = (mention.start, mention.end);
            let text = scene.text.get(mention.start..mention.end).unwrap_or("");
            let said = text.contains('#') || text.to_ascii_lowercase().contains("fractur");
            let stand = cues.stand(at);
            match mention.kind {
                Kind::Heights => {
                    let rest = scene.text.get(mention.end..).unwrap_or("");
                    let other_deny = scene
                        .cues
                        .iter()
                        .any(|h| h.kind == Kind::Deny && h.end <= at.0 && at.0 - h.end < 3);
                    if !fits(&FORMS.except, rest)
                        && !fits(&FORMS.except, text)
                        && !other_deny
                        && !fits(&FORMS.disc_only, text)
                    {
                        self.draft(
                            index,
                            sentence,
                            scene,
                            mention,
                            Status::Absent,
                            Site::Vertebra,
                            Named::Here,
                            Vec::new(),
                            None,
                        );
                    }
                    continue;
                }
                Kind::Intact => {
                    let inside: Vec<&Spot> = scene
                        .spots
                        .iter()
                        .filter(|s| s.start < mention.end && s.end > mention.start)
                        .collect();
                    let mut done: Vec<Site> = Vec::new();
                    for spot in inside {
                        if !done.contains(&spot.site) {
                            done.push(spot.site);
                            let side =
                                ground.side_of((spot.start, spot.end), &scene.sides, &scene.spots);
                            self.draft(
                                index,
                                sentence,
                                scene,
                                mention,
                                Status::Absent,
                                spot.site,
                                Named::Here,
                                Vec::new(),
                                side,
                            );
                        }
                    }
                    continue;
                }
                Kind::Shape => {
                    let near = scene
                        .spots
                        .iter()
                        .filter(|s| s.site == Site::Vertebra)
                        .map(|s| ground.distance(at, (s.start, s.end)))
                        .min();
                    let other = scene.spots.iter().any(|s| {
                        s.site != Site::Vertebra
                            && ground.distance(at, (s.start, s.end))
                                < near.unwrap_or(usize::MAX).min(30)
                    });
                    let header_spine = self.header_site(sentence) == Some(Site::Vertebra);
                    let spine = near.is_some_and(|d| d < 90)
                        || (near.is_none()
                            && !other
                            && (header_spine
                                || self.exam.site == Some(Site::Vertebra)
                                || (anaphor
                                    && self.last_spots.iter().any(|s| s.site == Site::Vertebra))));
                    if !spine || other {
                        if text.to_ascii_lowercase().contains("collaps")
                            || text.to_ascii_lowercase().contains("wedg")
                        {
                            self.aside(AsideWhy::LookAlike, scene, at);
                        }
                        continue;
                    }
                }
                Kind::Injury => {
                    let sure = matches!(stand, Stand::Said(Status::Absent | Status::Possible));
                    let injury = text.to_ascii_lowercase().contains("injur")
                        || text.to_ascii_lowercase().contains("trauma")
                        || stand == Stand::Said(Status::Absent);
                    if !sure || !injury {
                        continue;
                    }
                }
                Kind::Sign => {
                    let bone = scene.spots.iter().any(|s| s.site != Site::Vertebra)
                        || mention_rule(self.lexicon, mention) == "sign.blood_fat";
                    let line = mention_rule(self.lexicon, mention) == "sign.line";
                    let chest = self.exam.shows("chest")
                        || self.exam.shows("abdomen")
                        || self.exam.shows("head");
                    if !bone
                        || (line && chest)
                        || fits(&FORMS.denied_name, scene.text)
                        || matches!(
                            stand,
                            Stand::Said(Status::Absent | Status::Old) | Stand::Advice
                        )
                        || scene.has(Kind::Variant) && !any_fracture
                    {
                        continue;
                    }
                    self.place(
                        index,
                        sentence,
                        scene,
                        &ground,
                        mention,
                        Status::Possible,
                        &cues,
                    );
                    continue;
                }
                Kind::Odd => {
                    if any_fracture || matches!(stand, Stand::Said(Status::Absent) | Stand::Advice)
                    {
                        continue;
                    }
                    self.place(
                        index,
                        sentence,
                        scene,
                        &ground,
                        mention,
                        Status::Possible,
                        &cues,
                    );
                    continue;
                }
                _ => {}
            }
            let status = match stand {
                Stand::Advice => {
                    self.aside(AsideWhy::Advice, scene, at);
                    continue;
                }
                Stand::Other => {
                    self.aside(AsideWhy::SomebodyElse, scene, at);
                    continue;
                }
                Stand::Said(status) => status,
            };
            if mention.kind == Kind::Cement {
                if !matches!(status, Status::Absent | Status::Possible) {
                    self.place(index, sentence, scene, &ground, mention, Status::Old, &cues);
                }
                continue;
            }
            // A harmless name takes a shape away, but never the word fracture.
            let shape = mention.kind == Kind::Shape || (mention.kind == Kind::Vertebral && !said);
            if shape && scene.has(Kind::Variant) && status != Status::Absent {
                let raised = scene.mentions.iter().any(|m| {
                    m != mention
                        && matches!(m.kind, Kind::Fracture | Kind::Vertebral)
                        && scene.text.get(m.start..m.end).is_some_and(says_fracture)
                });
                let doubtful = scene
                    .cues
                    .iter()
                    .filter(|h| h.kind == Kind::Variant)
                    .all(|v| cues.doubts((v.start, v.end)));
                if raised || doubtful {
                    self.place(
                        index,
                        sentence,
                        scene,
                        &ground,
                        mention,
                        if raised && !doubtful {
                            status
                        } else {
                            Status::Possible
                        },
                        &cues,
                    );
                } else {
                    self.aside(AsideWhy::LookAlike, scene, at);
                }
                continue;
            }
            self.place(index, sentence, scene, &ground, mention, status, &cues);
        }
        let made: Vec<usize> = (before..self.out.drafts.len()).collect();
        self.explain(&made, scene, anaphor, &cues);
        self.cut_off(index, sentence, scene, made.is_empty());

        if !scene.spots.is_empty() {
            self.last_spots = scene.spots.clone();
            self.last_side = scene.sides.first().map(|s| s.side);
            self.last_line = sentence.line;
        }
    }

    fn header_site(&self, sentence: &Sentence) -> Option<Site> {
        let (start, end) = sentence.header?;
        Exam::read(self.lexicon, self.normal.text.get(start..end)?).site
    }

    /// Finds where a mention is, and makes a draft for each place.
    #[allow(clippy::too_many_arguments)]
    fn place(
        &mut self,
        index: usize,
        sentence: &Sentence,
        scene: &Scene<'_>,
        ground: &Ground<'_>,
        mention: &Hit,
        status: Status,
        cues: &Cues<'_>,
    ) {
        let at = (mention.start, mention.end);
        let vertebral = matches!(mention.kind, Kind::Vertebral | Kind::Shape | Kind::Cement);
        let inside: Vec<&Spot> = scene
            .spots
            .iter()
            .filter(|s| s.start >= at.0 && s.end <= at.1)
            .collect();
        let inside_site = inside.first().map(|s| s.site).filter(|_| !vertebral);
        let mut places: Vec<&Spot> = if vertebral {
            let mut found = ground.places(at, &scene.spots, |s| {
                s.site == Site::Vertebra && !s.levels.is_empty()
            });
            if found.is_empty() {
                found = ground.places(at, &scene.spots, |s| s.site == Site::Vertebra);
            }
            found
        } else {
            ground.places(at, &scene.spots, |_| true)
        };
        // A mention that names its own bone ("trimalleolar", "Colles") needs no other.
        if let Some(site) = inside_site
            && !places.iter().any(|p| p.site == site)
        {
            places = inside;
        }
        let mut groups: Vec<(Site, Vec<Level>, Option<Side>, Named)> = Vec::new();
        for spot in places {
            let part_of_vertebra = spot.site == Site::Vertebra && fits(&FORMS.process, scene.text);
            let midline =
                spot.site == Site::Sternum || (spot.site == Site::Vertebra && !part_of_vertebra);
            let side = if midline {
                None
            } else {
                ground.side_of((spot.start, spot.end), &scene.sides, &scene.spots)
            };
            let mut levels = spot.levels.clone();
            if spot.site == Site::Vertebra && levels.is_empty() {
                // "fracture of the vertebral body of L1": the level stands further off.
                levels = ground
                    .places((spot.start, spot.end), &scene.spots, |s| {
                        !s.levels.is_empty()
                    })
                    .into_iter()
                    .filter(|s| ground.distance((spot.start, spot.end), (s.start, s.end)) < 60)
                    .flat_map(|s| s.levels.iter().cloned())
                    .collect();
            }
            let vertebra = spot.site == Site::Vertebra;
            match groups.iter_mut().find(|g| {
                g.0 == spot.site && (vertebra || g.2 == side || side.is_none() || g.2.is_none())
            }) {
                Some(group) => {
                    for level in levels {
                        if !group.1.contains(&level) {
                            group.1.push(level);
                        }
                    }
                    group.2 = group.2.or(side);
                }
                None => groups.push((spot.site, levels, side, Named::Here)),
            }
        }
        // "Atypical femoral fracture" after a sentence about the trochanters: the proximal femur.
        for group in groups.iter_mut().filter(|g| g.0 == Site::Femur) {
            let bare = scene
                .spots
                .iter()
                .filter(|s| s.site == Site::Femur)
                .all(|s| {
                    scene.text.get(s.start..s.end).is_some_and(|w| {
                        matches!(w.to_ascii_lowercase().as_str(), "femur" | "femoral")
                    })
                });
            if bare
                && self.last_spots.iter().any(|s| s.site == Site::Hip)
                && !self.last_spots.iter().any(|s| s.site == Site::Femur)
            {
                group.0 = Site::Hip;
            }
        }
        if status == Status::Absent {
            // Many levels beside a denial are the levels that were looked at.
            for group in groups.iter_mut().filter(|g| g.1.len() > 3) {
                group.1.clear();
            }
        }
        let named_only_generally = vertebral && groups.iter().all(|g| g.1.is_empty());
        if status != Status::Absent
            && named_only_generally
            && (groups.is_empty() || fits(&FORMS.anaphor, scene.text))
        {
            // "Appearances are typical of osteoporotic fracture": the levels are in the sentence before.
            let levels: Vec<Level> = self
                .last_spots
                .iter()
                .filter(|s| s.site == Site::Vertebra)
                .flat_map(|s| s.levels.clone())
                .collect();
            if !levels.is_empty() {
                groups = vec![(Site::Vertebra, levels, None, Named::Before)];
            }
        }
        if groups.is_empty() {
            groups.push(self.elsewhere(sentence, scene, mention, status, vertebral));
        }
        for (site, levels, side, named) in groups {
            self.draft(
                index, sentence, scene, mention, status, site, named, levels, side,
            );
            if let Some(draft) = self.out.drafts.last_mut() {
                draft.fresh = cues.has(Kind::New) && status == Status::Present;
                draft.pathological = pathological(scene, at)
                    && status != Status::Possible
                    && status != Status::Absent;
                draft.cause_raised = pathological(scene, at) && status == Status::Possible;
                draft.qualified = status == Status::Absent && qualified(scene, at);
            }
        }
    }

    /// A mention whose sentence names no bone.
    fn elsewhere(
        &self,
        sentence: &Sentence,
        scene: &Scene<'_>,
        mention: &Hit,
        status: Status,
        vertebral: bool,
    ) -> (Site, Vec<Level>, Option<Side>, Named) {
        let own_side = scene.sides.first().map(|s| s.side);
        if vertebral {
            return (Site::Vertebra, Vec::new(), None, Named::Here);
        }
        if let Some(site) = self.header_site(sentence) {
            return (site, Vec::new(), own_side, Named::Header);
        }
        let before = scene.text.get(..mention.start).unwrap_or("");
        if status == Status::Absent {
            if fits(&FORMS.other, before) {
                return (Site::Unspecified, Vec::new(), None, Named::Nowhere);
            }
        } else {
            let spoken = self.out.drafts.iter().rev().find(|d| {
                d.status != Status::Absent
                    && d.site != Site::Unspecified
                    && d.part != Part::Indication
            });
            if let Some(draft) = spoken {
                return (
                    draft.site,
                    Vec::new(),
                    own_side.or(draft.side),
                    Named::Before,
                );
            }
            if let Some(spot) = self
                .last_spots
                .iter()
                .rev()
                .find(|s| s.site != Site::Vertebra || !s.levels.is_empty())
            {
                return (
                    spot.site,
                    spot.levels.clone(),
                    own_side
                        .or(self.last_side)
                        .filter(|_| spot.site != Site::Vertebra),
                    Named::Before,
                );
            }
            let history = self
                .out
                .drafts
                .iter()
                .rev()
                .find(|d| d.part == Part::Indication && d.site != Site::Unspecified);
            if let (None, Some(draft)) = (self.exam.site, history) {
                return (
                    draft.site,
                    Vec::new(),
                    own_side.or(draft.side),
                    Named::Before,
                );
            }
        }
        match self.exam.site {
            Some(site) => (site, Vec::new(), own_side, Named::Exam),
            None => (Site::Unspecified, Vec::new(), own_side, Named::Nowhere),
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn draft(
        &mut self,
        index: usize,
        sentence: &Sentence,
        scene: &Scene<'_>,
        mention: &Hit,
        status: Status,
        site: Site,
        named: Named,
        level: Vec<Level>,
        side: Option<Side>,
    ) {
        let text = scene.text.get(mention.start..mention.end).unwrap_or("");
        let side = side.or(self
            .exam
            .side
            .filter(|_| paired(site) && sentence.part != Part::Indication));
        self.out.drafts.push(Draft {
            kind: mention.kind,
            rule: mention_rule(self.lexicon, mention).to_owned(),
            part: sentence.part,
            sentence: index,
            start: scene.offset + mention.start,
            end: scene.offset + mention.end,
            site,
            named,
            level,
            side,
            status,
            fresh: false,
            qualified: false,
            pathological: false,
            cause_raised: false,
            said_fracture: says_fracture(text),
        });
    }

    /// A sentence may explain what an earlier mention means: a name for a shape, its age, its cause.
    fn explain(&mut self, made: &[usize], scene: &Scene<'_>, anaphor: bool, cues: &Cues<'_>) {
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
                scene.offset.saturating_sub(end_of_subject) < 260
                    && sentence.is_none_or(|s| s <= d.sentence + 2)
            });
        let tumour = scene.has(Kind::Tumour);
        let raised = tumour
            && (scene.has(Kind::Doubt) || scene.has(Kind::StrongDoubt) || scene.has(Kind::Doubted));

        if made.is_empty() {
            let Some(draft) = subject
                .filter(|_| near)
                .and_then(|i| self.out.drafts.get_mut(i))
            else {
                return;
            };
            if raised
                && draft.site == Site::Vertebra
                && (anaphor || scene.vertebral_words() || scene.spots.is_empty())
            {
                draft.cause_raised = true;
            }
            if anaphor
                && !scene.has(Kind::Undated)
                && scene.has(Kind::Aged)
                && draft.status == Status::Present
                && !draft.fresh
            {
                self.restate(subject, Status::Old);
            } else if anaphor
                && scene.has(Kind::Variant)
                && !draft.said_fracture
                && draft.status == Status::Present
            {
                let doubtful = scene
                    .cues
                    .iter()
                    .filter(|h| h.kind == Kind::Variant)
                    .all(|v| cues.doubts((v.start, v.end)));
                let to = if doubtful {
                    Status::Possible
                } else {
                    Status::Absent
                };
                self.restate(subject, to);
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
                        .is_some_and(|d| d.start != draft.start && shape_like(d))
                })
                .or(subject
                    .filter(|_| near && (anaphor || draft.named == Named::Before))
                    .filter(|j| {
                        self.out
                            .drafts
                            .get(*j)
                            .is_some_and(|d| shape_like(d) || raised)
                    }));
            let Some(about) = about else { continue };
            let Some(shape) = self.out.drafts.get(about).cloned() else {
                continue;
            };
            let same_place = draft.level.is_empty()
                || draft.level == shape.level
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
                Status::Possible => {
                    if raised || draft.cause_raised {
                        target.cause_raised = true;
                        if matches!(target.kind, Kind::Sign | Kind::Odd) {
                            target.status = Status::Possible;
                        }
                    } else if shape_like(&shape) {
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
                        target.status = Status::Absent;
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
                && draft.end - target.start < 400
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
            let from = made.first().copied().unwrap_or(0);
            for draft in self.out.drafts.iter_mut().skip(from) {
                if draft.site == Site::Vertebra && !matches!(draft.status, Status::Absent) {
                    draft.cause_raised = true;
                }
            }
        }
    }

    /// What a later sentence says holds for everything said in the sentence it points to.
    fn restate(&mut self, subject: Option<usize>, status: Status) {
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
            .filter(|d| d.sentence == sentence && d.status == Status::Present)
        {
            draft.status = status;
        }
    }

    /// A report that ends in mid sentence at a bone may have gone on to speak of its fracture.
    fn cut_off(&mut self, index: usize, sentence: &Sentence, scene: &Scene<'_>, silent: bool) {
        let next = self
            .sentences
            .get(index + 1)
            .and_then(|s| self.normal.text.get(s.start..s.end));
        let open = scene
            .text
            .chars()
            .last()
            .is_some_and(|c| c.is_alphanumeric() || c == ',');
        let marked = next.is_some_and(|n| fits(&FORMS.cut, n));
        if !(silent && open && marked) {
            return;
        }
        let spot = scene.spots.last().cloned();
        let whole = Hit {
            kind: Kind::Odd,
            rule: usize::MAX,
            start: 0,
            end: scene.text.len(),
        };
        let (site, levels) = spot.map_or(
            (self.exam.site.unwrap_or(Site::Unspecified), Vec::new()),
            |s| (s.site, s.levels),
        );
        self.draft(
            index,
            sentence,
            scene,
            &whole,
            Status::Possible,
            site,
            Named::Here,
            levels,
            None,
        );
    }

    /// A film of a fracture that was fixed or plastered lately, which does not say "fracture" again; and one
    /// of a fracture of long ago, which does.
    fn treated(&mut self, scenes: &[(usize, &Sentence, Scene<'_>)]) {
        let details: Vec<&(usize, &Sentence, Scene<'_>)> = scenes
            .iter()
            .filter(|(_, s, _)| s.part == Part::Indication)
            .collect();
        let words = details
            .iter()
            .map(|(_, _, scene)| scene.text)
            .collect::<Vec<_>>()
            .join(" ");
        if !fits(&FORMS.fixed, &words) {
            return;
        }
        let months = FORMS
            .months
            .as_ref()
            .and_then(|r| r.captures(&words))
            .is_some_and(|c| {
                c.get(1)
                    .and_then(|m| m.as_str().parse::<u16>().ok())
                    .is_none_or(|n| n > 3)
            });
        let weeks = FORMS.weeks.as_ref().is_some_and(|r| r.is_match(&words));
        let body_fixation = scenes.iter().find(|(_, s, scene)| {
            s.part != Part::Indication && s.part != Part::Aside && scene.has(Kind::Fixation)
        });
        if months && !weeks {
            for draft in self
                .out
                .drafts
                .iter_mut()
                .filter(|d| d.status == Status::Present && !d.fresh && d.site != Site::Vertebra)
            {
                if body_fixation.is_some() {
                    draft.status = Status::Old;
                }
            }
            return;
        }
        let spoken = self
            .out
            .drafts
            .iter()
            .any(|d| d.part != Part::Indication && d.site != Site::Unspecified);
        let (Some((index, sentence, scene)), true, false) = (body_fixation, weeks, spoken) else {
            return;
        };
        let asked = details.iter().find_map(|(_, _, scene)| {
            scene
                .mentions
                .iter()
                .any(|m| matches!(m.kind, Kind::Fracture | Kind::Vertebral))
                .then_some(scene)
        });
        let Some(asked) = asked else { return };
        let site = asked
            .spots
            .first()
            .map(|s| s.site)
            .or(scene.spots.first().map(|s| s.site))
            .or(self.exam.site)
            .unwrap_or(Site::Unspecified);
        let Some(cue) = scene
            .cues
            .iter()
            .find(|h| h.kind == Kind::Fixation)
            .copied()
        else {
            return;
        };
        let (index, sentence) = (*index, *sentence);
        self.draft(
            index,
            sentence,
            scene,
            &cue,
            Status::Present,
            site,
            Named::Here,
            Vec::new(),
            None,
        );
        if let Some(draft) = self.out.drafts.last_mut() {
            draft.kind = Kind::Fracture;
        }
    }
}

fn shape_like(draft: &Draft) -> bool {
    matches!(draft.kind, Kind::Shape | Kind::Sign | Kind::Odd)
        || (draft.kind == Kind::Vertebral && !draft.said_fracture)
}

fn says_fracture(text: &str) -> bool {
    text.contains('#') || text.to_ascii_lowercase().contains("fractur")
}

fn mention_rule<'l>(lexicon: &'l Lexicon, mention: &Hit) -> &'l str {
    if mention.rule == usize::MAX {
        "report.cut_off"
    } else {
        lexicon.rule_name(mention.rule)
    }
}

fn pathological(scene: &Scene<'_>, mention: (usize, usize)) -> bool {
    scene.cues.iter().any(|h| {
        h.kind == Kind::Pathological
            && (h.start < mention.1 && mention.0 < h.end
                || h.end <= mention.0
                    && mention.0 - h.end < 40
                    && !scene.stops.iter().any(|s| s.0 >= h.end && s.1 <= mention.0))
    })
}

/// Whether a denial is only of an acute, new or further fracture.
fn qualified(scene: &Scene<'_>, mention: (usize, usize)) -> bool {
    let start = scene
        .cues
        .iter()
        .filter(|h| h.kind == Kind::Deny && h.end <= mention.0)
        .map(|h| h.end)
        .max()
        .unwrap_or(0);
    scene
        .text
        .get(start..mention.1)
        .is_some_and(|words| fits(&FORMS.qualified, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_compile() {
        let f = &*FORMS;
        for form in [
            &f.anaphor,
            &f.other,
            &f.qualified,
            &f.except,
            &f.months,
            &f.weeks,
            &f.fixed,
            &f.cut,
            &f.process,
            &f.soft,
            &f.disc_only,
            &f.denied_name,
            &f.history,
        ] {
            assert!(form.is_some());
        }
    }
}
