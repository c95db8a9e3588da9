//! What becomes of each made-up patient, and what they and the nurse answer: from the seed and the episode alone, so
//! that it comes out the same however often it is asked.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{ToSpan, civil::Date};
use pathway::{
    Channel, CloseReason, EpisodeId, Format, HeldResult, Needs, TestKind,
    care::{Dose, Plan, ReferralKind, ReferralOutcome, Review, Taught},
};
use service::{assessment, review};
use synth::Dice;
use terms::{Answer, Medicine, Recommended};

/// One patient's chances.
#[derive(Debug, Clone, Copy)]
pub struct Patient {
    seed: u64,
    key: u64,
}

/// How somebody comes to be assessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Telephone,
    Clinic,
    Questionnaire,
}

pub type Typed = BTreeMap<String, Vec<String>>;

impl Patient {
    pub fn of(seed: u64, episode: EpisodeId) -> Self {
        let mut first = [0; 8];
        for (to, from) in first.iter_mut().zip(episode.0.as_bytes()) {
            *to = *from;
        }
        Self {
            seed,
            key: u64::from_be_bytes(first),
        }
    }

    /// Dice that always fall the same for this patient and purpose.
    pub fn dice(self, purpose: &str) -> Dice {
        Dice::new(self.seed, purpose, self.key)
    }

    /// Dice of one day.
    pub fn today(self, purpose: &str, day: Date) -> Dice {
        let since = (day - Date::constant(2000, 1, 1)).get_days();
        Dice::new(
            self.seed,
            purpose,
            self.key.wrapping_add(u64::from(since.unsigned_abs())),
        )
    }

    /// Slipped through: nobody looks after these, which is what the list of the stalled is for.
    pub fn forgotten(self) -> bool {
        self.dice("forgotten").percent(2)
    }

    pub fn way(self) -> Way {
        const WAYS: &[(Way, u32)] = &[
            (Way::Telephone, 50),
            (Way::Clinic, 30),
            (Way::Questionnaire, 20),
        ];
        self.dice("way").weighted(WAYS, Way::Telephone)
    }

    /// Tries that fail before somebody is reached; 9 is never.
    pub fn failed_tries(self, purpose: &str) -> usize {
        let chances = [(0, 55), (1, 22), (2, 12), (9, 11)];
        self.dice(&format!("tries {purpose}")).weighted(&chances, 0)
    }

    /// What ends it when they are first reached.
    pub fn ends_at_once(self) -> Option<CloseReason> {
        let chances = [
            (None, 937),
            (Some(CloseReason::DeclinedService), 20),
            (Some(CloseReason::Moved), 12),
            (Some(CloseReason::UnderAnotherService), 16),
            (Some(CloseReason::NotFragility), 15),
        ];
        self.dice("ends").weighted(&chances, None)
    }

    /// Most need nothing, and were asked.
    pub fn needs(self) -> Needs {
        let mut dice = self.dice("needs");
        let mut needs = Needs::default();
        match dice.below(100) {
            0..6 => drop(needs.formats.insert(Format::LargePrint)),
            6..8 => drop(needs.formats.insert(Format::EasyRead)),
            8..9 => drop(needs.formats.insert(Format::Braille)),
            9..14 => {
                let language = dice.word(&["Polish", "Bengali", "Romanian", "Gujarati"]);
                needs.interpreter = Some(language.to_owned());
            }
            14..20 => {
                let who = dice.word(&["Daughter", "Son", "Husband", "Wife", "Niece"]);
                needs.carer = Some(format!("{who}, 01632 960{:03}", dice.below(1000)));
            }
            20..22 => drop(needs.never.insert(Channel::Text)),
            22..24 => needs.note = Some("Hard of hearing: ring twice, speak slowly".to_owned()),
            _ => {}
        }
        needs
    }

