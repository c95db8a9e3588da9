//! Steroids, bone medicine, what was decided, and what a review found.

use std::collections::BTreeSet;

use pathway::{
    Episode, Person,
    care::{ContactPurpose, Dose, Review},
};
use terms::{Medicine, Recommended, TherapyAtReview, age_on};

use super::{Record, months_between, said::Said, weeks_between};

impl Record<'_> {
    pub(super) fn steroids(&mut self) {
        if self.said.yes_no("medicines.steroids") == Some(false) {
            for fact in [
                "steroids.now",
                "steroids.three_months",
                "steroids.replacement_only",
            ] {
                self.put(fact, false);
            }
        }
    }

    pub(super) fn treatment(&mut self, person: &Person, episode: &Episode) {
        let at_fracture = self.said.code("medicines.bone_at_fracture");
        self.put_known(
            "fracture.on_treatment",
            at_fracture.map(|medicine| medicine != "none"),
        );
        let doses: Vec<&Dose> = doses(person).collect();
        // What the last review found; before one, what they came with. A dose given since goes before both.
        let (found, since) = match episode.care.reviews.last() {
            Some(noted) => (taken(noted.what.therapy), noted.what.on),
            None => (at_fracture, episode.diagnosed().on),
        };
        let given = doses
            .iter()
            .filter(|dose| dose.on > since && !dose.last)
            .max_by_key(|dose| dose.on)
            .map(|dose| dose.medicine.code());
        let now = given.or(found);
        self.put_known("therapy.now", now);
        // Asked about the medicine at the fracture, and true of no other.
        if now.is_some() && now == at_fracture {
            let years = self.said.number("medicines.bone_years");
            self.put_known("therapy.years", years);
            let as_told = self.said.yes_no("medicines.bone_taken");
            self.put_known("therapy.taken_as_told", as_told);
            if let (Some(years), Some(born)) = (years, person.details.born) {
                let age = f64::from(age_on(born, self.today));
                self.put("therapy.age_at_start", (age - years).floor());
            }
        }
        let reviews = episode.care.reviews.iter();
        let ever: BTreeSet<&str> = at_fracture
            .into_iter()
            .chain(reviews.filter_map(|noted| taken(noted.what.therapy)))
            .chain(doses.iter().map(|dose| dose.medicine.code()))
            .collect();
        self.taken_before(&ever, now);
        let operated_on = self.said.date("fracture.operated_on");
        self.put_known(
            "fracture.weeks_since_operation",
            operated_on.and_then(|day| weeks_between(day, self.today)),
        );
        let last = doses
            .iter()
            .filter(|dose| dose.medicine == Medicine::Denosumab)
            .map(|dose| dose.on)
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

    /// What the record shows was taken counts as taken before, whatever was ticked.
    fn taken_before(&mut self, ever: &BTreeSet<&str>, now: Option<&str>) {
        let any = |of: &[&str]| of.iter().any(|medicine| ever.contains(medicine));
        if any(&["alendronate", "risedronate", "ibandronate", "zoledronate"]) {
            self.put("therapy.bisphosphonate_ever", true);
        }
        if any(&["denosumab"]) {
            self.put("therapy.denosumab_ever", true);
        }
        // A course that goes on is not one taken before.
        let pth_analogues = ["teriparatide", "abaloparatide"];
        if any(&pth_analogues) && !now.is_some_and(|now| pth_analogues.contains(&now)) {
            self.put("therapy.pth_analogue_ever", true);
        }
    }

    pub(super) fn reviews(&mut self, episode: &Episode) {
        self.put_known(
            "review.week",
            weeks_between(episode.diagnosed().on, self.today),
        );
        let reviewed = episode.care.reviews.last();
        self.put_known("review.reached", reached(episode));
        let Some(last) = reviewed else {
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

/// Doses that the service recorded, whichever fracture they were given for.
fn doses(person: &Person) -> impl Iterator<Item = &Dose> {
    let given = person.episodes.iter().flat_map(|held| &held.care.doses);
    given.map(|noted| &noted.what)
}

/// Whether the last review came about: not, where every try since was in vain.
fn reached(episode: &Episode) -> Option<bool> {
    let last = episode.care.reviews.last().map(|noted| noted.what.on);
    let tried = episode.care.contacts.iter().any(|noted| {
        let contact = &noted.what;
        let review = matches!(
            contact.purpose,
            ContactPurpose::Review16 | ContactPurpose::Review52
        );
        review && contact.outcome.failed() && last.is_none_or(|last| contact.on > last)
    });
    if tried {
        Some(false)
    } else {
        last.map(|_| true)
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
