//! What the record says about somebody, as facts that rules may name. What nobody answered stays not known.

use std::collections::BTreeSet;

use jiff::civil::Date;
use pathway::{
    Episode, Person, State,
    care::Review,
    form::{Answers, Form, FormKind, NOT_KNOWN, Value, exact_date},
};
use terms::{Medicine, Recommended, Sex, Site, age_on};

use crate::{
    calculators::{self, bmi, kidney},
    facts::{Ask, Catalogue, Facts, Given, Kind},
    nogg,
};

/// What a service sets for itself that rules ask about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Service {
    /// `ng259` or `nogg`.
    pub dxa_line: String,
    pub starts_anabolics: Option<bool>,
    pub bone_specialist: Option<bool>,
    pub ctx: Option<bool>,
    pub dxa_wait_weeks: Option<u32>,
    /// Somebody answers for sums: body mass index, kidney function and the band of a FRAX figure are worked out. They
    /// are not known otherwise.
    pub sums: bool,
}

/// Facts about one person after one fracture, and the values that cannot be right: kept as typed, and not used.
#[derive(Debug)]
pub struct OnRecord {
    pub facts: Facts,
    pub asks: Vec<Ask>,
}

/// `answers` are those of the assessment, with or without what feeds propose.
pub fn on_record(
    catalogue: &Catalogue,
    person: &Person,
    episode: &Episode,
    answers: &Answers,
    service: &Service,
    today: Date,
) -> OnRecord {
    let form = Form::get(FormKind::Assessment);
    let answers = form.asked_of(answers);
    let mut record = Record {
        catalogue,
        found: OnRecord {
            facts: catalogue.nothing(),
            asks: Vec::new(),
        },
        answers: &answers,
        today,
        sums: service.sums,
    };
    record.answered();
    record.person(person);
    record.fractures(person, episode);
    record.scans();
    record.bloods();
    record.steroids();
    record.treatment(person, episode);
    record.reviews(episode);
    record.scores(person);
    if !service.dxa_line.is_empty() {
        record.put("service.dxa_line", service.dxa_line.as_str());
    }
    record.put_known("service.starts_anabolics", service.starts_anabolics);
    record.put_known("service.bone_specialist", service.bone_specialist);
    record.put_known("service.ctx", service.ctx);
    record.put_known("dxa.wait_weeks", service.dxa_wait_weeks.map(f64::from));
    record.found
}

struct Record<'a> {
    catalogue: &'a Catalogue,
    found: OnRecord,
    answers: &'a Answers,
    today: Date,
    sums: bool,
}

/// The major osteoporotic sites: spine, hip, shoulder, wrist (NICE NG259, words).
fn major(site: Site) -> bool {
    matches!(
        site,
        Site::Vertebra | Site::Hip | Site::Humerus | Site::Wrist | Site::Forearm
    )
}

