//! A record from the timeline: where each field of the audit stands in Herald.

use jiff::civil::Date;
use pathway::{
    CloseReason, Death, Episode, HeldResult, Person, State, TestKind,
    care::{ReferralKind, Review, Reviewed},
    form::{Answers, Form, FormKind, NOT_KNOWN, Value, exact_date, yes_no},
};
use terms::{Answer, Medicine, Sex, Site};

use super::{Dxa, DxaNotBecause, Falls, Record, Risk, SiteGroup, Tenths, Week16, Week52};

/// The T-scores of which 3.04 takes the lowest. The forearm is not among them.
const T_SCORES: [&str; 3] = [
    "dxa.t_lumbar_spine",
    "dxa.t_total_hip",
    "dxa.t_femoral_neck",
];

impl Record {
    /// The fracture as the audit sees it; none unless it was accepted.
    ///
    /// Closed episodes stay, whatever closed them: the audit counts every fracture entered, and leaving out whoever
    /// moved, declined or was never reached would make a service look better than it is. Only what was found at
    /// assessment not to be a fragility fracture leaves, since the audit takes no others.
    ///
    /// Accepting confirms the fracture, so its day and site come from the feeds until somebody answers. Of anything
    /// else the feeds only propose an answer, and it is blank until it is saved.
    pub fn of(person: &Person, episode: &Episode) -> Option<Self> {
        let closed = match episode.state() {
            State::Accepted => None,
            State::Closed { reason } => Some(reason),
            _ => return None,
        };
        if closed == Some(CloseReason::NotFragility) {
            return None;
        }
        let care = &episode.care;
        // T-scores left over behind a scan that was not ordered are no part of the audit.
        let answers = Form::get(FormKind::Assessment).asked_of(&care.assessment.values());
        let yes_no = |id| yes_no(&answers, id);
        let diagnosed_on = episode.diagnosed().on;
        let (bone_therapy_at_fracture, medicines_at_fracture) = at_fracture(&answers);
        let plan = care.plan().map(|noted| &noted.what);
        let scan = Scan::of(person, episode, &answers);
        Some(Self {
            died: person.details.died() || closed == Some(CloseReason::Died),
            died_on: match person.details.death {
                Some(Death::Died(on)) => on,
                _ => None,
            },
            age_at_fracture: person
                .details
                .born
                .and_then(|born| u8::try_from(terms::age_on(born, diagnosed_on)).ok()),
            sex: person.details.sex.filter(|sex| *sex != Sex::NotKnown),
            care_home: yes_no("person.care_home"),
            contacted_on: Some(contacted_on(episode, &answers)),
            assessed_on: care.assessment.completed.as_ref().map(|noted| noted.what),
            admitted: yes_no("fracture.admitted"),
            sites: sites(episode, &answers),
            height_cm: tenths(&answers, "risk.height"),
            weight_kg: tenths(&answers, "risk.weight"),
            previous_fracture: yes_no("risk.previous_fracture"),
            parental_hip_fracture: yes_no("risk.parental_hip"),
            smoker: yes_no("risk.smoker"),
            bone_therapy_at_fracture,
            medicines_at_fracture,
            dxa: scan.status,
            dxa_not_because: code(&answers, "dxa.not_because").and_then(dxa_not_because),
            dxa_on: scan.on,
            t_score: scan.t_score,
            risk: risk(&answers),
            therapy: plan.map(|plan| plan.therapy).into_iter().collect(),
            calcium_vitamin_d: plan.map(|plan| plan.calcium_vitamin_d),
            falls: Falls {
                assessed: yes_no("falls.assessed"),
                two_falls: yes_no("falls.twice"),
                fear_of_falling: yes_no("falls.fear"),
                medicines_raise_risk: yes_no("medicines.fall_risk"),
                mobility_impaired: mobility(&answers),
                vision_impaired: yes_no("falls.vision"),
                toileting_problem: yes_no("falls.toileting"),
                cardiovascular_abnormal: yes_no("falls.cardiovascular"),
                cognitive_impairment: yes_no("falls.cognition"),
                // Whatever came of it; nobody says that none was needed, so without one it is blank.
                referred: asked(episode, ReferralKind::Falls).then_some(Answer::Yes),
            },
            week_16: care
                .reviewed(Review::Weeks16)
                .map_or_else(Week16::default, |noted| week_16(&noted.what)),
            week_52: care
                .reviewed(Review::Weeks52)
                .map_or_else(Week52::default, |noted| week_52(&noted.what)),
            ..Self::new(episode.hospital().cloned(), diagnosed_on)
        })
    }
}

fn code<'a>(answers: &'a Answers, id: &str) -> Option<&'a str> {
    answers.get(id)?.codes().next()
}

fn tenths(answers: &Answers, id: &str) -> Option<Tenths> {
    Tenths::of(answers.get(id)?.number()?)
}

fn day(answers: &Answers, id: &str) -> Option<Date> {
    exact_date(answers.get(id)?)
}

fn asked(episode: &Episode, kind: ReferralKind) -> bool {
    let referrals = &episode.care.referrals;
    referrals.iter().any(|noted| noted.what.kind == kind)
}

/// 1.06: as entered; else the first day that somebody was reached or written to; else the day the person was found.
fn contacted_on(episode: &Episode, answers: &Answers) -> Date {
    let contacts = episode.care.contacts.iter().map(|noted| &noted.what);
    let first = contacts
        .filter(|contact| !contact.outcome.failed())
        .map(|contact| contact.on)
        .min();
    day(answers, "fracture.contacted_on")
        .or(first)
        .unwrap_or_else(|| terms::london_date(episode.raised_at))
}