    /// Height, weight and the rest of what raises the risk, where it differs from "nothing".
    pub fn risk(self, today: Date) -> Typed {
        let mut dice = self.dice("risk");
        let height = dice.between(148, 182);
        let weight = height - 100 + dice.between(-16, 14);
        let mof = dice.between(9, 38);
        let hip = (mof / 3 + dice.between(-2, 5)).max(1);
        let mut typed = answers(&[
            ("risk.height", &height.to_string()),
            ("risk.weight", &weight.to_string()),
            ("frax.mof", &mof.to_string()),
            ("frax.hip", &hip.to_string()),
            ("frax.bmd", "no"),
            ("frax.on", &typed_day(today)),
        ]);
        for (question, percent) in [
            ("risk.height_lost", 18),
            ("risk.parental_hip", 12),
            ("risk.smoker", 11),
            ("risk.alcohol", 9),
            ("risk.rheumatoid", 4),
        ] {
            yes(&mut typed, &mut dice, question, percent);
        }
        // A few do not know what their parents broke.
        if dice.percent(5) {
            put(&mut typed, "risk.parental_hip", "not_known");
        }
        if dice.percent(22) {
            let which = dice.word(&[
                "diabetes_2",
                "kidney",
                "malabsorption",
                "cancer",
                "hyperthyroidism",
            ]);
            put(&mut typed, "risk.secondary", which);
        }
        typed
    }

    /// What no feed says of the fracture.
    pub fn fracture(self) -> Typed {
        let cause = self
            .dice("other cause")
            .weighted(&[("no", 96), ("not_known", 3), ("yes", 1)], "no");
        answers(&[("fracture.other_cause", cause)])
    }

