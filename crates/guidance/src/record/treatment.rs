//! Steroids, bone medicine, what was decided, and what a review found.

use pathway::{Episode, Person, care::Review};
use terms::{Medicine, Recommended, TherapyAtReview, age_on};

use super::{Record, months_between, said::Said, weeks_between};

impl Record<'_> {
    pub(super) fn steroids(&mut self) {
        if self.said.yes_no("medicines.steroids") == Some(false) {
            for fact in ["steroids.three_months", "steroids.replacement_only"] {
                self.put(fact, false);
            }
            if self.said.number("medicines.steroid_packs").is_none() {
                self.put("steroids.rescue_packs", 0.0);
            }
        }
    }

    pub(super) fn treatment(&mut self, person: &Person, episode: &Episode) {
        let at_fracture = self.said.code("medicines.bone_at_fracture");
        self.put_known(
            "fracture.on_treatment",
            at_fracture.map(|medicine| medicine != "none"),
        );
        // What the last review found; before one, what they came with.
        let now = match episode.care.reviews.last() {
            Some(noted) => taken(noted.what.therapy),
            None => at_fracture,
        };
        self.put_known("therapy.now", now);
        if let (Some(years), Some(born)) = (
            self.said.number("medicines.bone_years"),
            person.details.born,
        ) {
            let age = f64::from(age_on(born, self.today));
            self.put("therapy.age_at_start", (age - years).floor());
        }
        let operated_on = self.said.date("fracture.operated_on");
        self.put_known(
            "fracture.weeks_since_operation",
            operated_on.and_then(|day| weeks_between(day, self.today)),
        );
        // Whichever fracture it was given for.
        let last = person
            .episodes
            .iter()
            .flat_map(|held| &held.care.doses)
            .filter(|noted| noted.what.medicine == Medicine::Denosumab)
            .map(|noted| noted.what.on)
            .max();
        self.put_known(
            "denosumab.months_since",
            last.and_then(|day| months_between(day, self.today)),
        );
        let plan = episode.care.plan().map(|noted| noted.what.therapy);
        self.put_known("plan.medicine", plan.and_then(recommended));
        self.put_known(
            "plan.declined",
            plan.map(|therapy| therapy == Recommended::InformedDecline),
        );
    }

    pub(super) fn reviews(&mut self, episode: &Episode) {
        self.put_known(
            "review.week",
            weeks_between(episode.diagnosed().on, self.today),
        );
        let Some(last) = episode.care.reviews.last() else {
            return;
        };
        let said = Said(&last.what.answers);
        let yes_no = |question: &str| said.yes_no(question);
        let effects: Vec<Option<bool>> = [
            "review.thigh_pain",
            "review.jaw",
            "review.reflux",
            "review.other_effect",
        ]
        .iter()
        .map(|question| yes_no(question))
        .collect();
        let any = if effects.contains(&Some(true)) {
            Some(true)
        } else {
            effects
                .iter()
                .all(|effect| *effect == Some(false))
                .then_some(false)
        };
        self.put_known("review.side_effects", any);
        self.put("review.reached", true);
        self.put_known("review.new_fall", yes_no("review.new_fall"));
        self.put_known("review.exercise", yes_no("review.exercise"));
        let why_not = ["review.not_started_because", "review.stopped_because"]
            .iter()
            .filter_map(|question| said.code(question))
            .find_map(|code| match code {
                "gp_not_prescribed" | "never_prescribed" => Some("not_prescribed"),
                "declined" | "own_choice" => Some("declined"),
                "dental" => Some("dental"),
                "intolerance" | "side_effects" => Some("side_effects"),
                "waits" => Some("waits"),
                "unwell" => Some("unwell"),
                "ran_out" => Some("ran_out"),
                "gp_stopped" => Some("stopped_by_gp"),
                "other" => Some("other"),
                _ => None,
            });
        self.put_known("review.why_not", why_not);
        self.put_known("review.new_fracture", yes_no("review.new_fracture"));
        self.put_known("review.health_changed", yes_no("review.new_illness"));
        self.put_known(
            "review.missed_doses",
            said.number("review.missed").map(|doses| doses > 0.0),
        );
        if last.what.review == Review::Weeks16 || last.what.therapy.medicine().is_some() {
            self.put_known(
                "review.started",
                taken(last.what.therapy).map(|now| now != "none"),
            );
        }
    }
}

/// What somebody takes, as a review found it.
fn taken(therapy: TherapyAtReview) -> Option<&'static str> {
    match therapy {
        TherapyAtReview::NotKnown | TherapyAtReview::ReferForOpinion => None,
        TherapyAtReview::NotStarted
        | TherapyAtReview::NoLongerAppropriate
        | TherapyAtReview::InformedDecline => Some("none"),
        medicine => medicine.medicine().map(Medicine::code),
    }
}

fn recommended(therapy: Recommended) -> Option<&'static str> {
    match therapy {
        Recommended::ReferredToGp => Some("gp_decides"),
        Recommended::ReferredForOpinion => Some("specialist"),
        Recommended::InformedDecline | Recommended::Inappropriate => Some("none"),
        medicine => medicine.medicine().map(Medicine::code),
    }
}
