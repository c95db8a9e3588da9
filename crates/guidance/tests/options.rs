//! Made-up people, and where each medicine stands for them.

use guidance::{Facts, Given, Group, Library, MedicineOption};

/// Answers that are none of anybody's contraindications, as a finished assessment has them.
const NOTHING_AGAINST: &[&str] = &[
    "fracture.other_cause",
    "bone.cancer",
    "bone.radiotherapy",
    "bone.paget",
    "condition.osteogenesis",
    "condition.myeloma",
    "condition.blood_disorder",
    "condition.hyperparathyroidism",
    "condition.kidney",
    "oral.cannot_take",
    "gi.oesophagus",
    "gi.reflux_or_ulcer",
    "gi.bleed_in_a_year",
    "gi.bariatric",
    "condition.malabsorption",
    "allergy.bisphosphonate",
    "allergy.denosumab",
    "allergy.anabolic",
    "intolerant.alendronate",
    "intolerant.risedronate",
    "intolerant.ibandronate",
    "intolerant.zoledronate",
    "intolerant.denosumab",
    "femur.atypical",
    "femur.pain",
    "jaw.osteonecrosis",
    "ear.osteonecrosis",
    "dental.work_due",
    "mind.impaired",
    "medicine.many",
    "medicine.hrt",
    "medicine.digoxin",
    "medicine.nsaid",
    "medicine.binds_tablets",
    "clot.ever",
    "cancer.breast",
    "cancer.womb",
    "bleeding.unexplained",
    "liver.impaired",
    "heart.attack_or_stroke",
    "heart.vascular",
    "heart.pressure_uncontrolled",
    "person.immobile",
    "person.gender_or_hormones_differ",
    "steroids.now",
    "therapy.bisphosphonate_ever",
    "therapy.denosumab_ever",
    "therapy.pth_analogue_ever",
    "wish.no_tablets",
    "wish.no_injections",
];

struct Person(Facts);

impl Person {
    /// Everything asked and nothing against any medicine; bloods normal.
    fn well(sex: &str, age: f64) -> Self {
        let mut person = Self(Library::shipped().catalogue.nothing());
        for fact in NOTHING_AGAINST {
            person = person.with(fact, false);
        }
        person
            .with("sex", sex)
            .with("age", age)
            .with("therapy.now", "none")
            .with("blood.weeks_ago", 3.0)
            .with("blood.calcium", "in_range")
            .with("blood.vitamin_d", 68.0)
            .with("blood.alp", "in_range")
            .with("kidney.clearance", 62.0)
            .with("steroids.rescue_packs", 0.0)
    }

    /// A fracture; hip and spine are no where it was neither.
    fn broke(self, site: &str) -> Self {
        self.with("fracture.site", site)
            .with("fractures.count", 1.0)
            .with("fractures.major_in_2_years", 1.0)
            .with("fractures.hip", site == "hip")
            .with("fractures.vertebral", site == "vertebra")
    }

    fn with(mut self, fact: &str, value: impl Into<Given>) -> Self {
        Library::shipped()
            .catalogue
            .put(&mut self.0, fact, &value.into())
            .unwrap_or_else(|ask| panic!("{ask}"));
        self
    }

    fn without(mut self, fact: &str) -> Self {
        Library::shipped().catalogue.forget(&mut self.0, fact);
        self
    }

    fn option(&self, medicine: &str) -> MedicineOption<'static> {
        Library::shipped()
            .advise(&self.0)
            .options
            .into_iter()
            .find(|option| option.medicine.id == medicine)
            .unwrap_or_else(|| panic!("no medicine is called {medicine}"))
    }

    #[track_caller]
    fn stands(&self, group: Group, medicines: &[&str]) {
        for medicine in medicines {
            let option = self.option(medicine);
            let told: Vec<&str> = option
                .because
                .iter()
                .chain(&option.missing)
                .map(|reason| reason.rule.id.as_str())
                .collect();
            assert_eq!(option.group, group, "{medicine}: {told:?}");
        }
    }

    #[track_caller]
    fn because(&self, medicine: &str, rule: &str) {
        let told = told(&self.option(medicine).because);
        assert!(told.contains(&rule), "{medicine}: {told:?}");
    }

    #[track_caller]
    fn missing(&self, medicine: &str, rules: &[&str]) {
        assert_eq!(told(&self.option(medicine).missing), rules, "{medicine}");
    }

    fn proposed(&self) -> Vec<&'static str> {
        told(&Library::shipped().advise(&self.0).proposals)
    }
}

