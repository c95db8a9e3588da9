//! Weighing evidence: whatever arrives, in whatever order, the same is said of it, and nobody is lost by it.

use finder::{Energy, Evidence, Finding, Mechanism, Reading, Why};
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
};
use pathway::{
    Actor, Disagreement, EpisodeId, Fact, ItemId, Outcome, Person, PersonId, Recorded, Settings,
    Sighting, SightingKind, Source, between,
    evidence::{Strength, weigh},
    may_contradict, next_action,
    placing::{Place, place, word_against},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use terms::{CodeSystem, Level, Listing, Side, Site, Status, id};

const DAY: Date = date(2026, 3, 1);

fn words(text: &str) -> Evidence {
    Evidence::Span {
        start: 0,
        end: text.len(),
        text: text.to_owned(),
    }
}

fn code(system: CodeSystem, title: &str) -> Evidence {
    Evidence::Code {
        system,
        code: "1".to_owned(),
        title: title.to_owned(),
    }
}

/// What one source says, small enough to be made up at random.
#[derive(Debug, Clone)]
struct Said {
    key: &'static str,
    kind: SightingKind,
    list: Listing,
    why: Why,
    day: i64,
    exam: Option<&'static str>,
    findings: Vec<Finding>,
    energy: Option<Energy>,
}

impl Said {
    fn report(key: &'static str, exam: &'static str, findings: Vec<Finding>) -> Self {
        let denies = findings.iter().all(|f| f.status == Status::Absent);
        Self {
            key,
            kind: SightingKind::Report,
            list: if denies { Listing::No } else { Listing::Yes },
            why: if denies { Why::AllDenied } else { Why::Present },
            day: 0,
            exam: Some(exam),
            findings,
            energy: None,
        }
    }

    fn coded(key: &'static str, kind: SightingKind, findings: Vec<Finding>) -> Self {
        Self {
            kind,
            exam: None,
            ..Self::report(key, "", findings)
        }
    }

    fn on(self, day: i64) -> Self {
        Self { day, ..self }
    }

    fn sighting(&self) -> Sighting {
        Sighting {
            key: self.key.to_owned(),
            kind: self.kind,
            seen_on: Some(DAY + self.day.days()),
            injured_on: None,
            hospital: None,
            exam: self.exam.map(str::to_owned),
            text: None,
            indication: None,
            reading: Reading {
                list: self.list,
                reason: "made up".to_owned(),
                why: self.why,
                findings: self.findings.clone(),
                mechanism: self.energy.map(|energy| Mechanism {
                    energy,
                    evidence: words("how"),
                    rule: "test".to_owned(),
                }),
            },
        }
    }
}

fn finding(site: Site, side: Option<Side>, status: Status, evidence: Evidence) -> Finding {
    Finding {
        site,
        level: vec![],
        side,
        status,
        evidence,
        rule: "test".to_owned(),
    }
}

fn says(site: Site, side: Option<Side>, status: Status) -> Vec<Finding> {
    vec![finding(site, side, status, words("words"))]
}

fn icd(site: Site) -> Vec<Finding> {
    let evidence = code(CodeSystem::Icd10, "Fracture");
    vec![finding(site, None, Status::Present, evidence)]
}

fn vertebra(levels: &[&str], status: Status) -> Vec<Finding> {
    let mut findings = says(Site::Vertebra, None, status);
    findings[0].level = levels.iter().map(|l| l.parse::<Level>().unwrap()).collect();
    findings
}

struct Life {
    person: Person,
    settings: Settings,
}

impl Life {
    fn new() -> Self {
        Self {
            person: Person::new(PersonId(id::derived("person", &[]))),
            settings: Settings::default(),
        }
    }

    fn record(&mut self, fact: Fact) {
        let seq = self.person.version + 1;
        let recorded = Recorded {
            seq,
            at: Timestamp::from_second(1_790_000_000).unwrap(),
            by: Actor::Herald {
                job: "Test".to_owned(),
            },
            source: Source::Feed {
                item: ItemId(id::derived("item", &[])),
                label: "test".to_owned(),
            },
            fact,
        };
        self.person.apply(&recorded).unwrap();
    }

    /// As the work on a message does it.
    fn hear(&mut self, said: &Said) {
        let sighting = said.sighting();
        if said.list != Listing::No {
            let (episode, corrects) = match place(&self.person, &sighting, &self.settings) {
                Place::Repeat => return,
                Place::Corrects { episode, seq } => (episode, Some(seq)),
                Place::Joins(episode) => (episode, None),
                Place::New => (
                    EpisodeId(id::derived("episode", &[said.key.as_bytes()])),
                    None,
                ),
            };
            self.record(Fact::Sighted {
                episode,
                sighting: Box::new(sighting.clone()),
                corrects,
            });
        }
        for fact in word_against(&self.person, &sighting, true, &self.settings) {
            self.record(fact);
        }
    }

    /// Everything of one fracture, in the order given.
    fn one_fracture(all: &[Said]) -> Self {
        let mut life = Self::new();
        let episode = EpisodeId(id::derived("episode", &[]));
        let (listed, against): (Vec<_>, Vec<_>) =
            all.iter().partition(|said| said.list != Listing::No);
        for said in listed {
            life.record(Fact::Sighted {
                episode,
                sighting: Box::new(said.sighting()),
                corrects: None,
            });
        }
        if life.person.episodes.is_empty() {
            return life;
        }
        for said in against {
            life.record(Fact::SpokenAgainst {
                episode,
                sighting: Box::new(said.sighting()),
                corrects: None,
            });
        }
        life
    }

    /// What is said of every fracture, without what depends on when it was recorded.
    fn told(&self) -> Vec<String> {
        let tell = |episode| {
            let weighed = weigh(&self.person, episode);
            let keys = |all: &[pathway::evidence::Weighed<'_>]| {
                let keys = all
                    .iter()
                    .map(|w| (w.seen.sighting.key.clone(), w.strength));
                keys.collect::<Vec<_>>()
            };
            let contradictions: Vec<_> = weighed
                .contradictions
                .iter()
                .map(|c| {
                    let key = |party: &pathway::Party<'_>| party.seen.sighting.key.clone();
                    let said = (c.says.said.clone(), c.but.said.clone());
                    (c.about, c.outcome, key(&c.says), key(&c.but), said)
                })
                .collect();
            format!(
                "{:?} {:?} {contradictions:?} {:?}",
                keys(&weighed.stands_for),
                keys(&weighed.against),
                weighed.operation
            )
        };
        self.person.episodes.iter().map(tell).collect()
    }
}

fn said(key: &'static str) -> impl Strategy<Value = Said> {
    let site = select(vec![
        Site::Wrist,
        Site::Hand,
        Site::Vertebra,
        Site::Unspecified,
    ]);
    let side = option::of(select(Side::ALL));
    let level = option::of(select(vec!["T12", "L1"]));
    let evidence = select(vec![
        words("words"),
        code(CodeSystem::Icd10, "Fracture"),
        code(CodeSystem::Opcs4, "Fixation"),
        code(CodeSystem::Snomed, "Closed fracture: radius"),
    ]);
    let one = (site, side, level, select(Status::ALL), evidence).prop_map(
        |(site, side, level, status, evidence)| {
            let mut made = finding(site, side, status, evidence);
            if site == Site::Vertebra {
                made.level = level.iter().map(|l| l.parse().unwrap()).collect();
            }
            made
        },
    );
    let kind = select(vec![
        SightingKind::Report,
        SightingKind::EmergencyAttendance,
        SightingKind::InpatientEpisode,
        SightingKind::ClinicAppointment,
        SightingKind::ByHand,
        SightingKind::Admission,
    ]);
    let verdict = select(vec![
        (Listing::Yes, Why::Present),
        (Listing::Look, Why::Possible),
        (Listing::No, Why::AllDenied),
        (Listing::No, Why::OldOnly),
        (Listing::No, Why::HighEnergy),
        (Listing::No, Why::Pathological),
    ]);
    let exam = option::of(select(vec!["XR Wrist Lt", "CT Wrist", "MRI Spine"]));
    let energy = option::of(select(vec![Energy::Low, Energy::High]));
    (kind, verdict, 0..60_i64, exam, vec(one, 1..3), energy).prop_map(
        move |(kind, (list, why), day, exam, findings, energy)| Said {
            key,
            kind,
            list,
            why,
            day,
            exam,
            findings,
            energy,
        },
    )
}

fn several() -> impl Strategy<Value = Vec<Said>> {
    const KEYS: [&str; 6] = ["a", "a:addendum", "b", "c", "d", "e"];
    KEYS.map(said).prop_map(Vec::from)
}

proptest! {
    #[test]
    fn a_contradiction_is_the_same_whoever_is_named_first(one in said("a"), other in said("b")) {
        let (one, other) = (one.sighting(), other.sighting());
        prop_assert_eq!(between(&one, &other), between(&other, &one));
        prop_assert!(between(&one, &one).is_empty());
    }

    #[test]
    fn the_weight_does_not_depend_on_the_order_of_arrival(all in several().prop_shuffle()) {
        let mut sorted = all.clone();
        sorted.sort_by_key(|said| said.key);
        prop_assert_eq!(
            Life::one_fracture(&all).told(),
            Life::one_fracture(&sorted).told()
        );
    }

    /// With and without everything that speaks against: the same candidates, sites, days, and what is to be done.
    #[test]
    fn nothing_that_is_said_against_changes_who_is_listed(all in several().prop_shuffle()) {
        let (mut with, mut without) = (Life::new(), Life::new());
        for said in &all {
            with.hear(said);
            if said.list != Listing::No {
                without.hear(said);
            }
        }
        let listed = |life: &Life| {
            let each = life.person.episodes.iter().map(|e| {
                let key = e.clearest().map(|seen| seen.sighting.key.clone());
                (e.id, e.state(), e.sites(), e.fracture_date(), key, next_action(&life.person, e))
            });
            each.collect::<Vec<_>>()
        };
        prop_assert_eq!(listed(&with), listed(&without));
    }

    /// What is recorded as speaking against contradicts something, and is recorded once however often it is heard.
    #[test]
    fn what_speaks_against_says_why_and_only_once(all in several()) {
        let mut life = Life::new();
        for said in all.iter().chain(&all) {
            life.hear(said);
        }
        let version = life.person.version;
        for said in &all {
            life.hear(said);
        }
        prop_assert_eq!(life.person.version, version);
        for episode in &life.person.episodes {
            for seen in &episode.against {
                prop_assert!(may_contradict(&seen.sighting));
                let about = episode.sightings.iter().map(|s| between(&s.sighting, &seen.sighting));
                prop_assert!(about.flatten().count() > 0);
            }
        }
    }
}

fn told(all: &[Said]) -> Vec<(Disagreement, &'static str, Outcome)> {
    let life = Life::one_fracture(all);
    let weighed = weigh(&life.person, &life.person.episodes[0]);
    weighed
        .contradictions
        .iter()
        .map(|c| {
            let key = &c.but.seen.sighting.key;
            let but = all.iter().find(|said| said.key == key).unwrap().key;
            (c.about, but, c.outcome)
        })
        .collect()
}

use SightingKind::{Admission, ClinicAppointment, EmergencyAttendance, InpatientEpisode};
use Status::{Absent, Old, Possible, Present};

#[test]
fn each_kind_of_source_has_its_weight() {
    let left = Some(Side::Left);
    let opcs = || {
        let evidence = code(CodeSystem::Opcs4, "Fixation");
        vec![finding(Site::Hip, None, Present, evidence)]
    };
    let look = |mut said: Said| {
        said.list = Listing::Look;
        said.why = Why::Possible;
        said
    };
    let wrist = |side, status| says(Site::Wrist, side, status);
    let sources = [
        (
            Said::report("a", "XR", wrist(left, Present)),
            Strength::ReportPlaced,
        ),
        (
            Said::report("a", "CT", vertebra(&["T12"], Present)),
            Strength::ReportPlaced,
        ),
        (
            Said::report("a", "XR", wrist(None, Present)),
            Strength::Report,
        ),
        (
            Said::coded("a", InpatientEpisode, icd(Site::Hip)),
            Strength::InpatientCode,
        ),
        (
            Said::coded("a", InpatientEpisode, opcs()),
            Strength::Procedure,
        ),
        (
            Said::coded("a", EmergencyAttendance, icd(Site::Hip)),
            Strength::EmergencyCode,
        ),
        (
            Said::coded("a", Admission, icd(Site::Hip)),
            Strength::EmergencyCode,
        ),
        (
            Said::coded("a", ClinicAppointment, wrist(left, Present)),
            Strength::Words,
        ),
        (
            look(Said::report("a", "XR", wrist(left, Possible))),
            Strength::Doubt,
        ),
        (
            look(Said::coded("a", Admission, wrist(None, Present))),
            Strength::Reason,
        ),
    ];
    for (said, expected) in &sources {
        assert_eq!(Strength::of(&said.sighting()), Some(*expected), "{said:?}");
    }
    assert!(sources.is_sorted_by_key(|(_, strength)| *strength));
    let denial = Said::report("a", "XR", wrist(left, Absent));
    assert_eq!(Strength::of(&denial.sighting()), None);
}

#[test]
fn a_later_scan_or_an_addendum_outweighs_a_denial() {
    let ed = || Said::coded("ed", EmergencyAttendance, icd(Site::Hip));
    let film = || Said::report("film", "XR Hip Rt", says(Site::Hip, None, Absent));
    let denied = |outcome| vec![(Disagreement::Denied, "film", outcome)];
    assert_eq!(told(&[ed(), film()]), denied(Outcome::Open));
    let ct = |day| Said::report("ct", "CT Pelvis", says(Site::Hip, None, Present)).on(day);
    assert_eq!(
        told(&[ed(), film(), ct(1)]),
        denied(Outcome::LaterExamShows)
    );
    assert_eq!(
        told(&[ed(), film().on(2), ct(1)]),
        denied(Outcome::Open),
        "a scan before the film settles nothing"
    );
    let other_film = Said::report("ct", "XR Hip Rt", says(Site::Hip, None, Present)).on(1);
    assert_eq!(told(&[ed(), film(), other_film]), denied(Outcome::Open));
    let mut addendum = Said::report("film:addendum", "XR", says(Site::Hip, None, Present));
    assert_eq!(
        told(&[ed(), film(), addendum.clone()]),
        denied(Outcome::AddendumShows)
    );
    // The other way round somebody has to look, whatever the machine makes of it.
    addendum = Said::report("film:addendum", "XR", says(Site::Hip, None, Absent));
    let mut first = film();
    first.list = Listing::Yes;
    first.findings = says(Site::Hip, None, Present);
    assert_eq!(
        told(&[first, addendum]),
        [(
            Disagreement::Denied,
            "film:addendum",
            Outcome::AddendumDoesNot
        )]
    );
    let clear_ct = Said::report("ct", "CT Pelvis", says(Site::Hip, None, Absent)).on(1);
    assert_eq!(
        told(&[ed(), clear_ct]),
        [(Disagreement::Denied, "ct", Outcome::LaterExamDoesNot)]
    );
}

#[test]
fn what_is_and_what_is_not_a_contradiction() {
    let ed = |site| Said::coded("ed", EmergencyAttendance, icd(site));
    let radius = {
        let evidence = code(CodeSystem::Snomed, "Closed fracture: radius");
        let findings = vec![finding(Site::Unspecified, None, Present, evidence)];
        Said::coded("ed", EmergencyAttendance, findings)
    };
    let report = |findings| Said::report("xr", "XR", findings);
    let about = |one: &Said, other: &Said| -> Vec<Disagreement> {
        let (one, other) = (one.sighting(), other.sighting());
        between(&one, &other).iter().map(|c| c.about).collect()
    };
    let (left, right) = (Some(Side::Left), Some(Side::Right));
    let of = |site, side, status| report(says(site, side, status));

    assert_eq!(
        about(&radius, &of(Site::Wrist, left, Absent)),
        [Disagreement::Denied]
    );
    assert_eq!(about(&radius, &of(Site::Rib, None, Absent)), []);
    assert_eq!(about(&ed(Site::Wrist), &of(Site::Skull, None, Absent)), []);

    let somewhere = of(Site::Unspecified, None, Absent);
    assert_eq!(
        about(&ed(Site::Ankle), &somewhere),
        [],
        "a chest film denies no ankle"
    );

    let old = Said {
        list: Listing::No,
        why: Why::OldOnly,
        ..of(Site::Wrist, left, Old)
    };
    assert_eq!(about(&ed(Site::Wrist), &old), [Disagreement::Old]);
    assert_eq!(
        about(&ed(Site::Wrist), &old.clone().on(40)),
        [],
        "by then it is"
    );
    assert_eq!(
        about(&ed(Site::Wrist), &of(Site::Hand, left, Present)),
        [Disagreement::Site]
    );
    assert_eq!(about(&ed(Site::Wrist), &of(Site::Ankle, left, Present)), []);

    let booked = Said::coded("fc", ClinicAppointment, says(Site::Wrist, left, Present));
    assert_eq!(
        about(&booked, &old),
        [],
        "by the day of the clinic it is known"
    );

    let mut clinic = Said::coded("fc", ClinicAppointment, says(Site::Wrist, right, Present));
    assert_eq!(
        about(&clinic, &of(Site::Wrist, left, Present)),
        [Disagreement::Side]
    );
    clinic.findings.extend(says(Site::Wrist, left, Present));
    assert_eq!(
        about(&clinic, &of(Site::Wrist, left, Present)),
        [],
        "it says both"
    );

    let film = Said::report("film", "XR", vertebra(&["T12"], Present));
    let mri = |levels: &[&str]| Said::report("mri", "MRI", vertebra(levels, Present));
    assert_eq!(about(&film, &mri(&["L1"])), [Disagreement::Level]);
    assert_eq!(about(&film, &mri(&["T12", "L1"])), []);

    let energy = |energy| Said {
        energy: Some(energy),
        ..ed(Site::Wrist)
    };
    let mut fall = of(Site::Wrist, left, Present);
    fall.energy = Some(Energy::Low);
    assert_eq!(about(&energy(Energy::High), &fall), [Disagreement::Energy]);
    assert_eq!(about(&energy(Energy::Low), &fall), []);

    let tumour = Said {
        list: Listing::No,
        why: Why::Pathological,
        ..of(Site::Wrist, left, Present)
    };
    assert_eq!(about(&ed(Site::Wrist), &tumour), [Disagreement::Tumour]);
}