impl Record<'_> {
    fn put(&mut self, fact: &str, value: impl Into<Given>) {
        // A catalogue without this fact has no rule that would ask for it.
        if self.catalogue.get(fact).is_none() {
            return;
        }
        if let Err(ask) = self
            .catalogue
            .put(&mut self.found.facts, fact, &value.into())
        {
            self.found.asks.push(ask);
        }
    }

    fn put_known<T: Into<Given>>(&mut self, fact: &str, value: Option<T>) {
        if let Some(value) = value {
            self.put(fact, value);
        }
    }

    fn answer(&self, question: &str) -> Option<&Value> {
        self.answers.get(question).filter(|v| !v.is(NOT_KNOWN))
    }

    fn yes_no(&self, question: &str) -> Option<bool> {
        let answer = self.answer(question)?;
        if answer.is("yes") {
            Some(true)
        } else {
            answer.is("no").then_some(false)
        }
    }

    fn number(&self, question: &str) -> Option<f64> {
        // "Under 10" is no number.
        let answer = self.answer(question)?;
        let bounded = answer.codes().next()?.starts_with(['<', '>']);
        answer.number().filter(|_| !bounded)
    }

    fn date(&self, question: &str) -> Option<Date> {
        exact_date(self.answer(question)?)
    }

    /// Facts that are one answer, or one choice among several.
    fn answered(&mut self) {
        let catalogue = self.catalogue;
        for (question, value) in self.answers {
            if value.is(NOT_KNOWN) {
                continue;
            }
            for fact in catalogue.asked_by(question) {
                let given = match fact.kind() {
                    Kind::YesNo if !fact.chosen.is_empty() => {
                        Some(Given::YesNo(fact.chosen.iter().any(|code| value.is(code))))
                    }
                    Kind::YesNo => self.yes_no(question).map(Given::YesNo),
                    Kind::Number => self.number(question).map(Given::Number),
                    Kind::Choice => value
                        .codes()
                        .next()
                        .filter(|code| fact.options().iter().any(|option| option == code))
                        .map(Given::from),
                };
                // Those worked out below.
                let made_of_more = MADE_OF_MORE.contains(&fact.id.as_str());
                if let Some(given) = given.filter(|_| !made_of_more) {
                    self.put(&fact.id.clone(), given);
                }
            }
        }
    }

    fn person(&mut self, person: &Person) {
        let age = person.details.born.map(|born| age_on(born, self.today));
        self.put_known("age", age.map(f64::from));
        let sex = person.details.sex.unwrap_or_default();
        match sex {
            Sex::Female => self.put("sex", "female"),
            Sex::Male => self.put("sex", "male"),
            Sex::Indeterminate | Sex::NotKnown => {}
        }
        let menopause = self.number("risk.menopause_age");
        let gone_through = match (sex, age, menopause) {
            (Sex::Male, ..) => Some(false),
            (Sex::Female, Some(age), Some(then)) => Some(f64::from(age) >= then),
            // Nearly every woman of 60 has; Herald's own line, so that nobody is asked what is plain.
            (Sex::Female, Some(60..), None) => Some(true),
            _ => None,
        };
        self.put_known("person.postmenopausal", gone_through);
        // What somebody answered stands, however unlikely; the rules of the check ask about it.
        let not_pregnant = match (sex, age, gone_through) {
            (Sex::Male, ..)
            | (Sex::Female, Some(55..), _)
            | (Sex::Female, Some(50..), Some(true)) => Some(false),
            _ => None,
        };
        if self.yes_no("risk.pregnant").is_none() {
            self.put_known("person.pregnant", not_pregnant);
        }
        let four = match (
            self.number("risk.alcohol_units"),
            self.yes_no("risk.alcohol"),
        ) {
            (Some(units), _) => Some(units >= 4.0),
            (None, Some(false)) => Some(false),
            (None, _) => None,
        };
        self.put_known("risk.alcohol_4", four);
        self.body_mass_index();
        for (fact, codes) in [
            (
                "wish.no_tablets",
                ["weekly_tablet", "monthly_tablet"].as_slice(),
            ),
            (
                "wish.no_injections",
                &["own_injection", "clinic_injection", "infusion"],
            ),
        ] {
            let answer = self.answer("wishes.way");
            let no = answer.map(|way| !way.is("any") && !codes.iter().any(|code| way.is(code)));
            self.put_known(fact, no);
        }
    }

    fn body_mass_index(&mut self) {
        let (Some(height), Some(weight)) = (self.number("risk.height"), self.number("risk.weight"))
        else {
            return;
        };
        if !self.sums {
            return;
        }
        let input = bmi::Input {
            height: height.into(),
            weight: weight.into(),
        };
        match bmi::bmi(input) {
            Ok(worked) => self.put("person.bmi", worked.result),
            Err(ask) => self.asked_about("person.bmi", ask),
        }
    }

    fn asked_about(&mut self, fact: &str, ask: calculators::Ask) {
        self.found.asks.push(Ask {
            fact: fact.to_owned(),
            typed: ask.typed,
            why: ask.words,
        });
    }

    fn fractures(&mut self, person: &Person, episode: &Episode) {
        let mut sites: BTreeSet<Site> = ["fracture.site_1", "fracture.site_2", "fracture.site_3"]
            .iter()
            .filter_map(|question| Site::from_code(self.answer(question)?.codes().next()?))
            .collect();
        if sites.is_empty() {
            sites = episode.sites().iter().map(|held| held.site).collect();
        }
        if let Some(site) = sites.first() {
            self.put("fracture.site", site.code());
        }
        // Whoever accepted it has confirmed that it counts, unless the assessment found out otherwise.
        let fragility = match self
            .answer("fracture.mechanism")
            .and_then(|value| value.codes().next())
        {
            Some("higher" | "traffic") => Some(false),
            Some("other") => None,
            _ => (episode.state() == State::Accepted).then_some(true),
        };
        self.put_known("fracture.fragility", fragility);
        let fell = self
            .answer("fracture.mechanism")
            .and_then(|value| value.codes().next())
            .map(|how| matches!(how, "standing" | "few_steps" | "higher"));
        self.put_known("falls.injury", fell);

        let broke_on = episode.fracture_date().unwrap_or(episode.diagnosed().on);
        let weeks = weeks_between(broke_on, self.today);
        self.put_known("fracture.weeks_ago", weeks);
        let recent = weeks.is_some_and(|weeks| weeks <= 104.0);

        // Before this one: what was answered, and what is on record.
        let on_record = person
            .episodes
            .iter()
            .filter(|other| other.id != episode.id)
            .filter(|other| matches!(other.state(), State::Accepted | State::Closed { .. }))
            .filter(|other| other.fracture_date().is_some_and(|day| day < broke_on));
        let mut before: BTreeSet<Site> = BTreeSet::new();
        let mut before_recent: BTreeSet<Site> = BTreeSet::new();
        let mut count_on_record = 0.0;
        for other in on_record {
            count_on_record += 1.0;
            let lately = other
                .fracture_date()
                .and_then(|day| weeks_between(day, self.today))
                .is_some_and(|weeks| weeks <= 104.0);
            for held in other.sites() {
                before.insert(held.site);
                if lately {
                    before_recent.insert(held.site);
                }
            }
        }
        let had_before = self
            .yes_no("risk.previous_fracture")
            .or_else(|| (count_on_record > 0.0).then_some(true));
        let (which_said, which) = self.bones("risk.previous_which");
        let (recent_said, lately) = self.bones("risk.previous_recent");
        before.extend(which);
        before_recent.extend(lately);
        let index: BTreeSet<Site> = if fragility == Some(false) {
            BTreeSet::new()
        } else {
            sites
        };
        // All that was broken before is known.
        let all_known = had_before == Some(false) || which_said;
        let all_recent_known = had_before == Some(false) || recent_said;
        let vfa = self.answer("dxa.vfa").map(|seen| seen.is("present"));

        let ever = |wanted: &[Site]| -> Option<bool> {
            let is = |site: &Site| wanted.contains(site);
            if index.iter().any(is) || before.iter().any(is) {
                Some(true)
            } else {
                (all_known && fragility.is_some()).then_some(false)
            }
        };
        let hip = ever(&[Site::Hip]);
        let vertebral = match (ever(&[Site::Vertebra]), vfa) {
            (_, Some(true)) | (Some(true), _) => Some(true),
            (other, _) => other,
        };
        self.put_known("fractures.hip", hip);
        self.put_known("fractures.vertebral", vertebral);

        let lately = |wanted: &[Site]| -> Option<bool> {
            let is = |site: &Site| wanted.contains(site);
            if (recent && index.iter().any(is)) || before_recent.iter().any(is) {
                Some(true)
            } else {
                (all_recent_known && fragility.is_some()).then_some(false)
            }
        };
        let vertebral_lately = lately(&[Site::Vertebra]);
        let hip_or_vertebral_lately = lately(&[Site::Hip, Site::Vertebra]);
        self.put_known("fractures.vertebral_in_2_years", vertebral_lately);
        self.put_known(
            "fractures.hip_or_vertebral_in_2_years",
            hip_or_vertebral_lately,
        );

        let this_one = if fragility == Some(false) { 0.0 } else { 1.0 };
        let counted = |count: f64, sure: bool| {
            if sure && fragility.is_some() {
                Given::Number(count)
            } else {
                Given::OrMore { or_more: count }
            }
        };
        let count = match (had_before, self.number("risk.previous_count")) {
            (Some(false), _) => counted(this_one, true),
            (Some(true), Some(said)) => counted(this_one + said.max(count_on_record), true),
            (Some(true), None) => counted(this_one + count_on_record.max(1.0), false),
            (None, _) => counted(this_one, false),
        };
        self.put("fractures.count", count);
        let many = |sites: &BTreeSet<Site>| {
            f64::from(u32::try_from(sites.iter().filter(|s| major(**s)).count()).unwrap_or(0))
        };
        let this_major = many(&index).min(1.0);
        let major_count = counted(this_major + many(&before), had_before == Some(false));
        self.put("fractures.major_count", major_count);
        let this_recent = if recent { this_major } else { 0.0 };
        let major_recent = counted(
            this_recent + many(&before_recent),
            had_before == Some(false),
        );
        self.put("fractures.major_in_2_years", major_recent);
        if self.number("risk.vertebral_count").is_none() {
            let spine = if vertebral == Some(true) { 1.0 } else { 0.0 };
            let known = vertebral == Some(false);
            let given = if known {
                Given::Number(0.0)
            } else {
                Given::OrMore { or_more: spine }
            };
            self.put("fractures.vertebral_count", given);
        }
    }

    /// The bones chosen, and whether the question was answered.
    fn bones(&self, question: &str) -> (bool, BTreeSet<Site>) {
        let Some(answer) = self.answer(question) else {
            return (false, BTreeSet::new());
        };
        let sites = answer
            .codes()
            .filter_map(|code| match code {
                "hip" => Some(Site::Hip),
                "spine" => Some(Site::Vertebra),
                "shoulder" => Some(Site::Humerus),
                "wrist" => Some(Site::Wrist),
                _ => None,
            })
            .collect();
        (true, sites)
    }

    fn scans(&mut self) {
        let ago = |record: &Self, question: &str| {
            let day = record.date(question)?;
            Some(weeks_between(day, record.today)? * 7.0 / DAYS_A_MONTH)
        };
        let dxa = ago(self, "dxa.scanned_on");
        self.put_known("dxa.months_ago", dxa);
        let frax = ago(self, "frax.on");
        self.put_known("frax.months_ago", frax);
        let status = self
            .answer("dxa.status")
            .and_then(|value| value.codes().next())
            .map(str::to_owned);
        let status = status.as_deref();
        let feasible = match status {
            Some("done" | "ordered" | "recommended") => Some(true),
            Some("not_ordered") => self.answer("dxa.not_because").map(|why| why.is("recent")),
            _ => None,
        };
        self.put_known("dxa.feasible", feasible);
        // A scan of another time counts too.
        let done = match (status, feasible) {
            (Some("done"), _) | (Some("not_ordered"), Some(true)) => Some(true),
            (Some(_), _) => Some(false),
            (None, _) => None,
        };
        self.put_known("dxa.done", done);
        let lowest = [
            "dxa.t_lumbar_spine",
            "dxa.t_total_hip",
            "dxa.t_femoral_neck",
        ]
        .iter()
        .filter_map(|question| self.number(question))
        .reduce(f64::min);
        self.put_known("t.lowest", lowest);
        if let (Some(z), Some(t)) = (self.number("dxa.z_lowest"), lowest) {
            self.put("z.above_t", z - t);
        }
    }

    fn bloods(&mut self) {
        for (fact, question) in [
            ("blood.calcium", "blood.corrected_calcium"),
            ("blood.alp", "blood.alp"),
            ("blood.phosphate", "blood.phosphate"),
            ("blood.pth", "blood.pth"),
            ("blood.tsh", "blood.tsh"),
            ("blood.haemoglobin", "blood.haemoglobin"),
            ("blood.alt", "blood.alt"),
            ("blood.testosterone", "blood.testosterone"),
            ("blood.coeliac", "blood.ttg"),
            ("blood.turnover", "blood.turnover"),
        ] {
            let found = self.answer(question).and_then(against_range);
            let low_matters = fact != "blood.coeliac";
            self.put_known(
                fact,
                found.map(|found| match found {
                    InRange::Low if low_matters => "low",
                    InRange::Low | InRange::In => "in_range",
                    InRange::High => "high",
                }),
            );
        }
        let inflammation: Vec<InRange> = ["blood.esr", "blood.crp"]
            .iter()
            .filter_map(|question| against_range(self.answer(question)?))
            .collect();
        if inflammation.contains(&InRange::High) {
            self.put("blood.inflammation", "high");
        } else if !inflammation.is_empty() {
            self.put("blood.inflammation", "in_range");
        }
        self.put_known(
            "blood.done",
            self.answer("blood.status").map(|status| status.is("done")),
        );
    }

    fn steroids(&mut self) {
        if self.yes_no("medicines.steroids") == Some(false) {
            for fact in ["steroids.three_months", "steroids.replacement_only"] {
                self.put(fact, false);
            }
            if self.number("medicines.steroid_packs").is_none() {
                self.put("steroids.rescue_packs", 0.0);
            }
        }
    }

    fn treatment(&mut self, person: &Person, episode: &Episode) {
        let at_fracture = self
            .answer("medicines.bone_at_fracture")
            .and_then(|value| value.codes().next())
            .map(str::to_owned);
        self.put_known(
            "fracture.on_treatment",
            at_fracture.as_deref().map(|medicine| medicine != "none"),
        );
        // What a review found; else what they came with.
        let reviewed = episode
            .care
            .reviews
            .last()
            .and_then(|noted| noted.what.therapy.medicine())
            .map(Medicine::code);
        self.put_known("therapy.now", reviewed.or(at_fracture.as_deref()));
        if let (Some(years), Some(born)) =
            (self.number("medicines.bone_years"), person.details.born)
        {
            let age = f64::from(age_on(born, self.today));
            self.put("therapy.age_at_start", (age - years).floor());
        }
        let operated = self.yes_no("fracture.operated");
        if operated == Some(true) {
            // The day itself is not asked: counted from the fracture, it is never later than it was.
            let weeks = weeks_between(episode.diagnosed().on, self.today);
            self.put_known("fracture.weeks_since_operation", weeks);
        }
        let last = episode
            .care
            .doses
            .iter()
            .filter(|noted| noted.what.medicine == Medicine::Denosumab)
            .map(|noted| noted.what.on)
            .max();
        let months = last
            .and_then(|day| weeks_between(day, self.today))
            .map(|weeks| weeks * 7.0 / DAYS_A_MONTH);
        self.put_known("denosumab.months_since", months);
        let plan = episode.care.plan().map(|plan| match plan.what.therapy {
            Recommended::ReferredToGp => Some("gp_decides"),
            Recommended::ReferredForOpinion => Some("specialist"),
            Recommended::InformedDecline | Recommended::Inappropriate => Some("none"),
            Recommended::NotKnown => None,
            therapy => therapy.medicine().map(Medicine::code),
        });
        self.put_known("plan.medicine", plan.flatten());
        self.put_known(
            "plan.declined",
            episode
                .care
                .plan()
                .map(|plan| plan.what.therapy == Recommended::InformedDecline),
        );
    }

    fn reviews(&mut self, episode: &Episode) {
        self.put_known(
            "review.week",
            weeks_between(episode.diagnosed().on, self.today),
        );
        let Some(last) = episode.care.reviews.last() else {
            return;
        };
        let said = &last.what.answers;
        let yes_no = |question: &str| match pathway::form::yes_no(said, question) {
            Some(terms::Answer::Yes) => Some(true),
            Some(terms::Answer::No) => Some(false),
            _ => None,
        };
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
            .filter_map(|question| said.get(*question)?.codes().next())
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
            said.get("review.missed")
                .and_then(Value::number)
                .map(|doses| doses > 0.0),
        );
        if last.what.review == Review::Weeks16 || last.what.therapy.medicine().is_some() {
            let started = match last.what.therapy {
                terms::TherapyAtReview::NotKnown => None,
                therapy => Some(therapy.medicine().is_some()),
            };
            self.put_known("review.started", started);
        }
    }

    fn scores(&mut self, person: &Person) {
        let (mof, hip) = (self.number("frax.mof"), self.number("frax.hip"));
        self.put_known("risk10.mof", mof);
        self.put_known("frax.mof", mof);
        self.put_known("frax.hip", hip);
        if let (Some(mof), Some(hip)) = (mof, hip)
            && mof > 0.0
        {
            self.put("frax.hip_share", 100.0 * hip / mof);
        }
        if !self.sums {
            return;
        }
        let age = person.details.born.map(|born| age_on(born, self.today));
        if let (Some(age), Some(mof), Some(with_bmd)) = (age, mof, self.yes_no("frax.bmd"))
            && let Ok(placed) = nogg::band(age, mof, hip, with_bmd)
            // A hip figure that is missing could still put it higher.
            && !placed.open
        {
            self.put(
                "nogg.band",
                match placed.band {
                    nogg::Band::Low => "low",
                    nogg::Band::Intermediate => "intermediate",
                    nogg::Band::High => "high",
                    nogg::Band::VeryHigh => "very_high",
                },
            );
        }
        // That line is the same with bone density and without.
        if let (Some(age), Some(mof)) = (age, mof)
            && let Ok(placed) = nogg::band(age, mof, hip, false)
        {
            let above = placed.figures().any(nogg::Placed::above_intervention);
            // A hip figure that is missing could still be above it.
            let known = above || placed.hip.is_some();
            self.put_known("nogg.above_intervention", known.then_some(above));
        }
        self.clearance(age, person.details.sex.unwrap_or_default());
    }

    /// Only of what was measured, and where nothing about it looks wrong.
    fn clearance(&mut self, age: Option<i16>, sex: Sex) {
        let (Some(age), Some(creatinine), Some(weight)) = (
            age,
            self.number("blood.creatinine"),
            self.number("risk.weight"),
        ) else {
            return;
        };
        let input = kidney::Input {
            age: f64::from(age).into(),
            sex,
            creatinine: creatinine.into(),
        };
        match kidney::cockcroft_gault(input, weight) {
            Ok(worked) => self.put("kidney.clearance", worked.result),
            Err(ask) => self.asked_about("kidney.clearance", ask),
        }
    }
}