fn told(reasons: &[guidance::Reason<'static>]) -> Vec<&'static str> {
    reasons
        .iter()
        .map(|reason| reason.rule.id.as_str())
        .collect()
}

#[test]
fn woman_of_78_with_a_wrist_fracture_and_nothing_against() {
    let person = Person::well("female", 78.0)
        .broke("wrist")
        .with("t.lowest", -2.7);
    person.stands(
        Group::Fits,
        &["alendronate", "risedronate", "ibandronate", "zoledronate"],
    );
    // NICE: only when the tablets do not suit, and never without a plan.
    person.stands(Group::FitsWhen, &["denosumab", "raloxifene"]);
    person.missing("denosumab", &["denosumab.ta204", "denosumab.plan_first"]);
    person.stands(Group::NotForThisPerson, &["systemic_oestrogens"]);
    person.stands(
        Group::Specialist,
        &[
            "teriparatide",
            "abaloparatide",
            "romosozumab",
            "strontium",
            "calcitriol",
            "alfacalcidol",
        ],
    );
}

#[test]
fn woman_of_84_with_a_hip_fracture_and_a_clearance_of_28() {
    let person = Person::well("female", 84.0)
        .broke("hip")
        .with("kidney.clearance", 28.0)
        .with("fracture.operated", true)
        .with("fracture.weeks_since_operation", 3.0);
    person.stands(
        Group::NotForThisPerson,
        &[
            "alendronate",
            "risedronate",
            "ibandronate",
            "zoledronate",
            "teriparatide",
        ],
    );
    person.because("zoledronate", "zoledronate.kidney");
    person.because("ibandronate", "ibandronate.after_hip");
    person.stands(Group::FitsWhen, &["denosumab"]);
    person.missing(
        "denosumab",
        &[
            "denosumab.kidney_pth",
            "denosumab.kidney_advice",
            "denosumab.plan_first",
        ],
    );

    let ready = person
        .with("blood.pth", "in_range")
        .with("kidney.advice", true)
        .with("denosumab.plan_written", true);
    ready.stands(Group::Fits, &["denosumab"]);
    assert!(told(&ready.option("denosumab").cautions).contains(&"denosumab.kidney_low"));
    let open = ready.without("blood.calcium").without("blood.vitamin_d");
    open.stands(Group::FitsWhen, &["denosumab"]);
    open.missing(
        "denosumab",
        &[
            "stop.calcium_low",
            "parenteral.calcium",
            "denosumab.vitamin_d",
        ],
    );
}

#[test]
fn clearance_between_30_and_35_leaves_risedronate() {
    let person = Person::well("female", 80.0)
        .broke("wrist")
        .with("kidney.clearance", 30.0);
    person.stands(Group::Fits, &["risedronate"]);
    person.stands(Group::NotForThisPerson, &["alendronate", "zoledronate"]);
    let person = person.with("kidney.clearance", 35.0);
    person.stands(Group::Fits, &["alendronate", "zoledronate"]);
    let person = person.with("kidney.clearance", 34.9);
    person.stands(Group::NotForThisPerson, &["alendronate", "zoledronate"]);
    // An eGFR alone says nothing about the clearance.
    let person = person.without("kidney.clearance").with("blood.egfr", 70.0);
    person.stands(
        Group::FitsWhen,
        &["alendronate", "risedronate", "zoledronate"],
    );
}

#[test]
fn man_of_70_with_a_hip_fracture() {
    let early = Person::well("male", 70.0)
        .broke("hip")
        .with("fracture.operated", true)
        .with("fracture.weeks_since_operation", 1.0);
    early.stands(Group::Fits, &["alendronate", "risedronate"]);
    early.stands(Group::FitsWhen, &["zoledronate"]);
    early.missing("zoledronate", &["zoledronate.hip_two_weeks"]);
    early.stands(
        Group::NotForThisPerson,
        &[
            "ibandronate",
            "raloxifene",
            "romosozumab",
            "abaloparatide",
            "systemic_oestrogens",
        ],
    );
    early.stands(Group::Specialist, &["teriparatide"]);

    let later = early
        .with("fracture.weeks_since_operation", 2.0)
        .with("denosumab.plan_written", true);
    later.stands(Group::Fits, &["zoledronate", "denosumab"]);
    let zoledronate = later.option("zoledronate");
    assert!(told(&zoledronate.speaks_for).contains(&"zoledronate.hip_first"));
    assert!(told(&later.option("denosumab").cautions).contains(&"men.appraisals"));
}

#[test]
fn nothing_fits_while_another_cause_is_suspected_or_calcium_is_low() {
    let all: Vec<&str> = Library::shipped()
        .medicines()
        .map(|m| m.id.as_str())
        .collect();
    let person = Person::well("female", 72.0).broke("vertebra");
    person
        .with("fracture.other_cause", true)
        .stands(Group::NotForThisPerson, &all);

    let person = Person::well("female", 72.0)
        .broke("vertebra")
        .with("blood.paraprotein", "present");
    person.stands(Group::NotForThisPerson, &all);
    assert!(person.proposed().contains(&"stop-paraprotein"));

    let person = Person::well("female", 72.0)
        .broke("wrist")
        .with("blood.calcium", "low");
    person.stands(
        Group::NotForThisPerson,
        &[
            "alendronate",
            "risedronate",
            "zoledronate",
            "denosumab",
            "romosozumab",
            "teriparatide",
        ],
    );
}

#[test]
fn nothing_fits_when_nothing_is_known() {
    let nobody = Person(Library::shipped().catalogue.nothing());
    for option in Library::shipped().advise(&nobody.0).options {
        assert_ne!(option.group, Group::Fits, "{}", option.medicine.id);
    }
}

#[test]
fn one_contraindication_that_nobody_asked_about_keeps_a_medicine_out_of_fits() {
    let person = || Person::well("female", 78.0).broke("wrist");
    for fact in [
        "fracture.other_cause",
        "bone.cancer",
        "blood.calcium",
        "kidney.clearance",
        "femur.atypical",
        "jaw.osteonecrosis",
        "ear.osteonecrosis",
        "allergy.bisphosphonate",
        "condition.osteogenesis",
        "condition.myeloma",
        "condition.blood_disorder",
    ] {
        person().without(fact).stands(
            Group::FitsWhen,
            &["alendronate", "risedronate", "zoledronate"],
        );
    }
    for fact in ["oral.cannot_take", "gi.oesophagus"] {
        person()
            .without(fact)
            .stands(Group::FitsWhen, &["alendronate", "risedronate"]);
        person().without(fact).stands(Group::Fits, &["zoledronate"]);
    }
}

#[test]
fn woman_of_76_who_cannot_take_tablets() {
    let person = Person::well("female", 76.0)
        .broke("humerus")
        .with("gi.oesophagus", true)
        .with("denosumab.plan_written", true);
    person.stands(
        Group::NotForThisPerson,
        &["alendronate", "risedronate", "ibandronate"],
    );
    person.stands(Group::Fits, &["zoledronate", "denosumab"]);
    person
        .with("dental.work_due", true)
        .stands(Group::FitsWhen, &["zoledronate", "denosumab"]);
}

#[test]
fn a_wish_is_told_and_rules_nothing_out() {
    let person = Person::well("female", 70.0)
        .broke("wrist")
        .with("wish.no_tablets", true);
    person.stands(Group::Fits, &["alendronate", "risedronate", "zoledronate"]);
    assert!(told(&person.option("alendronate").cautions).contains(&"oral.wish"));
    assert!(told(&person.option("zoledronate").speaks_for).contains(&"parenteral.wish"));
}

#[test]
fn a_service_that_starts_anabolics_sees_whom_they_suit() {
    let person = Person::well("female", 69.0)
        .broke("vertebra")
        .with("blood.paraprotein", "absent")
        .with("fractures.vertebral_in_2_years", true)
        .with("t.lowest", -3.6)
        .with("service.starts_anabolics", true);
    person.stands(Group::Fits, &["romosozumab", "abaloparatide"]);
    // Tablets would do, and the T-score is not low enough with one fracture.
    person.stands(Group::FitsWhen, &["teriparatide"]);
    person.missing(
        "teriparatide",
        &["teriparatide.ta161", "teriparatide.ta161_numbers"],
    );
    let person = person.with("heart.attack_or_stroke", true);
    person.stands(Group::NotForThisPerson, &["romosozumab"]);
    person.stands(Group::Fits, &["abaloparatide"]);
    person
        .with("kidney.clearance", 29.0)
        .stands(Group::NotForThisPerson, &["abaloparatide", "teriparatide"]);
}

#[test]
fn on_denosumab_nothing_else_fits_before_a_specialist_agrees() {
    let person = Person::well("female", 74.0)
        .broke("wrist")
        .with("therapy.now", "denosumab")
        .with("therapy.denosumab_ever", true)
        .with("denosumab.months_since", 5.0)
        .with("denosumab.to_stop", true)
        .with("denosumab.stop_reviewed", false)
        .with("denosumab.plan_written", true);
    person.stands(Group::Fits, &["denosumab"]);
    person.stands(
        Group::FitsWhen,
        &["alendronate", "risedronate", "zoledronate"],
    );
    let proposed = person.proposed();
    for rule in [
        "denosumab.stop_specialist",
        "denosumab.stop_zoledronate",
        "denosumab.no_pause",
    ] {
        assert!(proposed.contains(&rule), "{rule}");
    }

    let agreed = person.with("denosumab.stop_reviewed", true);
    agreed.missing("zoledronate", &["denosumab.switch_zoledronate"]);
    let at_six = agreed.with("denosumab.months_since", 6.0);
    at_six.stands(Group::Fits, &["zoledronate"]);
    assert!(at_six.proposed().contains(&"denosumab.due"));
    let late = at_six.with("denosumab.months_since", 7.0);
    assert!(late.proposed().contains(&"denosumab.late"));
    assert!(!late.proposed().contains(&"denosumab.due"));
}

#[test]
fn a_pause_needs_every_reason_to_go_on_to_be_absent() {
    let person = Person::well("female", 68.0)
        .broke("wrist")
        .with("therapy.now", "alendronate")
        .with("therapy.years", 5.0)
        .with("therapy.age_at_start", 63.0)
        .with("fracture.on_treatment", false)
        .with("review.new_fracture", false)
        .with("t.lowest", -1.9)
        .with("nogg.band", "intermediate")
        .with("nogg.above_intervention", false);
    assert!(person.proposed().contains(&"after.pause_alendronate"));
    let above = person.with("nogg.above_intervention", true);
    assert!(!above.proposed().contains(&"after.pause_alendronate"));
    assert!(above.proposed().contains(&"after.longer_risk"));
    let person = above.with("nogg.above_intervention", false);
    let person = person.without("t.lowest");
    assert!(!person.proposed().contains(&"after.pause_alendronate"));
    let person = person.with("t.lowest", -2.5);
    assert!(!person.proposed().contains(&"after.pause_alendronate"));
    assert!(person.proposed().contains(&"after.longer_risk"));
}

#[test]
fn woman_of_44_before_menopause_is_for_a_specialist() {
    let person = Person::well("female", 44.0)
        .broke("wrist")
        .with("person.postmenopausal", false)
        .with("person.pregnant", false);
    person.stands(
        Group::Specialist,
        &["alendronate", "risedronate", "zoledronate", "denosumab"],
    );
    person.stands(
        Group::NotForThisPerson,
        &["raloxifene", "romosozumab", "teriparatide"],
    );
    person.with("person.pregnant", true).stands(
        Group::NotForThisPerson,
        &["alendronate", "zoledronate", "denosumab"],
    );
}
