//! From the record to the data of a letter: nothing here is typed again. Pure; a value that is not on record stays empty,
//! and the letter says which.

use jiff::civil::Date;
use letters::{
    Author, Finding, Fracture, GpBox, LetterData, MedicineAdvice, Next, Practice, Template,
};
use pathway::{
    Channel, Episode, FractureSite, Person, Settings,
    care::{
        ContactOutcome, ContactPurpose, Letter, LetterKind, Plan, ReferralKind, ReferralOutcome,
        Review, Taught,
    },
    form::{Answers, Form, FormKind, NOT_KNOWN, Value},
    referrals_waiting,
};
use terms::{Answer, Medicine, Recommended, Site, TherapyAtReview};

use crate::views::day;

pub(crate) fn data(
    person: &Person,
    episode: &Episode,
    letter: &Letter,
    settings: &Settings,
    demo: bool,
    today: Date,
) -> LetterData {
    let details = &person.details;
    let care = &episode.care;
    let name = details.name.clone().unwrap_or_default();
    let plan = care.plan().map(|noted| &noted.what);
    let story = Story {
        today,
        person,
        episode,
        answers: Form::get(FormKind::Assessment).asked_of(&care.assessment.values()),
        plan,
        kind: letter.kind,
    };
    let mut address = details.address.clone().unwrap_or_default();
    if !address.is_empty() {
        address.extend(details.postcode.clone());
    }
    LetterData {
        template: template(letter.kind),
        large_print: letter.large_print,
        demo,
        written_on: today,
        service: letterhead(settings),
        author: Author {
            name: letter.begun.by.words().to_owned(),
            role: "Fracture liaison service".to_owned(),
        },
        patient: letters::Patient {
            name: given_first(&name),
            nhs_number: details
                .nhs_number
                .as_ref()
                .map(|number| number.digits().to_owned())
                .unwrap_or_default(),
            born: details.born,
            address,
            title_name: match name.title.as_deref().map(str::trim) {
                Some(title) if !title.is_empty() => {
                    format!("{title} {}", proper(&name.family))
                }
                _ => given_first(&name),
            },
        },
        practice: details
            .practice
            .as_ref()
            .and_then(|code| settings.practice.get(code))
            .map(|practice| Practice {
                name: practice.name.clone(),
                address: practice.address.clone(),
            }),
        fracture: story.fracture(),
        findings: story.findings(),
        gp: story.gp(),
        medicine: story.medicine(),
        calcium_vitamin_d: plan
            .filter(|_| letter.kind.tells_the_plan())
            .filter(|plan| plan.calcium_vitamin_d == Answer::Yes)
            .map(|_| "We advise calcium and vitamin D every day.".to_owned()),
        referrals: story.referrals(),
        taught: story.taught(),
        next: story.next(),
        note_to_gp: letter.note_to_gp.clone(),
        note_to_patient: letter.note_to_patient.clone(),
        appointment: story.appointment(),
    }
}

pub(crate) fn letterhead(settings: &Settings) -> letters::Service {
    let head = &settings.letterhead;
    letters::Service {
        name: head.name.clone(),
        address: head.address.clone(),
        phone: head.phone.clone(),
        email: head.email.clone(),
        hours: head.hours.clone(),
    }
}

pub(crate) fn template(kind: LetterKind) -> Template {
    match kind {
        LetterKind::Treatment => Template::Treatment,
        LetterKind::Declined => Template::Declined,
        LetterKind::NoTreatmentNeeded => Template::NoTreatmentNeeded,
        LetterKind::Invitation => Template::Invitation,
        LetterKind::Review => Template::Review,
        LetterKind::Handover => Template::Handover,
    }
}

fn given_first(name: &terms::PersonName) -> String {
    format!("{} {}", name.given, proper(&name.family))
        .trim()
        .to_owned()
}

/// Family names come in capitals from some feeds; a letter does not shout.
fn proper(family: &str) -> String {
    if family.chars().any(char::is_lowercase) {
        return family.to_owned();
    }
    let mut after_letter = false;
    family
        .chars()
        .map(|c| {
            let kept = if after_letter {
                c.to_lowercase().next().unwrap_or(c)
            } else {
                c
            };
            after_letter = c.is_alphabetic();
            kept
        })
        .collect()
}