/// Facts with a question of their own that more than one answer makes.
const MADE_OF_MORE: &[&str] = &[
    "person.postmenopausal",
    "person.bmi",
    "fracture.site",
    "fracture.fragility",
    "fracture.on_treatment",
    "fractures.hip",
    "fractures.vertebral",
    "fractures.hip_or_vertebral_in_2_years",
    "fractures.vertebral_in_2_years",
    "fractures.count",
    "fractures.major_count",
    "fractures.major_in_2_years",
    "risk10.mof",
    "frax.months_ago",
    "nogg.band",
    "nogg.above_intervention",
    "dxa.months_ago",
    "dxa.done",
    "dxa.feasible",
    "t.lowest",
    "blood.done",
    "blood.calcium",
    "blood.alp",
    "blood.phosphate",
    "blood.pth",
    "blood.tsh",
    "blood.inflammation",
    "blood.haemoglobin",
    "blood.alt",
    "blood.testosterone",
    "blood.coeliac",
    "blood.turnover",
    "risk.alcohol_4",
    "kidney.clearance",
    "wish.no_tablets",
    "wish.no_injections",
    "therapy.now",
];

const DAYS_A_MONTH: f64 = 30.437;

fn weeks_between(from: Date, to: Date) -> Option<f64> {
    let days = from.until(to).ok()?.get_days();
    (days >= 0).then(|| f64::from(days) / 7.0)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum InRange {
    Low,
    In,
    High,
}

/// A result against the range that its own laboratory gives. Without a range nothing is said.
fn against_range(value: &Value) -> Option<InRange> {
    let mut parts = value.codes();
    let (typed, range) = (parts.next()?, parts.next()?);
    let (low, high) = range_of(range)?;
    let number = value.number()?;
    let below = |edge: Option<f64>| edge.is_some_and(|edge| number < edge);
    let above = |edge: Option<f64>| edge.is_some_and(|edge| number > edge);
    match typed.chars().next()? {
        // "<3" is below 3, and whether it is in the range hangs on where that begins.
        '<' if low.is_none_or(|low| low <= 0.0) && !above(high) => Some(InRange::In),
        '<' if low.is_some_and(|low| number <= low) => Some(InRange::Low),
        '>' if high.is_none() && !below(low) => Some(InRange::In),
        '>' if high.is_some_and(|high| number >= high) => Some(InRange::High),
        '<' | '>' => None,
        _ if below(low) => Some(InRange::Low),
        _ if above(high) => Some(InRange::High),
        _ => Some(InRange::In),
    }
}

/// "2.20-2.60", "2.20 to 2.60", "< 5", ">30".
fn range_of(text: &str) -> Option<(Option<f64>, Option<f64>)> {
    let text = text
        .trim()
        .trim_matches(['(', ')', '[', ']'])
        .replace("to", "-")
        .replace('–', "-");
    let number = |part: &str| part.trim().replace(',', ".").parse::<f64>().ok();
    if let Some(high) = text.strip_prefix('<') {
        return Some((None, Some(number(high.trim_start_matches('='))?)));
    }
    if let Some(low) = text.strip_prefix('>') {
        return Some((Some(number(low.trim_start_matches('='))?), None));
    }
    let (low, high) = text.split_once('-')?;
    Some((Some(number(low)?), Some(number(high)?)))
}
