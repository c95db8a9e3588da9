//! What the packs say about one person: what holds, what would need a fact that is missing, and the medicines in four
//! groups. Each with its rule and the facts behind it.

use std::{cmp::Reverse, collections::BTreeMap};

use terms::Answer;

use crate::{
    condition::Ground,
    facts::{FactKind, Facts, Slot},
    library::Library,
    pack::{Does, Effect, Medicine, Proposes, Rule},
};

pub struct Advice<'a> {
    /// Rules that hold, in the order of the packs.
    pub proposals: Vec<Reason<'a>>,
    /// Rules that would hold or not by a fact that is missing.
    pub open: Vec<Reason<'a>>,
    /// Rules that hold but count no more, with the rule that is over them.
    pub overruled: Vec<(Reason<'a>, &'a Rule)>,
    pub options: Vec<MedicineOption<'a>>,
}

/// A rule, and the facts that make it hold, or fail, or stay open.
#[derive(Clone)]
pub struct Reason<'a> {
    pub rule: &'a Rule,
    pub facts: Vec<Told<'a>>,
}

#[derive(Clone)]
pub struct Told<'a> {
    pub fact: &'a FactKind,
    /// In words; nothing where it is not known.
    pub value: Option<String>,
}

terms::vocabulary! {
    /// Where a medicine stands for one person.
    Group {
        Fits = "fits", "Fits";
        FitsWhen = "fits_when", "Fits when more is known or done";
        Specialist = "specialist", "For a specialist";
        NotForThisPerson = "not_for_this_person", "Not for this person";
    }
}

impl Group {
    /// Whoever decides for a medicine that stands here says why, and it is counted.
    pub fn departs(self) -> bool {
        matches!(self, Self::Specialist | Self::NotForThisPerson)
    }
}

pub struct MedicineOption<'a> {
    pub medicine: &'a Medicine,
    pub group: Group,
    /// Why not, or why a specialist.
    pub because: Vec<Reason<'a>>,
    /// What has to be known or done first.
    pub missing: Vec<Reason<'a>>,
    pub speaks_for: Vec<Reason<'a>>,
    pub cautions: Vec<Reason<'a>>,
    pub afterwards: Vec<Reason<'a>>,
}

impl Reason<'_> {
    /// Nobody has answered any of the facts behind it.
    pub fn is_unanswered(&self) -> bool {
        self.facts.iter().all(|told| told.value.is_none())
    }
}

impl<'a> MedicineOption<'a> {
    /// Of what is missing: what is needed first, and what would rule the medicine out and is not known.
    pub fn needed_and_not_known(&self) -> (Vec<&Reason<'a>>, Vec<&Reason<'a>>) {
        let needed = |reason: &&Reason<'_>| {
            matches!(
                reason.rule.does,
                Does::Weigh {
                    effect: Effect::Needs,
                    ..
                }
            )
        };
        self.missing.iter().partition(needed)
    }
}

/// A fact that nobody has answered, and how many rules wait for it.
pub struct Gap<'a> {
    pub fact: &'a FactKind,
    pub rules: usize,
}

impl<'a> Advice<'a> {
    /// What is missing, what most rules wait for first.
    pub fn gaps(&self) -> Vec<Gap<'a>> {
        // A check of two answers against each other asks for neither, and reviews and handing over ask in their time.
        let aside = [Proposes::Check, Proposes::FollowUp, Proposes::HandOver];
        let asks = |reason: &&Reason| matches!(reason.rule.proposes(), Some(what) if !aside.contains(&what));
        let of_options = self.options.iter().flat_map(|option| &option.missing);
        let mut gaps: BTreeMap<&str, Gap<'a>> = BTreeMap::new();
        for reason in self.open.iter().filter(asks).chain(of_options) {
            for told in reason.facts.iter().filter(|told| told.value.is_none()) {
                let fact = told.fact;
                gaps.entry(fact.id.as_str())
                    .or_insert(Gap { fact, rules: 0 })
                    .rules += 1;
            }
        }
        let mut gaps: Vec<Gap<'a>> = gaps.into_values().collect();
        gaps.sort_by_key(|gap| Reverse(gap.rules));
        gaps
    }
}

impl Library {
    /// Every rule's answer, in the order of `rules`. The quick way, for many people.
    pub fn answers(&self, facts: &Facts) -> Vec<Answer> {
        let defined = self.defined(facts);
        let ground = Ground {
            facts,
            defined: &defined,
        };
        self.rules().map(|rule| rule.when.holds(&ground)).collect()
    }

    fn defined(&self, facts: &Facts) -> Vec<Answer> {
        let mut defined = Vec::with_capacity(self.conditions.len());
        for condition in &self.conditions {
            // Those made earlier are there already.
            let answer = condition.holds(&Ground {
                facts,
                defined: &defined,
            });
            defined.push(answer);
        }
        defined
    }