struct Story<'a> {
    today: Date,
    person: &'a Person,
    episode: &'a Episode,
    answers: Answers,
    plan: Option<&'a Plan>,
    kind: LetterKind,
}

impl Story<'_> {
    fn diagnosed(&self) -> Date {
        self.episode.diagnosed().on
    }

    fn fracture(&self) -> Option<Fracture> {
        let sites = self.episode.sites();
        if sites.is_empty() {
            return None;
        }
        let words: Vec<String> = sites.iter().map(plain_site).collect();
        Some(Fracture {
            words: format!("broken {}", words.join(" and ")),
            on: self.episode.fracture_date(),
            how: None,
        })
    }

    fn answer(&self, id: &str) -> Option<String> {
        let value = self.answers.get(id).filter(|value| !value.is(NOT_KNOWN))?;
        Some(Form::get(FormKind::Assessment).words(id, value))
    }

    fn number(&self, id: &str) -> Option<f64> {
        self.answers.get(id).and_then(Value::number)
    }

    /// The lowest T-score, with the site it was measured at.
    fn t_score(&self) -> Option<(&'static str, String)> {
        let sites = [
            ("dxa.t_femoral_neck", "femoral neck"),
            ("dxa.t_total_hip", "total hip"),
            ("dxa.t_lumbar_spine", "lumbar spine"),
        ];
        sites
            .iter()
            .filter_map(|(id, words)| Some((self.number(id)?, *id, *words)))
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .and_then(|(_, id, words)| Some((words, self.answer(id)?)))
    }

    fn findings(&self) -> Vec<Finding> {
        if !self.kind.tells_the_plan() {
            return Vec::new();
        }
        let on = |id: &str| self.answers.get(id).and_then(pathway::form::exact_date);
        let mut findings = Vec::new();
        if let Some((site, value)) = self.t_score() {
            findings.push(Finding {
                name: format!("Bone density scan, {site}: T-score"),
                value,
                date: on("dxa.scanned_on"),
            });
        }
        if let Some(value) = self.answer("frax.mof") {
            findings.push(Finding {
                name: "Chance of breaking a major bone in the next 10 years (FRAX)".to_owned(),
                value,
                date: on("frax.on"),
            });
        }
        if let Some(value) = self.answer("blood.vitamin_d") {
            findings.push(Finding {
                name: "Vitamin D".to_owned(),
                value,
                date: on("blood.taken_on"),
            });
        }
        findings
    }

    fn gp(&self) -> GpBox {
        GpBox {
            diagnosis: self.diagnosis(),
            action: self.action(),
            follow_up: self.follow_up(),
        }
    }

    fn diagnosis(&self) -> Option<String> {
        let on = self
            .episode
            .fracture_date()
            .map(|on| format!(", {}", day(on)))
            .unwrap_or_default();
        let mut words = format!("Fragility fracture: {}{on}", self.episode.words());
        if let Some((site, value)) = self.t_score() {
            words.push_str(&format!("; T-score {value} ({site})"));
        }
        if let Some(mof) = self.answer("frax.mof") {
            words.push_str(&format!("; FRAX major fracture {mof}"));
        }
        words.push('.');
        Some(words)
    }

    fn calcium(&self) -> &'static str {
        match self.plan.map(|plan| plan.calcium_vitamin_d) {
            Some(Answer::Yes) => " and calcium with vitamin D",
            _ => "",
        }
    }

    /// Where no medicine is to be started, calcium and vitamin D may still be.
    fn calcium_alone(&self) -> &'static str {
        match self.plan.map(|plan| plan.calcium_vitamin_d) {
            Some(Answer::Yes) => " Please prescribe calcium with vitamin D.",
            _ => "",
        }
    }

    /// What is asked of the practice; "no action" is said, not left out. Nothing where the record does not say who
    /// starts the medicine: then the letter cannot be approved.
    fn action(&self) -> Option<String> {
        let because = |plan: &Plan| {
            plan.because
                .as_deref()
                .map(|why| format!(" ({why})"))
                .unwrap_or_default()
        };
        match self.kind {
            LetterKind::Invitation => None,
            LetterKind::Handover | LetterKind::Review => self.action_at_review(),
            _ => {
                let plan = self.plan?;
                let calcium = self.calcium();
                let alone = self.calcium_alone();
                Some(match plan.therapy {
                    Recommended::InformedDecline => format!(
                        "No bone medicine to start: the patient has decided against treatment{}. Please offer it again when you review them.{alone}{}",
                        because(plan),
                        self.denosumab_stopped(None)
                    ),
                    Recommended::Inappropriate => format!(
                        "No bone medicine to start: it is not appropriate{}.{alone}{}",
                        because(plan),
                        self.denosumab_stopped(None)
                    ),
                    Recommended::ReferredToGp => format!(
                        "Please decide on a bone medicine and start it{calcium} within two weeks."
                    ),
                    Recommended::ReferredForOpinion => {
                        self.asked(ReferralKind::Opinion).then(|| {
                            format!("No bone medicine to start yet: we have asked for a specialist opinion and will write again.{alone}")
                        })?
                    }
                    Recommended::NotKnown => return None,
                    therapy => {
                        let medicine = therapy.medicine()?;
                        let words = medicine.words();
                        match medicine {
                            _ if given_by_clinic(medicine) && self.asked(ReferralKind::Infusion) => {
                                format!("{words} is arranged through us.{alone}")
                            }
                            // Begun by specialists: who does so must be on record.
                            Medicine::Teriparatide | Medicine::Romosozumab
                                if self.asked(ReferralKind::Opinion) =>
                            {
                                format!("{words} is started by the specialists whom we have asked.{alone}")
                            }
                            Medicine::Teriparatide
                            | Medicine::Romosozumab
                            | Medicine::Zoledronate => return None,
                            _ => format!(
                                "Please start {}{calcium} within two weeks, and go on with it.{}",
                                words.to_lowercase(),
                                self.denosumab_stopped(Some(medicine))
                            ),
                        }
                    }
                })
            }
        }
    }

    /// Asked for, and not turned down or given up.
    fn asked(&self, kind: ReferralKind) -> bool {
        self.episode.care.referrals.iter().any(|noted| {
            noted.what.kind == kind
                && match noted.what.answer {
                    None => true,
                    Some((outcome, _)) => {
                        matches!(outcome, ReferralOutcome::Accepted | ReferralOutcome::Seen)
                    }
                }
        })
    }

    fn last_review(&self) -> Option<&pathway::care::Reviewed> {
        let care = &self.episode.care;
        care.reviewed(Review::Weeks52)
            .or_else(|| care.reviewed(Review::Weeks16))
            .map(|noted| &noted.what)
    }

    fn action_at_review(&self) -> Option<String> {
        let review = self.last_review()?;
        let stopped = self.denosumab_stopped(review.therapy.medicine());
        Some(match review.therapy {
            TherapyAtReview::NotStarted => match self.plan.and_then(|plan| plan.therapy.medicine())
            {
                Some(medicine) => format!(
                    "{} was recommended and has not been started. Please start it, or tell us why not.{stopped}",
                    medicine.words()
                ),
                None => format!(
                    "No bone medicine has been started. Please decide on one, or tell us why not.{stopped}"
                ),
            },
            TherapyAtReview::NoLongerAppropriate => {
                format!("No bone medicine to go on with: it is no longer appropriate.{stopped}")
            }
            TherapyAtReview::InformedDecline => {
                format!(
                    "No bone medicine to start: the patient has decided against treatment. Please offer it again.{stopped}"
                )
            }
            TherapyAtReview::ReferForOpinion
                if !self.asked(ReferralKind::Opinion) || self.kind == LetterKind::Handover =>
            {
                return None;
            }
            TherapyAtReview::ReferForOpinion => {
                "No change for now: we have asked for a specialist opinion and will write again."
                    .to_owned()
            }
            TherapyAtReview::NotKnown => {
                "Please check whether the patient takes a bone medicine, and tell us.".to_owned()
            }
            therapy => format!(
                "Please go on with {}.{}{stopped}",
                therapy.words().to_lowercase(),
                self.dose_due(therapy.medicine())
            ),
        })
    }

    /// A medicine given by the dose must not be delayed: the day of the next is said, while it is the one taken.
    fn dose_due(&self, taken: Option<Medicine>) -> String {
        self.episode
            .care
            .next_dose()
            .filter(|(medicine, _)| Some(*medicine) == taken)
            .map(|(medicine, due)| {
                let warning = match medicine {
                    Medicine::Denosumab => " It must not be delayed or stopped without a plan.",
                    _ => "",
                };
                let is = if due < self.today { "was" } else { "is" };
                format!(" The next dose {is} due on {}.{warning}", day(due))
            })
            .unwrap_or_default()
    }

    /// Denosumab given, and something else or nothing taken now: the GP must know (MHRA, Drug Safety Update 2020: more
    /// vertebral fractures after stopping).
    fn denosumab_stopped(&self, taken: Option<Medicine>) -> String {
        self.episode
            .care
            .next_dose()
            .filter(|(medicine, _)| {
                *medicine == Medicine::Denosumab && taken != Some(Medicine::Denosumab)
            })
            .map(|(_, due)| {
                format!(
                    " Denosumab has been given; its next dose would be due on {}. It must not be stopped without another medicine to follow.",
                    day(due)
                )
            })
            .unwrap_or_default()
    }

    /// "ring", unless that is what they do not want.
    fn reach(&self) -> &'static str {
        if self.person.needs.never.contains(&Channel::Phone) {
            "get in touch with"
        } else {
            "ring"
        }
    }

    /// Reviews not done yet, with "about 12 March 2027" while that is still ahead.
    fn reviews_to_come(&self) -> Vec<(Review, Option<String>)> {
        let care = &self.episode.care;
        let followed = self.plan.is_some_and(|plan| plan.follow_up);
        if !followed || care.reviewed(Review::Weeks52).is_some() {
            return Vec::new();
        }
        let when = |review: Review| {
            let due = review.due_after(self.diagnosed());
            (due >= self.today).then(|| format!("about {}", day(due)))
        };
        let mut reviews = Vec::new();
        // The one at 52 weeks stands for the one at 16 weeks whose time has passed.
        if care.reviewed(Review::Weeks16).is_none() && when(Review::Weeks16).is_some() {
            reviews.push((Review::Weeks16, when(Review::Weeks16)));
        }
        reviews.push((Review::Weeks52, when(Review::Weeks52)));
        reviews
    }

    fn follow_up(&self) -> Option<String> {
        match self.kind {
            LetterKind::Invitation => None,
            LetterKind::Handover => {
                let year = self
                    .last_review()
                    .and_then(|review| review.answers.get("review.next_year"))
                    .and_then(Value::number)
                    .map(|year| format!(" Please review the treatment in {year}."))
                    .unwrap_or_default();
                Some(format!(
                    "We do not follow up any further; the practice takes over.{year}"
                ))
            }
            _ => {
                self.plan?;
                let reviews: Vec<String> = self
                    .reviews_to_come()
                    .into_iter()
                    .map(|(review, when)| {
                        let weeks = match review {
                            Review::Weeks16 => "at 16 weeks",
                            Review::Weeks52 => "at 52 weeks",
                        };
                        match when {
                            Some(when) => format!("{weeks} ({when})"),
                            None => "soon".to_owned(),
                        }
                    })
                    .collect();
                Some(if reviews.is_empty() {
                    "We do not follow up any further.".to_owned()
                } else {
                    format!(
                        "We {} the patient {}.{}",
                        self.reach(),
                        reviews.join(" and "),
                        self.dose_due(self.plan.and_then(|plan| plan.therapy.medicine()))
                    )
                })
            }
        }
    }

    fn medicine(&self) -> Option<MedicineAdvice> {
        let medicine = match self.kind {
            LetterKind::Treatment => self.plan?.therapy.medicine()?,
            LetterKind::Review | LetterKind::Handover => self.last_review()?.therapy.medicine()?,
            _ => return None,
        };
        Some(MedicineAdvice {
            code: medicine.code().to_owned(),
            name: medicine.words().to_lowercase(),
        })
    }

    fn referrals(&self) -> Vec<String> {
        if !self.kind.tells_the_plan() {
            return Vec::new();
        }
        let mut words: Vec<String> = referrals_waiting(self.person, self.episode)
            .map(|noted| plain_referral(noted.what.kind).to_owned())
            .collect();
        words.dedup();
        words
    }

    fn taught(&self) -> Vec<String> {
        let Some(plan) = self.plan.filter(|_| self.kind.tells_the_plan()) else {
            return Vec::new();
        };
        plan.taught
            .iter()
            .map(|taught| plain_taught(*taught).to_owned())
            .collect()
    }

    fn next(&self) -> Vec<Next> {
        match self.kind {
            LetterKind::Handover => vec![Next {
                what: "Your GP looks after your bones from now on".to_owned(),
                when: "ring them or us if anything changes".to_owned(),
            }],
            LetterKind::Invitation => Vec::new(),
            _ => self
                .reviews_to_come()
                .into_iter()
                .map(|(review, when)| Next {
                    what: match review {
                        Review::Weeks16 => format!("We {} you to ask how you get on", self.reach()),
                        Review::Weeks52 => format!("We {} you once more", self.reach()),
                    },
                    when: when.unwrap_or_else(|| "soon".to_owned()),
                })
                .collect(),
        }
    }

    fn appointment(&self) -> Option<String> {
        let booked = self
            .episode
            .care
            .contacts
            .iter()
            .rev()
            .map(|noted| &noted.what)
            .find(|contact| contact.purpose == ContactPurpose::Assess)
            .filter(|contact| contact.outcome == ContactOutcome::Booked)?;
        let on = booked.again_on.filter(|on| *on >= self.today)?;
        let time = booked
            .time
            .map(|time| time.strftime(" at %H:%M").to_string())
            .unwrap_or_default();
        Some(format!("{} {}{time}", on.strftime("%A"), day(on)))
    }
}