    /// Why somebody stays with a medicine that the packs speak against.
    pub fn departs_because(self, medicine: Medicine) -> &'static str {
        let mut dice = self.dice("departs because");
        match medicine {
            Medicine::Teriparatide | Medicine::Romosozumab | Medicine::Alfacalcidol => {
                dice.word(&[
                    "agreed with the bone specialist at the multidisciplinary meeting",
                    "started by rheumatology, we follow",
                ])
            }
            _ => dice.word(&[
                "has taken it for years without trouble and wishes to stay on it",
                "discussed with the renal team, who agree",
                "the record is out of date: the GP confirms that this no longer holds",
                "agreed with the lead clinician after weighing it up",
            ]),
        }
    }

    pub fn falls(self) -> Typed {
        let mut dice = self.dice("falls");
        if dice.percent(7) {
            return answers(&[("falls.assessed", "no")]);
        }
        let mut typed = answers(&[("falls.assessed", "yes")]);
        for (question, percent) in [
            ("falls.twice", 30),
            ("falls.fear", 35),
            ("falls.balance", 28),
            ("falls.blackout", 3),
            ("falls.dizzy", 14),
            ("falls.vision", 17),
            ("falls.toileting", 15),
            ("falls.cardiovascular", 12),
            ("falls.cognition", 9),
            ("falls.home", 16),
        ] {
            yes(&mut typed, &mut dice, question, percent);
        }
        let walking = dice.weighted(
            &[
                ("unaided", 60),
                ("one_aid", 24),
                ("two_aids", 12),
                ("with_person", 4),
            ],
            "unaided",
        );
        put(&mut typed, "falls.mobility", walking);
        if dice.percent(40) {
            put(&mut typed, "falls.tug", &dice.between(8, 26).to_string());
        }
        typed
    }

    pub fn medicines(self) -> Typed {
        let mut dice = self.dice("medicines");
        let mut typed = Typed::new();
        if dice.percent(14) {
            let which = dice.word(&["alendronate", "alendronate", "risedronate", "denosumab"]);
            put(&mut typed, "medicines.bone_at_fracture", which);
        }
        for (question, percent) in [
            ("medicines.calcium_vitamin_d", 25),
            ("medicines.reflux", 15),
            ("medicines.swallowing", 5),
            ("medicines.dental", 7),
        ] {
            yes(&mut typed, &mut dice, question, percent);
        }
        if dice.percent(6) {
            put(&mut typed, "medicines.steroids", "yes");
            put(&mut typed, "medicines.steroids_now", "yes");
            put(
                &mut typed,
                "medicines.steroid_dose",
                dice.word(&["5", "7.5", "10"]),
            );
        }
        if dice.percent(26) {
            let which = dice.word(&["amitriptyline", "zopiclone", "amlodipine", "co-codamol"]);
            put(&mut typed, "medicines.fall_risk", "yes");
            put(&mut typed, "medicines.fall_risk_which", which);
        }
        typed
    }

    /// No scan has come: asked for by some, not needed by others.
    pub fn scan(self) -> (Typed, bool) {
        let mut dice = self.dice("scan");
        if dice.percent(45) {
            return (answers(&[("dxa.status", "ordered")]), true);
        }
        if dice.percent(25) {
            return (answers(&[("dxa.status", "recommended")]), false);
        }
        let because = dice.weighted(
            &[
                ("not_needed", 60),
                ("recent", 12),
                ("frail", 16),
                ("declined", 9),
                ("not_available", 3),
            ],
            "not_needed",
        );
        (
            answers(&[("dxa.status", "not_ordered"), ("dxa.not_because", because)]),
            false,
        )
    }

    pub fn bloods(self) -> Typed {
        let mut dice = self.dice("bloods asked");
        let status = if dice.percent(75) {
            "asked"
        } else {
            "not_needed"
        };
        answers(&[("blood.status", status)])
    }

    /// What is decided; `rare` overrides, so that every outcome is there.
    pub fn plan(self, today: Date, rare: Option<Recommended>) -> Plan {
        const CHANCES: &[(Recommended, u32)] = &[
            (Recommended::Alendronate, 40),
            (Recommended::Risedronate, 9),
            (Recommended::Ibandronate, 2),
            (Recommended::Zoledronate, 13),
            (Recommended::Denosumab, 8),
            (Recommended::Teriparatide, 1),
            (Recommended::Romosozumab, 2),
            (Recommended::SystemicOestrogens, 1),
            (Recommended::ReferredToGp, 8),
            (Recommended::ReferredForOpinion, 4),
            (Recommended::InformedDecline, 6),
            (Recommended::Inappropriate, 6),
        ];
        let mut dice = self.dice("plan");
        let therapy = rare.unwrap_or_else(|| dice.weighted(CHANCES, Recommended::Alendronate));
        let because = match therapy {
            Recommended::InformedDecline => Some(dice.word(&[
                "she does not want more tablets",
                "worried about the jaw after reading about it",
                "wants to try exercise and diet first",
                "does not see the fall as a sign of weak bone",
            ])),
            Recommended::Inappropriate => Some(dice.word(&[
                "bone density is normal and the ten-year risk low",
                "in the last months of life; comfort comes first",
                "severe kidney disease: under the renal team",
            ])),
            _ => None,
        };
        let mut taught: BTreeSet<Taught> = [Taught::Diet, Taught::Exercise].into();
        if therapy.medicine().is_some() {
            taught.extend([Taught::Medicine, Taught::SideEffects]);
        }
        if dice.percent(20) {
            taught.insert(Taught::HomeSafety);
        }
        Plan {
            on: today,
            therapy,
            calcium_vitamin_d: if dice.percent(82) {
                Answer::Yes
            } else {
                Answer::No
            },
            taught,
            follow_up: because.is_none(),
            because: because.map(str::to_owned),
            note: None,
            advised: None,
        }
    }

    /// Whom else the decision asks.
    pub fn referrals(self, therapy: Recommended) -> Vec<ReferralKind> {
        let mut dice = self.dice("referrals");
        let mut kinds = Vec::new();
        match therapy {
            Recommended::ReferredToGp => kinds.push(ReferralKind::Gp),
            Recommended::ReferredForOpinion => kinds.push(ReferralKind::Opinion),
            Recommended::Zoledronate | Recommended::Denosumab | Recommended::Romosozumab => {
                kinds.push(ReferralKind::Infusion);
            }
            _ => {}
        }
        for (kind, percent) in [
            (ReferralKind::Falls, 30),
            (ReferralKind::StrengthBalance, 45),
            (ReferralKind::Physiotherapy, 8),
            (ReferralKind::Dentist, 6),
            (ReferralKind::Dietitian, 3),
        ] {
            if dice.percent(percent) {
                kinds.push(kind);
            }
        }
        kinds
    }

    pub fn answer_to(self, seq: u32) -> ReferralOutcome {
        let chances = [
            (ReferralOutcome::Seen, 62),
            (ReferralOutcome::Accepted, 16),
            (ReferralOutcome::DidNotAttend, 9),
            (ReferralOutcome::PatientDeclined, 6),
            (ReferralOutcome::TurnedDown, 4),
            (ReferralOutcome::NoAnswer, 3),
        ];
        self.dice(&format!("referral {seq}"))
            .weighted(&chances, ReferralOutcome::Seen)
    }

    /// The call: what they take, how it suits, what has happened.
    pub fn review(
        self,
        review: Review,
        plan: &Plan,
        last_dose: Option<Date>,
        today: Date,
    ) -> review::Typed {
        let mut dice = self.dice(review.code());
        let therapy = self.takes(review, plan, &mut dice);
        let medicine = terms::Medicine::from_code(therapy);
        let mut typed = answers(&[
            ("review.therapy", therapy),
            ("review.by_fls", if dice.percent(94) { "yes" } else { "no" }),
            (
                "review.calcium_vitamin_d",
                if dice.percent(84) { "yes" } else { "no" },
            ),
        ]);
        let exercises = dice.percent(58);
        put(
            &mut typed,
            "review.exercise",
            if exercises { "yes" } else { "no" },
        );
        let (why, whys): (&str, &[(&str, u32)]) = match review {
            Review::Weeks16 => (
                "review.not_started_because",
                &[
                    ("gp_not_prescribed", 40),
                    ("waits", 22),
                    ("dental", 10),
                    ("intolerance", 14),
                    ("unwell", 8),
                    ("declined", 6),
                ],
            ),
            Review::Weeks52 => (
                "review.stopped_because",
                &[
                    ("never_prescribed", 16),
                    ("side_effects", 30),
                    ("own_choice", 24),
                    ("ran_out", 12),
                    ("gp_stopped", 10),
                    ("dental", 8),
                ],
            ),
        };
        if matches!(
            therapy,
            "not_started" | "no_longer_appropriate" | "informed_decline"
        ) {
            put(&mut typed, why, dice.weighted(whys, "other"));
        }
        if let Some(medicine) = medicine {
            if Dose::months_between(medicine).is_some() {
                // The first dose was some weeks after the decision.
                let first = plan.on.saturating_add(dice.between(14, 40).days());
                let on = last_dose.unwrap_or(first).min(today);
                put(&mut typed, "review.dose_on", &typed_day(on));
            } else {
                let missed = if dice.percent(25) {
                    dice.between(1, 3)
                } else {
                    0
                };
                put(&mut typed, "review.missed", &missed.to_string());
            }
            if review == Review::Weeks52 {
                put(
                    &mut typed,
                    "review.adherent",
                    if dice.percent(90) { "yes" } else { "no" },
                );
            } else {
                put(
                    &mut typed,
                    "review.taken_as_told",
                    if dice.percent(92) { "yes" } else { "no" },
                );
            }
        }
        for (question, per_mille) in [
            ("review.thigh_pain", 12),
            ("review.jaw", 5),
            ("review.reflux", if medicine.is_some() { 45 } else { 0 }),
            ("review.other_effect", 20),
            ("review.new_fracture", 12),
            ("review.new_fall", 50),
        ] {
            let answer = if dice.per_mille(per_mille) {
                "yes"
            } else {
                "no"
            };
            put(&mut typed, question, answer);
        }
        if typed
            .get("review.other_effect")
            .is_some_and(|a| a == &["yes"])
        {
            let what = dice.word(&[
                "aching for two days after the infusion",
                "a rash on the arm",
                "constipation",
            ]);
            put(&mut typed, "review.other_effect_which", what);
        }
        if typed
            .get("review.new_fracture")
            .is_some_and(|a| a == &["yes"])
            && review == Review::Weeks16
        {
            put(
                &mut typed,
                "review.new_fracture_which",
                "a toe, in May, against the bed",
            );
        }
        if review == Review::Weeks52 {
            let broken = typed
                .get("review.new_fracture")
                .is_some_and(|a| a == &["yes"]);
            put(
                &mut typed,
                "review.refractures",
                if broken { "1" } else { "0" },
            );
            for question in ["review.switched", "review.shorter", "review.new_illness"] {
                put(
                    &mut typed,
                    question,
                    if dice.percent(4) { "yes" } else { "no" },
                );
            }
        }
        review::Typed {
            answers: typed,
            confirmed: BTreeSet::new(),
            usual: BTreeSet::new(),
            on: Some(today),
        }
    }

    fn takes(self, review: Review, plan: &Plan, dice: &mut Dice) -> &'static str {
        let planned = match plan.therapy {
            Recommended::ReferredToGp | Recommended::ReferredForOpinion | Recommended::NotKnown => {
                dice.weighted(
                    &[("alendronate", 6), ("risedronate", 2), ("not_started", 3)],
                    "alendronate",
                )
            }
            therapy => therapy.code(),
        };
        let (on, off) = match review {
            Review::Weeks16 => (80, 10),
            Review::Weeks52 => (74, 6),
        };
        dice.weighted(
            &[
                (planned, on),
                ("not_started", off),
                ("informed_decline", 5),
                ("no_longer_appropriate", 3),
                ("refer_for_opinion", 3),
                ("not_known", 1),
            ],
            planned,
        )
    }

    /// Sections of the questionnaire as the patient fills them in at home.
    pub fn questionnaire(self) -> [(&'static str, Typed); 3] {
        let mut dice = self.dice("questionnaire");
        let height = dice.between(148, 182);
        let weight = height - 100 + dice.between(-16, 14);
        let you = answers(&[
            ("risk.height", &height.to_string()),
            ("risk.weight", &weight.to_string()),
        ]);
        let mut falls = Typed::new();
        for (question, percent) in [
            ("falls.twice", 30),
            ("falls.blackout", 4),
            ("falls.fear", 35),
            ("falls.dizzy", 14),
        ] {
            let answer = if dice.percent(percent) { "yes" } else { "no" };
            put(&mut falls, question, answer);
        }
        let mut living = Typed::new();
        for (question, percent) in [
            ("risk.smoker", 11),
            ("risk.alcohol", 9),
            ("own.weight_loss", 4),
        ] {
            let answer = if dice.percent(percent) { "yes" } else { "no" };
            put(&mut living, question, answer);
        }
        [("you", you), ("falls", falls), ("living", living)]
    }
}

/// Whether a scan, or a blood test, is among what has come.
pub fn has(results: &[HeldResult], kind: TestKind) -> bool {
    results.iter().any(|held| held.result.kind == kind)
}

pub fn section(answers: Typed) -> assessment::Typed {
    assessment::Typed {
        answers,
        ..assessment::Typed::default()
    }
}

pub fn answers(pairs: &[(&str, &str)]) -> Typed {
    let mut typed = Typed::new();
    for (question, answer) in pairs {
        put(&mut typed, question, answer);
    }
    typed
}

fn put(typed: &mut Typed, question: &str, answer: &str) {
    typed.insert(question.to_owned(), vec![answer.to_owned()]);
}

fn yes(typed: &mut Typed, dice: &mut Dice, question: &str, percent: u32) {
    if dice.percent(percent) {
        put(typed, question, "yes");
    }
}

fn typed_day(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}
