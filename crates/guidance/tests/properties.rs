//! What must hold for any facts whatever.

use std::collections::BTreeSet;

use guidance::{Does, Effect, Facts, Given, Group, Library};
use proptest::prelude::*;
use terms::Answer;

/// Any value a fact may have, by its kind; often none.
fn values() -> impl Strategy<Value = Vec<Option<Given>>> {
    let library = Library::shipped();
    let each: Vec<BoxedStrategy<Option<Given>>> = library
        .catalogue
        .facts
        .iter()
        .map(|fact| {
            let value: BoxedStrategy<Given> = match (fact.options().is_empty(), fact.plausible) {
                (false, _) => proptest::sample::select(fact.options().to_vec())
                    .prop_map(Given::Word)
                    .boxed(),
                (true, Some((low, high))) => (low..=high)
                    .prop_flat_map(|number| {
                        prop_oneof![
                            3 => Just(Given::Number(number)),
                            1 => Just(Given::Number(number.round())),
                        ]
                    })
                    .boxed(),
                (true, None) => any::<bool>().prop_map(Given::YesNo).boxed(),
            };
            proptest::option::weighted(0.6, value).boxed()
        })
        .collect();
    each
}

fn facts(values: &[Option<Given>]) -> Facts {
    let catalogue = &Library::shipped().catalogue;
    let mut facts = catalogue.nothing();
    for (fact, value) in catalogue.facts.iter().zip(values) {
        if let Some(value) = value {
            catalogue.put(&mut facts, &fact.id, value).unwrap();
        }
    }
    facts
}

fn groups(facts: &Facts) -> Vec<(&'static str, Group)> {
    let library = Library::shipped();
    let answers = library.answers(facts);
    library
        .medicines()
        .map(|medicine| medicine.id.as_str())
        .zip(library.groups(&answers))
        .collect()
}