    pub fn advise(&self, facts: &Facts) -> Advice<'_> {
        let defined = self.defined(facts);
        let ground = Ground {
            facts,
            defined: &defined,
        };
        let asked: Vec<(&Rule, Answer)> = self
            .rules()
            .map(|rule| (rule, rule.when.holds(&ground)))
            .collect();
        let mut advice = Advice {
            proposals: Vec::new(),
            open: Vec::new(),
            overruled: Vec::new(),
            options: self
                .medicines()
                .enumerate()
                .map(|(at, medicine)| self.option(at, medicine, &asked, &ground))
                .collect(),
        };
        for (rule, answer) in &asked {
            if !matches!(rule.does, Does::Propose { .. }) || *answer == Answer::No {
                continue;
            }
            let reason = self.reason(rule, &ground);
            let above = above(rule, &asked, &mut Vec::new());
            match (answer, above) {
                (Answer::Yes, Some(above)) => advice.overruled.push((reason, above)),
                (Answer::Yes, None) => advice.proposals.push(reason),
                (_, None) => advice.open.push(reason),
                // What is missing would change nothing.
                (_, Some(_)) => {}
            }
        }
        advice
    }

    fn reason<'a>(&'a self, rule: &'a Rule, ground: &Ground<'_>) -> Reason<'a> {
        let mut slots: Vec<Slot> = Vec::new();
        rule.when.reasons(ground, &self.conditions, &mut slots);
        let facts = slots
            .into_iter()
            .filter_map(|slot| {
                let fact = self.catalogue.facts.get(slot)?;
                Some(Told {
                    fact,
                    value: ground.facts.get(slot).map(|value| fact.value_words(&value)),
                })
            })
            .collect();
        Reason { rule, facts }
    }

    fn option<'a>(
        &'a self,
        at: usize,
        medicine: &'a Medicine,
        asked: &[(&'a Rule, Answer)],
        ground: &Ground<'_>,
    ) -> MedicineOption<'a> {
        let mut option = MedicineOption {
            medicine,
            group: Group::Fits,
            because: Vec::new(),
            missing: Vec::new(),
            speaks_for: Vec::new(),
            cautions: Vec::new(),
            afterwards: Vec::new(),
        };
        let (mut excluded, mut specialist) = (Vec::new(), Vec::new());
        for weighs in self.weighs.iter().filter(|weighs| weighs.medicine == at) {
            let Some((rule, answer)) = asked.get(weighs.rule) else {
                continue;
            };
            let into = match standing(weighs.effect, *answer) {
                Group::NotForThisPerson => &mut excluded,
                Group::Specialist => &mut specialist,
                Group::FitsWhen => &mut option.missing,
                Group::Fits => match (weighs.effect, answer) {
                    (Effect::Caution, Answer::Yes) => &mut option.cautions,
                    (Effect::Favours, Answer::Yes) => &mut option.speaks_for,
                    (Effect::Then, Answer::Yes) => &mut option.afterwards,
                    _ => continue,
                },
            };
            into.push(self.reason(rule, ground));
        }
        (option.group, option.because) = if !excluded.is_empty() {
            (Group::NotForThisPerson, excluded)
        } else if !specialist.is_empty() {
            (Group::Specialist, specialist)
        } else if !option.missing.is_empty() {
            (Group::FitsWhen, Vec::new())
        } else {
            (Group::Fits, Vec::new())
        };
        option
    }

    /// Where each medicine stands, in their order, without the reasons. The quick way, for many people.
    pub fn groups(&self, answers: &[Answer]) -> Vec<Group> {
        let mut groups = vec![Group::Fits; self.medicines().count()];
        for weighs in &self.weighs {
            let answer = answers.get(weighs.rule).copied();
            if let Some(group) = groups.get_mut(weighs.medicine) {
                *group = (*group).max(standing(weighs.effect, answer.unwrap_or(Answer::NotKnown)));
            }
        }
        groups
    }
}

/// A rule that holds, is over this one, and has none over itself.
fn above<'a>(
    rule: &Rule,
    asked: &[(&'a Rule, Answer)],
    passed: &mut Vec<&'a str>,
) -> Option<&'a Rule> {
    for (other, holds) in asked {
        let over = *holds == Answer::Yes && other.over.contains(&rule.id);
        // Two that are over each other: the first to be asked about stands.
        if !over || passed.contains(&other.id.as_str()) {
            continue;
        }
        passed.push(&other.id);
        let beaten = above(other, asked, passed).is_some();
        passed.pop();
        if !beaten {
            return Some(other);
        }
    }
    None
}

/// Where one rule alone would put a medicine. What is not known counts on the safe side, but for what counts only once it is
/// found.
fn standing(effect: Effect, answer: Answer) -> Group {
    match (effect, answer) {
        (Effect::Excludes | Effect::ExcludesFound, Answer::Yes) => Group::NotForThisPerson,
        (Effect::Specialist, Answer::Yes | Answer::NotKnown)
        | (Effect::SpecialistFound, Answer::Yes) => Group::Specialist,
        (Effect::Excludes, Answer::NotKnown) | (Effect::Needs, Answer::No | Answer::NotKnown) => {
            Group::FitsWhen
        }
        _ => Group::Fits,
    }
}
