//! From the record to the data of a letter: nothing here is typed again. Pure; a value that is not on record stays empty,
//! and the letter says which.

use jiff::civil::Date;
use letters::{
    Author, Finding, Fracture, GpBox, LetterData, MedicineAdvice, Next, Practice, Template,
};
use pathway::{
    Episode, FractureSite, Person, Settings,
    care::{Letter, LetterKind, Plan, Referral, ReferralKind, Review, Taught},
    form::{Answers, Form, FormKind, NOT_KNOWN, Value},
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
        episode,
        answers: care.assessment.values(),
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
            .filter(|_| tells_the_plan(letter.kind))
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

/// Letters that tell what was decided.
fn tells_the_plan(kind: LetterKind) -> bool {
    matches!(
        kind,
        LetterKind::Treatment | LetterKind::Declined | LetterKind::NoTreatmentNeeded
    )
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
    episode: &'a Episode,
    answers: Answers,
    plan: Option<&'a Plan>,
    kind: LetterKind,
}

impl Story<'_> {
    /// Its day is still ahead: a letter promises nothing in the past.
    fn to_come(&self, review: Review) -> bool {
        review.due_after(self.diagnosed()) >= self.today
    }

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
        if !tells_the_plan(self.kind) {
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

    /// What is asked of the practice; "no action" is said, not left out.
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
                Some(match plan.therapy {
                    Recommended::InformedDecline => format!(
                        "No medicine to start: the patient has decided against treatment{}. Please offer it again when you review them.",
                        because(plan)
                    ),
                    Recommended::Inappropriate => format!(
                        "No action needed: bone medicine is not appropriate{}.",
                        because(plan)
                    ),
                    Recommended::ReferredToGp => format!(
                        "Please decide on a bone medicine and start it{calcium} within two weeks."
                    ),
                    Recommended::ReferredForOpinion => {
                        "No medicine to start yet: we have asked for a specialist opinion and will write again.".to_owned()
                    }
                    Recommended::NotKnown => return None,
                    medicine if self.given_by_clinic() => format!(
                        "{} is arranged through us{}.",
                        medicine.words(),
                        match self.calcium() {
                            "" => "; nothing to prescribe".to_owned(),
                            _ => "; please prescribe calcium with vitamin D".to_owned(),
                        }
                    ),
                    medicine => format!(
                        "Please start {}{calcium} within two weeks, and go on with it.",
                        medicine.words().to_lowercase()
                    ),
                })
            }
        }
    }

    fn given_by_clinic(&self) -> bool {
        self.open_referrals()
            .any(|referral| referral.kind == ReferralKind::Infusion)
    }

    fn last_review(&self) -> Option<&pathway::care::Reviewed> {
        let care = &self.episode.care;
        care.reviewed(Review::Weeks52)
            .or_else(|| care.reviewed(Review::Weeks16))
            .map(|noted| &noted.what)
    }

    fn action_at_review(&self) -> Option<String> {
        let review = self.last_review()?;
        Some(match review.therapy {
            TherapyAtReview::NotStarted => match self.plan.and_then(|plan| plan.therapy.medicine())
            {
                Some(medicine) => format!(
                    "{} was recommended and has not been started. Please start it, or tell us why not.",
                    medicine.words()
                ),
                None => "No bone medicine has been started. Please decide on one, or tell us why not.".to_owned(),
            },
            TherapyAtReview::NoLongerAppropriate => {
                "No action needed: bone medicine is no longer appropriate.".to_owned()
            }
            TherapyAtReview::InformedDecline => {
                "No medicine to start: the patient has decided against treatment. Please offer it again.".to_owned()
            }
            TherapyAtReview::ReferForOpinion => {
                "No change for now: we have asked for a specialist opinion and will write again.".to_owned()
            }
            TherapyAtReview::NotKnown => {
                "Please check whether the patient takes a bone medicine, and tell us.".to_owned()
            }
            medicine => format!("Please go on with {}.{}", medicine.words().to_lowercase(), self.dose_due()),
        })
    }

    /// A medicine given by the dose must not be delayed: the next date and who gives it are said.
    fn dose_due(&self) -> String {
        self.episode
            .care
            .next_dose()
            .map(|(medicine, due)| {
                let warning = match medicine {
                    Medicine::Denosumab => " It must not be delayed or stopped without a plan.",
                    _ => "",
                };
                format!(" The next dose is due on {}.{warning}", day(due))
            })
            .unwrap_or_default()
    }

    fn follow_up(&self) -> Option<String> {
        let about = |review: Review| day(review.due_after(self.diagnosed()));
        let first = self.to_come(Review::Weeks16);
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
            LetterKind::Review if self.to_come(Review::Weeks52) => Some(format!(
                "We ring the patient again at 52 weeks, about {}.",
                about(Review::Weeks52)
            )),
            LetterKind::Review => Some("We ring the patient once more.".to_owned()),
            _ => {
                let plan = self.plan?;
                Some(if plan.follow_up && !first {
                    format!(
                        "We ring the patient to review the treatment.{}",
                        self.dose_due()
                    )
                } else if plan.follow_up {
                    format!(
                        "We ring the patient at 16 weeks (about {}) and at 52 weeks (about {}).{}",
                        about(Review::Weeks16),
                        about(Review::Weeks52),
                        self.dose_due()
                    )
                } else {
                    "We do not follow up any further.".to_owned()
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

    fn open_referrals(&self) -> impl Iterator<Item = &Referral> {
        self.episode
            .care
            .referrals
            .iter()
            .map(|noted| &noted.what)
            .filter(|referral| referral.answer.is_none())
    }

    fn referrals(&self) -> Vec<String> {
        if !tells_the_plan(self.kind) {
            return Vec::new();
        }
        let mut words: Vec<String> = self
            .open_referrals()
            .map(|referral| plain_referral(referral.kind).to_owned())
            .collect();
        words.dedup();
        words
    }

    fn taught(&self) -> Vec<String> {
        let Some(plan) = self.plan.filter(|_| tells_the_plan(self.kind)) else {
            return Vec::new();
        };
        plan.taught
            .iter()
            .map(|taught| plain_taught(*taught).to_owned())
            .collect()
    }

    fn next(&self) -> Vec<Next> {
        let ring = |review: Review, words: &str| Next {
            what: words.to_owned(),
            when: if self.to_come(review) {
                format!("about {}", day(review.due_after(self.diagnosed())))
            } else {
                "soon".to_owned()
            },
        };
        match self.kind {
            LetterKind::Handover => vec![Next {
                what: "Your GP looks after your bones from now on".to_owned(),
                when: "ring them or us if anything changes".to_owned(),
            }],
            LetterKind::Review => vec![ring(Review::Weeks52, "We ring you once more")],
            LetterKind::Invitation => Vec::new(),
            _ if self.plan.is_some_and(|plan| plan.follow_up) => {
                let mut next = vec![ring(Review::Weeks16, "We ring you to ask how you get on")];
                if self.to_come(Review::Weeks52) {
                    next.push(ring(Review::Weeks52, "We ring you once more"));
                }
                next
            }
            _ => Vec::new(),
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
            .find(|contact| contact.outcome == pathway::care::ContactOutcome::Booked)?;
        let on = booked.again_on?;
        let time = booked
            .time
            .map(|time| time.strftime(" at %H:%M").to_string())
            .unwrap_or_default();
        Some(format!("{} {}{time}", on.strftime("%A"), day(on)))
    }
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