/// Contraindications as the drug notes have them, written down apart from the packs: fact, value, medicines.
fn contraindications() -> Vec<(&'static str, Given, &'static [&'static str])> {
    const ALL: &[&str] = &[
        "alendronate",
        "risedronate",
        "ibandronate",
        "zoledronate",
        "denosumab",
        "raloxifene",
        "strontium",
        "teriparatide",
        "romosozumab",
        "abaloparatide",
        "systemic_oestrogens",
    ];
    let yes = Given::YesNo(true);
    vec![
        ("fracture.other_cause", yes.clone(), ALL),
        ("blood.paraprotein", "present".into(), ALL),
        (
            "blood.calcium",
            "low".into(),
            &[
                "alendronate",
                "risedronate",
                "ibandronate",
                "zoledronate",
                "denosumab",
                "romosozumab",
            ],
        ),
        (
            "blood.calcium",
            "high".into(),
            &["teriparatide", "abaloparatide", "calcitriol"],
        ),
        (
            "kidney.clearance",
            34.9.into(),
            &["alendronate", "zoledronate"],
        ),
        (
            "kidney.clearance",
            29.9.into(),
            &[
                "alendronate",
                "zoledronate",
                "risedronate",
                "ibandronate",
                "strontium",
                "teriparatide",
                "abaloparatide",
                "raloxifene",
            ],
        ),
        (
            "oral.cannot_take",
            yes.clone(),
            &["alendronate", "risedronate", "ibandronate"],
        ),
        ("gi.oesophagus", yes.clone(), &["alendronate"]),
        (
            "allergy.bisphosphonate",
            yes.clone(),
            &["alendronate", "risedronate", "ibandronate", "zoledronate"],
        ),
        ("allergy.denosumab", yes.clone(), &["denosumab"]),
        (
            "clot.ever",
            yes.clone(),
            &["raloxifene", "strontium", "systemic_oestrogens"],
        ),
        (
            "heart.attack_or_stroke",
            yes.clone(),
            &["romosozumab", "strontium"],
        ),
        ("heart.vascular", yes.clone(), &["strontium"]),
        ("heart.pressure_uncontrolled", yes.clone(), &["strontium"]),
        ("person.immobile", yes.clone(), &["strontium"]),
        (
            "bone.paget",
            yes.clone(),
            &["teriparatide", "abaloparatide"],
        ),
        (
            "bone.radiotherapy",
            yes.clone(),
            &["teriparatide", "abaloparatide"],
        ),
        (
            "bone.cancer",
            yes.clone(),
            &["teriparatide", "abaloparatide"],
        ),
        (
            "condition.hyperparathyroidism",
            yes.clone(),
            &["teriparatide"],
        ),
        ("blood.alp", "high".into(), &["teriparatide"]),
        ("therapy.pth_analogue_ever", yes.clone(), &["teriparatide"]),
        ("cancer.breast", yes.clone(), &["systemic_oestrogens"]),
        ("cancer.womb", yes.clone(), &["raloxifene"]),
        ("bleeding.unexplained", yes.clone(), &["raloxifene"]),
        ("liver.impaired", yes.clone(), &["raloxifene"]),
        (
            "sex",
            "male".into(),
            &[
                "romosozumab",
                "abaloparatide",
                "raloxifene",
                "systemic_oestrogens",
                "ibandronate",
            ],
        ),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_medicine_with_a_known_contraindication_fits(values in values()) {
        let library = Library::shipped();
        let facts = facts(&values);
        let answers = library.answers(&facts);
        for (medicine, group) in groups(&facts) {
            for (rule, answer) in library.rules().zip(&answers) {
                let Does::Weigh { medicines, effect } = &rule.does else { continue };
                if !matches!(effect, Effect::Excludes | Effect::ExcludesFound) || !medicines.iter().any(|held| held == medicine) {
                    continue;
                }
                match answer {
                    Answer::Yes => prop_assert_eq!(group, Group::NotForThisPerson, "{} by {}", medicine, rule.id),
                    Answer::NotKnown if *effect == Effect::Excludes => {
                        prop_assert_ne!(group, Group::Fits, "{} by {}", medicine, rule.id);
                    }
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn what_the_drug_notes_forbid_is_not_for_this_person(values in values(), at in any::<prop::sample::Index>()) {
        let all = contraindications();
        let (fact, value, medicines) = &all[at.index(all.len())];
        let mut facts = facts(&values);
        Library::shipped().catalogue.put(&mut facts, fact, value).unwrap();
        for (medicine, group) in groups(&facts) {
            if medicines.contains(&medicine) {
                prop_assert_eq!(group, Group::NotForThisPerson, "{} although {} is {}", medicine, fact, value);
            }
        }
    }

    /// The one way out of "not for this person" and "for a specialist" is that the very fact that put it there is no longer
    /// known, and then it waits for that fact. A paraprotein is not looked for in everybody, so nothing waits for it.
    #[test]
    fn forgetting_a_fact_never_brings_a_medicine_into_fits(values in values(), forget in any::<prop::sample::Index>()) {
        let library = Library::shipped();
        let known = facts(&values);
        let at = forget.index(library.catalogue.facts.len());
        let id = library.catalogue.facts[at].id.as_str();
        prop_assume!(id != "blood.paraprotein");
        let mut less = known.clone();
        library.catalogue.forget(&mut less, id);
        let before = groups(&known);
        let after = groups(&less);
        for ((medicine, was), (_, is)) in before.iter().zip(&after) {
            prop_assert!(*is != Group::Fits || *was == Group::Fits, "{medicine} fits once {id} is not known");
            prop_assert!(
                is >= was || matches!(was, Group::NotForThisPerson | Group::Specialist),
                "{medicine} goes from {was:?} to {is:?} once {id} is not known"
            );
            if is < was {
                let advice = library.advise(&less);
                let option = advice.options.iter().find(|option| option.medicine.id == *medicine).unwrap();
                let named = option
                    .missing
                    .iter()
                    .flat_map(|reason| &reason.facts)
                    .any(|told| told.fact.id == id && told.value.is_none());
                prop_assert!(named, "{medicine} does not wait for {id}");
            }
        }
    }

    #[test]
    fn every_reason_shown_stands_in_a_pack_and_every_proposal_has_its_facts(values in values()) {
        let library = Library::shipped();
        let facts = facts(&values);
        let advice = library.advise(&facts);
        let ids: BTreeSet<&str> = library.rules().map(|rule| rule.id.as_str()).collect();
        let reasons = advice
            .proposals
            .iter()
            .chain(&advice.open)
            .chain(advice.overruled.iter().map(|(reason, _)| reason))
            .chain(advice.options.iter().flat_map(|option| {
                option.because.iter().chain(&option.missing).chain(&option.cautions)
                    .chain(&option.speaks_for).chain(&option.afterwards)
            }));
        for reason in reasons {
            prop_assert!(ids.contains(reason.rule.id.as_str()));
            prop_assert!(!reason.facts.is_empty(), "{} says so for no reason", reason.rule.id);
        }
        for reason in &advice.proposals {
            prop_assert!(reason.facts.iter().all(|told| told.value.is_some()), "{}", reason.rule.id);
        }
        for reason in &advice.open {
            prop_assert!(reason.facts.iter().all(|told| told.value.is_none()), "{}", reason.rule.id);
        }
        // The quick way and the way with reasons say the same.
        let quick = groups(&facts);
        for (option, (_, group)) in advice.options.iter().zip(quick) {
            prop_assert_eq!(option.group, group);
        }
    }

    /// Kleene: more known never turns a yes into a no.
    #[test]
    fn forgetting_never_turns_an_answer_round(values in values(), forget in any::<prop::sample::Index>()) {
        let library = Library::shipped();
        let known = facts(&values);
        let mut less = known.clone();
        let at = forget.index(library.catalogue.facts.len());
        library.catalogue.forget(&mut less, &library.catalogue.facts[at].id);
        for ((rule, was), is) in library.rules().zip(library.answers(&known)).zip(library.answers(&less)) {
            prop_assert!(is == was || is == Answer::NotKnown, "{}", rule.id);
        }
    }
}

#[test]
fn with_nothing_known_nothing_fits_and_nothing_is_excluded() {
    let library = Library::shipped();
    for (medicine, group) in groups(&library.catalogue.nothing()) {
        assert!(
            matches!(group, Group::FitsWhen | Group::Specialist),
            "{medicine}: {group:?}"
        );
    }
}