/// Injections and infusions that a clinic gives.
fn given_by_clinic(medicine: Medicine) -> bool {
    matches!(
        medicine,
        Medicine::Zoledronate | Medicine::Denosumab | Medicine::Romosozumab
    )
}

fn plain_site(site: &FractureSite) -> String {
    let bone = match site.site {
        Site::Vertebra => return "bone in your back".to_owned(),
        Site::Unspecified => return "bone".to_owned(),
        Site::Femur => "thigh bone",
        Site::Humerus => "upper arm",
        Site::Scapula => "shoulder blade",
        Site::Clavicle => "collarbone",
        Site::Sternum => "breastbone",
        Site::Patella => "kneecap",
        other => other.words(),
    };
    let bone = bone.to_lowercase();
    match site.side {
        Some(side @ (terms::Side::Left | terms::Side::Right)) => format!("{side} {bone}"),
        Some(terms::Side::Both) => format!("{bone} on both sides"),
        None => bone,
    }
}

fn plain_referral(kind: ReferralKind) -> &'static str {
    match kind {
        ReferralKind::Dxa => "The scanning department, for a bone density scan",
        ReferralKind::Bloods => "Your GP surgery, for blood tests",
        ReferralKind::Gp => "Your GP, for your medicine",
        ReferralKind::Opinion => "A bone specialist, for advice on treatment",
        ReferralKind::Infusion => "The clinic that gives the injection or drip",
        ReferralKind::Falls => "The falls clinic",
        ReferralKind::StrengthBalance => "A strength and balance class",
        ReferralKind::Physiotherapy => "Physiotherapy",
        ReferralKind::Dietitian => "A dietitian",
        ReferralKind::Dentist => "Your dentist, for a check before treatment",
        ReferralKind::Other => "Another service that we talked about",
    }
}

fn plain_taught(taught: Taught) -> &'static str {
    match taught {
        Taught::Medicine => "How to take your medicine",
        Taught::Injection => "How to give yourself the injection",
        Taught::Diet => "Food, calcium and vitamin D",
        Taught::Exercise => "Exercise for strength and balance",
        Taught::Lifestyle => "Smoking and alcohol",
        Taught::HomeSafety => "Making your home safer",
        Taught::SupportGroup => "The local support group",
        Taught::SideEffects => "Side effects, and when to ring us",
    }
}