/// 1.11 to 1.13. If the index site is answered as not known, the others do not take its place.
fn sites(episode: &Episode, answers: &Answers) -> Vec<SiteGroup> {
    let group = |id| {
        code(answers, id)
            .and_then(Site::from_code)
            .and_then(SiteGroup::of)
    };
    if !answers.contains_key("fracture.site_1") {
        let seen = episode.sites().into_iter();
        return seen
            .filter_map(|seen| SiteGroup::of(seen.site))
            .take(3)
            .collect();
    }
    let Some(index) = group("fracture.site_1") else {
        return Vec::new();
    };
    let others = ["fracture.site_2", "fracture.site_3"]
        .into_iter()
        .filter_map(group);
    std::iter::once(index).chain(others).collect()
}

/// 2.06, whether and which.
fn at_fracture(answers: &Answers) -> (Option<Answer>, Vec<Medicine>) {
    match code(answers, "medicines.bone_at_fracture") {
        Some("none") => (Some(Answer::No), Vec::new()),
        Some(NOT_KNOWN) => (Some(Answer::NotKnown), Vec::new()),
        Some(code) => match Medicine::from_code(code) {
            Some(medicine) => (Some(Answer::Yes), vec![medicine]),
            None => (None, Vec::new()),
        },
        None => (None, Vec::new()),
    }
}

/// 5.05: impaired is whoever did not walk without help.
fn mobility(answers: &Answers) -> Option<Answer> {
    Some(match code(answers, "falls.mobility")? {
        "unaided" => Answer::No,
        "one_aid" | "two_aids" | "with_person" | "not_walking" => Answer::Yes,
        NOT_KNOWN => Answer::NotKnown,
        _ => return None,
    })
}

/// 3.05. Which FRAX percentage is a high risk depends on age and country, and Herald holds no such table: only that
/// it is not known can be told.
fn risk(answers: &Answers) -> Option<Risk> {
    (code(answers, "frax.mof")? == NOT_KNOWN).then_some(Risk::NotKnown)
}

fn dxa_not_because(code: &str) -> Option<DxaNotBecause> {
    Some(match code {
        "recent" => DxaNotBecause::RecentScan,
        "not_needed" => DxaNotBecause::NotNeeded,
        "frail" => DxaNotBecause::NotTolerated,
        "not_available" => DxaNotBecause::NotFeasible,
        "declined" => DxaNotBecause::Declined,
        NOT_KNOWN => DxaNotBecause::NotKnown,
        _ => return None,
    })
}

/// 3.01, 3.03 and 3.04.
struct Scan {
    status: Option<Dxa>,
    on: Option<Date>,
    t_score: Option<Tenths>,
}

impl Scan {
    /// As answered. A scan that was asked for and has come in since is done: nobody types that again.
    fn of(person: &Person, episode: &Episode, answers: &Answers) -> Self {
        let status = match code(answers, "dxa.status") {
            Some(code) => Dxa::from_code(code),
            None => asked(episode, ReferralKind::Dxa).then_some(Dxa::Ordered),
        };
        if let Some(Dxa::Ordered | Dxa::Recommended) = status
            && let Some(scan) = first_scan(person, episode.diagnosed().on)
        {
            let values = scan.result.measures.iter().filter_map(|measure| {
                let question = measure.answers.as_deref()?;
                let value = Value::one(measure.value.clone()).number()?;
                T_SCORES.contains(&question).then_some(value)
            });
            return Self {
                status: Some(Dxa::Done),
                on: scan.result.taken_on,
                t_score: lowest(values),
            };
        }
        let values = T_SCORES.iter().filter_map(|id| answers.get(*id)?.number());
        Self {
            status,
            on: day(answers, "dxa.scanned_on"),
            t_score: lowest(values),
        }
    }
}

fn first_scan(person: &Person, diagnosed_on: Date) -> Option<&HeldResult> {
    let scans = person.results.iter().filter(|held| {
        let result = &held.result;
        result.kind == TestKind::Dxa
            && !result.preliminary
            && result.taken_on.is_some_and(|on| on >= diagnosed_on)
    });
    scans.min_by_key(|held| (held.result.taken_on, held.seq))
}

fn lowest(values: impl Iterator<Item = f64>) -> Option<Tenths> {
    values.filter_map(Tenths::of).min()
}

fn week_16(review: &Reviewed) -> Week16 {
    let yes_no = |id| yes_no(&review.answers, id);
    Week16 {
        done_on: Some(review.on),
        by_fls: yes_no("review.by_fls"),
        calcium_vitamin_d_started: yes_no("review.calcium_vitamin_d"),
        therapy: Some(review.therapy),
        strength_balance: yes_no("review.exercise"),
        strength_balance_on: day(&review.answers, "review.exercise_on"),
    }
}

fn week_52(review: &Reviewed) -> Week52 {
    let yes_no = |id| yes_no(&review.answers, id);
    let refractures = review
        .answers
        .get("review.refractures")
        .and_then(Value::number);
    Week52 {
        done_on: Some(review.on),
        by_fls: yes_no("review.by_fls"),
        adherent: yes_no("review.adherent"),
        therapy: Some(review.therapy),
        // A number of bones; the cast keeps within 0 to 255.
        refractures: refractures.map(|count| count.round() as u8),
    }
}
