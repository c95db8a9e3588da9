//! Made-up staff at work: each takes the lists of Today that are theirs and does what the next person on them needs.
//! Nothing is written but through the use cases that the pages call.

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
};

use ::guidance::Group;
use anyhow::Context;
use jiff::{
    SignedDuration, ToSpan,
    civil::{Date, Weekday, time},
};
use pathway::{
    Channel, CloseReason, EpisodeId, RejectReason, ResultAction, SetAsideReason, State, Task,
    TestKind,
    care::{
        Contact, ContactOutcome, ContactPurpose, Dose, LetterKind, LetterState, Plan, Referral,
        ReferralKind, ReferralOutcome, Review, SentHow,
    },
    working_day_on_or_before,
};
use service::{
    App, Entry, Error, Scope, assessment,
    candidate::{self, Choice},
    care::{self, EpisodeView},
    decision,
    identity::{self, Agreement},
    letter, questionnaire, results, review,
    today::{self, Ask, Rows, Tab},
};
use synth::{Dice, YearPlan};
use terms::{FixedClock, Medicine, NhsNumber, Recommended};

use super::{
    patients::{self, Patient, Way},
    sign_ins::SignIns,
};

/// What they have done, for the line that says so.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    decided: usize,
    contacts: usize,
    assessed: usize,
    letters: usize,
    reviews: usize,
    closed: usize,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} candidates decided, {} contacts, {} assessed, {} letters, {} reviews, {} closed",
            self.decided, self.contacts, self.assessed, self.letters, self.reviews, self.closed
        )
    }
}

/// A questionnaire at somebody's home.
struct AtHome {
    secret: String,
    born: Date,
    patient: Patient,
    back: Date,
}

pub struct Team<'a> {
    app: &'a App,
    clock: &'a FixedClock,
    seed: u64,
    nurses: Vec<Scope>,
    lead: Scope,
    coordinator: Scope,
    practices: Vec<String>,
    /// Who is in care, by NHS number, for the day on which somebody rings that they have died.
    in_care: HashMap<NhsNumber, Vec<EpisodeId>>,
    at_home: Vec<AtHome>,
    day: Date,
    /// The last day that is worked.
    last: Date,
    /// Counters that see to it that what is rare is there.
    rejected: usize,
    set_aside: usize,
    plans: usize,
    pub done: Tally,
}

type Outcome<T = ()> = Result<T, Error>;

impl<'a> Team<'a> {
    pub fn new(
        app: &'a App,
        clock: &'a FixedClock,
        sign_ins: &SignIns,
        plan: &YearPlan,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            app,
            clock,
            seed: plan.seed,
            nurses: vec![
                sign_ins.sign_in(app, "nurse")?,
                sign_ins.sign_in(app, "nurse2")?,
            ],
            lead: sign_ins.sign_in(app, "lead")?,
            coordinator: sign_ins.sign_in(app, "coordinator")?,
            practices: synth::practices(plan.practices)
                .map(|practice| practice.code.to_string())
                .collect(),
            in_care: HashMap::new(),
            at_home: Vec::new(),
            day: plan.starts(),
            last: plan.ends.saturating_add(1.day()),
            rejected: 0,
            set_aside: 0,
            plans: 0,
            done: Tally::default(),
        })
    }

    /// One working day: each list has its days of the week.
    pub fn work(&mut self, day: Date) -> anyhow::Result<()> {
        self.day = day;
        self.post()?;
        let lists: &[Tab] = match day.weekday() {
            Weekday::Monday => &[Tab::New, Tab::Results],
            Weekday::Tuesday => &[Tab::New, Tab::Assess],
            Weekday::Wednesday => &[Tab::Results, Tab::Letters, Tab::Review16],
            Weekday::Thursday => &[Tab::New, Tab::Assess, Tab::Chase],
            _ => &[Tab::Results, Tab::Letters, Tab::Review52],
        };
        for nurse in self.nurses.clone() {
            // Every list says beside its name how many wait on each.
            let mut counts: Vec<(Tab, u64)> = Vec::new();
            for tab in lists {
                if counts.contains(&(*tab, 0)) {
                    continue;
                }
                for entry in self.entries(&nurse, *tab, &mut counts)? {
                    let outcome = self.see(&nurse, *tab, &entry);
                    self.noted(outcome)
                        .with_context(|| format!("{tab:?}, {}", entry.name))?;
                }
            }
        }
        match day.weekday() {
            Weekday::Tuesday | Weekday::Friday => {
                let coordinator = self.coordinator.clone();
                for entry in self.entries(&coordinator, Tab::Letters, &mut Vec::new())? {
                    let outcome = self.send(&coordinator, &entry);
                    self.noted(outcome)
                        .with_context(|| format!("posting, {}", entry.name))?;
                }
            }
            Weekday::Wednesday => self.duplicates()?,
            _ => {}
        }
        Ok(())
    }

    /// What cannot be done now is left, as staff would leave it.
    fn noted(&self, outcome: Outcome) -> anyhow::Result<()> {
        match outcome {
            Ok(()) | Err(Error::Unavailable(_) | Error::NotFound) => Ok(()),
            Err(Error::Invalid(wrong)) => anyhow::bail!("refused: {wrong:?}"),
            Err(error) => Err(error.into()),
        }
    }

    /// The last days are short-handed, so that something is left for whoever opens the demonstration.
    fn chance(&self, usual: u32) -> u32 {
        match (self.last - self.day).get_days() {
            0..2 => usual / 4,
            2..8 => usual / 2,
            _ => usual,
        }
    }

    /// Some time passes with each thing done.
    fn passes(&self) {
        self.clock.advance(SignedDuration::from_secs(50));
    }

    fn patient(&self, episode: EpisodeId) -> Patient {
        Patient::of(self.seed, episode)
    }

    fn after(&self, days: i32) -> Date {
        self.day.saturating_add(days.days())
    }

    /// Everybody on a list, and how many wait on each.
    fn entries(
        &self,
        scope: &Scope,
        tab: Tab,
        counts: &mut Vec<(Tab, u64)>,
    ) -> Outcome<Vec<Entry>> {
        let mut all = Vec::new();
        let mut page = 1;
        loop {
            let ask = Ask {
                tab,
                page,
                order: tab.usual_order(),
                ..Ask::default()
            };
            let seen = today::today(self.app, scope, &ask)?;
            if let Rows::Candidates(entries) = seen.rows {
                all.extend(entries);
            }
            *counts = seen.counts;
            if page >= seen.pages {
                return Ok(all);
            }
            page += 1;
        }
    }

    fn see(&mut self, nurse: &Scope, tab: Tab, entry: &Entry) -> Outcome {
        if tab == Tab::New {
            return self.confirm(nurse, entry);
        }
        let patient = self.patient(entry.episode);
        if patient.forgotten() {
            return Ok(());
        }
        // Nobody gets through a whole list on its day.
        let chance = match tab {
            Tab::Assess => 34,
            Tab::Results => 60,
            Tab::Letters => 62,
            Tab::Review16 => 48,
            Tab::Review52 => 40,
            _ => 60,
        };
        let chance = self.chance(chance);
        if !patient.today(tab.code(), self.day).percent(chance) {
            return Ok(());
        }
        match entry.task {
            Some(Task::SeeResult) => self.see_results(nurse, entry.episode),
            Some(Task::AnswerConcern) => self.answer_concern(nurse, entry.episode),
            Some(Task::Assess) => self.assess(nurse, entry.episode),
            Some(Task::Decide) => self.decide(nurse, entry.episode),
            Some(Task::WriteLetter | Task::FinishLetter) => self.write(nurse, entry.episode),
            Some(Task::ChaseReferral) => self.chase(nurse, entry.episode),
            Some(Task::GiveDose) => self.dose(nurse, entry.episode),
            Some(Task::Review16) => self.review(nurse, entry.episode, Review::Weeks16),
            Some(Task::Review52) => self.review(nurse, entry.episode, Review::Weeks52),
            Some(Task::Close) => self.close(nurse, entry.episode),
            _ => Ok(()),
        }
    }

    fn open(&self, scope: &Scope, episode: EpisodeId) -> Outcome<EpisodeView> {
        self.passes();
        care::view(self.app, scope, episode, None)
    }

    // Candidates.

    fn confirm(&mut self, nurse: &Scope, entry: &Entry) -> Outcome {
        let patient = self.patient(entry.episode);
        let listed = terms::london_date(entry.raised_at);
        let waited = (self.day - listed).get_days();
        // Some wait for a quiet week.
        if patient.dice("slow").percent(4) && waited < 24
            || !patient.today("confirm", self.day).percent(self.chance(70))
        {
            return Ok(());
        }
        self.passes();
        let seen = candidate::view(self.app, nurse, entry.episode, None)?;
        let choice = self.choice(patient, entry, &seen);
        self.passes();
        let accepted = matches!(choice, Choice::Accept);
        candidate::decide(self.app, nurse, entry.episode, seen.version, &choice)?;
        self.done.decided += 1;
        if let Some(number) = seen.person.nhs_number.filter(|_| accepted) {
            self.in_care.entry(number).or_default().push(entry.episode);
        }
        Ok(())
    }

    fn choice(&mut self, patient: Patient, entry: &Entry, seen: &candidate::Candidate) -> Choice {
        let mut dice = patient.dice("candidate");
        if seen.person.died {
            return Choice::Reject {
                reason: RejectReason::Died,
                note: None,
            };
        }
        let near = seen.others.iter().find(|other| {
            let apart = match (other.fracture_date, entry.fracture_date) {
                (Some(a), Some(b)) => (a - b).get_days().abs(),
                _ => 0,
            };
            other.open && apart < 100
        });
        if let Some(near) = near.filter(|_| dice.percent(60)) {
            return Choice::Belongs { to: near.id };
        }
        let (no, later) = if entry.look { (45, 20) } else { (9, 8) };
        // Towards the end more is put off than decided.
        let later = if (self.last - self.day).get_days() < 24 {
            later * 3
        } else {
            later
        };
        if dice.percent(no) {
            return self.rejected(&mut dice, entry.look);
        }
        if dice.percent(later) && !entry.came_back {
            return self.put_aside(&mut dice);
        }
        Choice::Accept
    }

    fn rejected(&mut self, dice: &mut Dice, doubtful: bool) -> Choice {
        self.rejected += 1;
        let usual = if doubtful {
            [
                (RejectReason::NotAFracture, 6),
                (RejectReason::OldFracture, 4),
            ]
        } else {
            [
                (RejectReason::HighEnergy, 6),
                (RejectReason::UnderAnotherService, 4),
            ]
        };
        let reason = match self.rejected % 4 {
            0 => every(RejectReason::ALL, self.rejected / 4),
            _ => None,
        };
        Choice::Reject {
            reason: reason
                .filter(|reason| *reason != RejectReason::Died)
                .unwrap_or_else(|| dice.weighted(&usual, RejectReason::HighEnergy)),
            note: None,
        }
    }

    fn put_aside(&mut self, dice: &mut Dice) -> Choice {
        self.set_aside += 1;
        let reason =
            every(SetAsideReason::ALL, self.set_aside).unwrap_or(SetAsideReason::AwaitingReport);
        Choice::SetAside {
            reason,
            until: working_day_on_or_before(self.after(dice.between(14, 42))).max(self.after(1)),
            note: (reason == SetAsideReason::Other)
                .then(|| "Abroad until the end of the month".to_owned()),
        }
    }

    fn duplicates(&mut self) -> anyhow::Result<()> {
        let coordinator = self.coordinator.clone();
        let ask = Ask {
            tab: Tab::Duplicates,
            ..Ask::default()
        };
        let Rows::Questions(held) = today::today(self.app, &coordinator, &ask)?.rows else {
            return Ok(());
        };
        for question in held {
            let mut dice = Dice::new(self.seed, "question", key(question.item.0.as_bytes()));
            // A few need a call to the hospital, and that takes long.
            if dice.percent(100 - self.chance(92)) {
                continue;
            }
            self.passes();
            let answered = identity::view(self.app, &coordinator, question.item).and_then(|seen| {
                let same = match seen.candidates.as_slice() {
                    [only] if alike(only) => identity::Answer::Same(only.person.id),
                    _ => identity::Answer::New,
                };
                identity::answer(self.app, &coordinator, question.item, same)
            });
            match answered {
                // One answer settles others that say the same.
                Ok(_) | Err(Error::NotFound | Error::Conflict { .. } | Error::Invalid(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    // On the way to the assessment.

    fn contact(
        &mut self,
        by: &Scope,
        episode: EpisodeId,
        version: u32,
        purpose: ContactPurpose,
        (channel, outcome): (Channel, ContactOutcome),
        again_on: Option<Date>,
    ) -> Outcome<u32> {
        self.passes();
        let contact = Contact {
            purpose,
            channel,
            on: self.day,
            outcome,
            again_on,
            time: (outcome == ContactOutcome::Booked).then(|| time(10, 30, 0, 0)),
            note: None,
        };
        self.done.contacts += 1;
        Ok(care::contact(self.app, by, episode, version, contact)?.version)
    }

    /// Nobody answers, once more.
    fn failed(
        &mut self,
        by: &Scope,
        view: &EpisodeView,
        purpose: ContactPurpose,
        failed: usize,
    ) -> Outcome {
        let outcome = if failed == 1 {
            ContactOutcome::MessageLeft
        } else {
            ContactOutcome::NoAnswer
        };
        let again = care::usual_again(self.day, failed);
        self.contact(
            by,
            view.episode,
            view.version,
            purpose,
            (Channel::Phone, outcome),
            Some(again),
        )?;
        Ok(())
    }

    fn end(&mut self, by: &Scope, episode: EpisodeId, version: u32, why: CloseReason) -> Outcome {
        self.passes();
        let note = match why {
            CloseReason::Moved => Some("Lives with family in Kent now".to_owned()),
            CloseReason::UnderAnotherService => Some("Seen by rheumatology".to_owned()),
            CloseReason::Died => None,
            _ => Some("The practice has been told".to_owned()),
        };
        match care::close(self.app, by, episode, version, why, note) {
            Ok(_) => self.done.closed += 1,
            // Something must be done first, such as handing a dose over: it stays on its list for another day.
            Err(Error::Invalid(_)) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn assess(&mut self, nurse: &Scope, episode: EpisodeId) -> Outcome {
        let patient = self.patient(episode);
        let coordinator = self.coordinator.clone();
        let view = self.open(nurse, episode)?;
        let (_, tried) = view.failed_tries[0];
        let last = view.care.contacts.last().map(|noted| noted.what.outcome);
        if last == Some(ContactOutcome::Booked) {
            return self.appointment(nurse, patient, &view);
        }
        if tried < patient.failed_tries("assess").min(3) {
            return self.failed(&coordinator, &view, ContactPurpose::Assess, tried);
        }
        if patient.failed_tries("assess") > 3 {
            return self.end(
                &coordinator,
                episode,
                view.version,
                CloseReason::NotContactable,
            );
        }
        if view.needs.asked_on.is_none() {
            care::record_needs(
                self.app,
                &coordinator,
                view.card.id,
                view.version,
                patient.needs(),
            )?;
        }
        let untouched = view.care.assessment.untouched();
        if patient.way() == Way::Questionnaire && view.care.questionnaire.is_none() && untouched {
            return self.give_questionnaire(&coordinator, patient, &view);
        }
        if let Some(why) = patient.ends_at_once().filter(|_| untouched) {
            let version = self.contact(
                nurse,
                episode,
                view.version,
                ContactPurpose::Assess,
                (Channel::Phone, ContactOutcome::Reached),
                None,
            )?;
            return self.end(nurse, episode, version, why);
        }
        if patient.way() == Way::Clinic && untouched && last.is_none_or(ContactOutcome::failed) {
            let on = working_day_on_or_before(self.after(patient.dice("booked").between(6, 20)));
            self.contact(
                &coordinator,
                episode,
                view.version,
                ContactPurpose::Assess,
                (Channel::Phone, ContactOutcome::Booked),
                Some(on.max(self.day)),
            )?;
            return Ok(());
        }
        let version = self.contact(
            nurse,
            episode,
            view.version,
            ContactPurpose::Assess,
            (Channel::Phone, ContactOutcome::Reached),
            None,
        )?;
        self.assessment(nurse, patient, &view, version)
    }

    fn appointment(&mut self, nurse: &Scope, patient: Patient, view: &EpisodeView) -> Outcome {
        let missed = view
            .care
            .contacts
            .iter()
            .any(|noted| noted.what.outcome == ContactOutcome::DidNotAttend);
        if patient.dice("clinic").percent(12) && !missed {
            self.contact(
                nurse,
                view.episode,
                view.version,
                ContactPurpose::Assess,
                (Channel::Clinic, ContactOutcome::DidNotAttend),
                Some(self.after(7)),
            )?;
            return Ok(());
        }
        let version = self.contact(
            nurse,
            view.episode,
            view.version,
            ContactPurpose::Assess,
            (Channel::Clinic, ContactOutcome::Attended),
            None,
        )?;
        self.assessment(nurse, patient, view, version)
    }

    fn give_questionnaire(&mut self, by: &Scope, patient: Patient, view: &EpisodeView) -> Outcome {
        self.passes();
        let given = questionnaire::give(self.app, by, view.episode, view.version)?;
        self.contact(
            by,
            view.episode,
            given.acted.version,
            ContactPurpose::Assess,
            (Channel::Letter, ContactOutcome::Written),
            Some(self.after(21)),
        )?;
        let mut dice = patient.dice("post");
        if let Some(born) = view.card.born.filter(|_| dice.percent(68)) {
            self.at_home.push(AtHome {
                secret: given.secret,
                born,
                patient,
                back: self.after(dice.between(4, 18)),
            });
        }
        Ok(())
    }

    /// Patients send their questionnaires.
    fn post(&mut self) -> Outcome {
        let day = self.day;
        let all = std::mem::take(&mut self.at_home);
        let (back, still) = all.into_iter().partition(|home| home.back <= day);
        self.at_home = still;
        for home in back {
            let AtHome {
                secret,
                born,
                patient,
                ..
            } = home;
            self.passes();
            // Whose episode has ended meanwhile finds the link shut.
            let Ok(Some(ticket)) = questionnaire::enter(self.app, &secret, born)? else {
                continue;
            };
            for (section, typed) in patient.questionnaire() {
                self.passes();
                let none = BTreeSet::new();
                let _ = questionnaire::save(self.app, &secret, &ticket, section, &typed, &none)?;
            }
            let _ = questionnaire::send(self.app, &secret, &ticket)?;
        }
        Ok(())
    }

    fn assessment(
        &mut self,
        nurse: &Scope,
        patient: Patient,
        view: &EpisodeView,
        version: u32,
    ) -> Outcome {
        let episode = view.episode;
        let (day, app) = (self.day, self.app);
        let save = |section: &str, version: u32, typed: patients::Typed| -> Outcome<u32> {
            let typed = patients::section(typed);
            let saved = assessment::save(app, nurse, episode, section, version, &typed)?;
            Ok(match saved {
                assessment::Saved::Whole(acted) => acted.version,
                assessment::Saved::Waiting { version, .. } => version,
            })
        };
        let nothing = |section: &str, version: u32| -> Outcome<u32> {
            self.passes();
            Ok(assessment::nothing_to_add(app, nurse, episode, section, version)?.version)
        };
        let mut at = save("fracture", version, patient.fracture())?;
        at = nothing("fracture", at)?;
        at = save("risk", at, patient.risk(day))?;
        at = nothing("risk", at)?;
        // Some are called away, and somebody else goes on another day.
        if view.care.assessment.untouched() && patient.dice("interrupted").percent(5) {
            return Ok(());
        }
        at = save("falls", at, patient.falls())?;
        at = nothing("falls", at)?;
        let medicines = patient.medicines();
        if !medicines.is_empty() {
            at = save("medicines", at, medicines)?;
        }
        at = nothing("medicines", at)?;
        at = if patients::has(&view.results, TestKind::Blood) {
            nothing("bloods", at)?
        } else {
            save("bloods", at, patient.bloods())?
        };
        let mut scan = false;
        at = if patients::has(&view.results, TestKind::Dxa) {
            nothing("dxa", at)?
        } else {
            let (typed, ordered) = patient.scan();
            scan = ordered;
            save("dxa", at, typed)?
        };
        at = nothing("wishes", at)?;
        at = assessment::complete(app, nurse, episode, at, day)?.version;
        self.done.assessed += 1;
        if scan {
            self.refer(nurse, episode, at, ReferralKind::Dxa)?;
            // Half of them are decided without waiting for it.
            if patient.dice("waits").percent(50) {
                return Ok(());
            }
        } else if patient.dice("think").percent(15) {
            return Ok(());
        }
        self.decide(nurse, episode)
    }

    fn refer(
        &mut self,
        by: &Scope,
        episode: EpisodeId,
        version: u32,
        kind: ReferralKind,
    ) -> Outcome {
        self.passes();
        let referral = self.referral(kind);
        care::refer(self.app, by, episode, version, referral)?;
        Ok(())
    }

    fn referral(&self, kind: ReferralKind) -> Referral {
        Referral {
            kind,
            on: self.day,
            reply_by: self.day.saturating_add(kind.usual_days().days()),
            note: None,
            answer: None,
        }
    }

    // From the decision on.

    fn decide(&mut self, nurse: &Scope, episode: EpisodeId) -> Outcome {
        let patient = self.patient(episode);
        let view = self.open(nurse, episode)?;
        let waits = view.care.referrals.iter().any(|noted| {
            noted.what.kind == ReferralKind::Dxa
                && noted.what.answer.is_none()
                && noted.what.reply_by > self.day
        });
        let came = patients::has(&view.results, TestKind::Dxa);
        if waits && !came && patient.dice("waits").percent(50) {
            return Ok(());
        }
        self.plans += 1;
        // Hard cases are the lead's.
        let hard = self.plans.is_multiple_of(12);
        let rare = match self.plans % 12 {
            0 => every(Recommended::ALL, self.plans / 12),
            _ => None,
        };
        let plan = self.as_advised(nurse, patient, episode, patient.plan(self.day, rare))?;
        let referrals = patient
            .referrals(plan.therapy)
            .into_iter()
            .map(|kind| self.referral(kind))
            .collect();
        self.passes();
        let by = if hard {
            self.lead.clone()
        } else {
            nurse.clone()
        };
        decision::decide(self.app, &by, episode, view.version, plan, referrals)?;
        Ok(())
    }

    /// Most take another medicine where the packs speak against theirs; a few say why they stay with it.
    fn as_advised(
        &self,
        nurse: &Scope,
        patient: Patient,
        episode: EpisodeId,
        mut plan: Plan,
    ) -> Outcome<Plan> {
        let Some(medicine) = plan.therapy.medicine() else {
            return Ok(plan);
        };
        let options = decision::view(self.app, nurse, episode)?
            .guidance
            .advice
            .options;
        let stands = |therapy: Recommended| {
            let mut options = options.iter();
            options
                .find(|option| option.medicine.id == therapy.code())
                .map(|option| option.group)
        };
        if !stands(plan.therapy).is_some_and(Group::departs) {
            return Ok(plan);
        }
        let other = [
            Recommended::Alendronate,
            Recommended::Risedronate,
            Recommended::Zoledronate,
            Recommended::Denosumab,
        ]
        .into_iter()
        .filter(|therapy| matches!(stands(*therapy), Some(Group::Fits | Group::FitsWhen)))
        .min_by_key(|therapy| stands(*therapy));
        match other {
            Some(other) if !patient.dice("departs").percent(8) => plan.therapy = other,
            _ => plan.because = Some(patient.departs_because(medicine).to_owned()),
        }
        Ok(plan)
    }

    fn write(&mut self, nurse: &Scope, episode: EpisodeId) -> Outcome {
        let patient = self.patient(episode);
        let view = self.open(nurse, episode)?;
        let open = view
            .care
            .letters
            .iter()
            .find(|held| matches!(held.state(), LetterState::Draft | LetterState::Approved));
        let id = match open {
            Some(held) if held.state() == LetterState::Approved => return Ok(()),
            // What still lacks something, such as an NHS number, is seldom opened again.
            Some(held)
                if terms::london_date(held.begun.at) < self.after(-10)
                    && !patient.today("again", self.day).percent(12) =>
            {
                return Ok(());
            }
            Some(held) => held.id,
            None => {
                let Some(plan) = view.care.plan() else {
                    return Ok(());
                };
                let kind = match view.care.reviewed(Review::Weeks52) {
                    Some(_) => LetterKind::Handover,
                    None => plan.what.letter(),
                };
                self.passes();
                let (acted, id) = letter::begin(self.app, nurse, episode, view.version, kind)?;
                if patient.dice("note").percent(12) {
                    self.annotate(nurse, patient, episode, id, acted.version)?;
                }
                // Some wait for the lead to read them.
                if patient.dice("second reader").percent(18) {
                    return Ok(());
                }
                id
            }
        };
        self.approve(nurse, patient, episode, id)
    }

    fn annotate(
        &self,
        nurse: &Scope,
        patient: Patient,
        episode: EpisodeId,
        id: pathway::LetterId,
        version: u32,
    ) -> Outcome {
        let mut dice = patient.dice("words");
        let to_gp = dice.word(&[
            "Please check vitamin D again in three months.",
            "We would be glad of a word about the night sedation.",
            "The dentist has been asked to look first.",
        ]);
        let notes = letter::Notes {
            to_gp: Some(to_gp.to_owned()),
            to_patient: None,
            large_print: false,
        };
        letter::edit(self.app, nurse, episode, id, version, notes)?;
        Ok(())
    }

    fn approve(
        &mut self,
        nurse: &Scope,
        patient: Patient,
        episode: EpisodeId,
        id: pathway::LetterId,
    ) -> Outcome {
        let by = if patient.dice("second reader").percent(18) {
            self.lead.clone()
        } else {
            nurse.clone()
        };
        self.passes();
        let mut shown = letter::view(self.app, &by, episode, id)?;
        let lacks = |field: &str| shown.missing.iter().any(|missing| missing.field == field);
        let (practice, address) = (lacks("practice"), lacks("patient.address"));
        if practice || address {
            // A call to the patient tells.
            let mut dice = patient.dice("details");
            let mut typed = care::ContactDetails::default();
            if practice {
                dice.pick(&self.practices, &String::new())
                    .clone_into(&mut typed.practice);
            }
            if address {
                typed.address = vec![
                    format!("{} Harbour Walk", dice.between(1, 90)),
                    "Southend-on-Sea".to_owned(),
                ];
                "SS1 0ZZ".clone_into(&mut typed.postcode);
            }
            care::record_details(self.app, &self.coordinator, shown.card.id, &typed)?;
            shown = letter::view(self.app, &by, episode, id)?;
        }
        if !shown.missing.is_empty() {
            return Ok(());
        }
        self.passes();
        letter::approve(self.app, &by, episode, id, shown.version, &shown.digest)?;
        Ok(())
    }

    fn send(&mut self, coordinator: &Scope, entry: &Entry) -> Outcome {
        if entry.task != Some(Task::FinishLetter) {
            return Ok(());
        }
        let patient = self.patient(entry.episode);
        let view = self.open(coordinator, entry.episode)?;
        let approved = view
            .care
            .letters
            .iter()
            .find(|held| held.state() == LetterState::Approved);
        let Some(approved) = approved else {
            return Ok(());
        };
        let how = if patient.dice("how").percent(85) {
            SentHow::Post
        } else {
            SentHow::OtherSystem
        };
        letter::sent(
            self.app,
            coordinator,
            entry.episode,
            approved.id,
            view.version,
            self.day,
            how,
        )?;
        self.done.letters += 1;
        Ok(())
    }

    // What comes in.

    fn see_results(&mut self, nurse: &Scope, episode: EpisodeId) -> Outcome {
        let view = self.open(nurse, episode)?;
        let unseen: Vec<u32> = view
            .results
            .iter()
            .filter(|held| held.seen.is_none())
            .map(|held| held.seq)
            .collect();
        let mut dice = self.patient(episode).today("seen", self.day);
        let usual = if view.care.assessment.completed.is_some() {
            ResultAction::NothingNeeded
        } else {
            ResultAction::UsedInAssessment
        };
        let action = dice.weighted(
            &[
                (usual, 70),
                (ResultAction::GpTold, 12),
                (ResultAction::PatientTold, 8),
                (ResultAction::RepeatAsked, 5),
                (ResultAction::Referred, 2),
                (ResultAction::PlanChanged, 3),
            ],
            usual,
        );
        self.passes();
        results::seen(
            self.app,
            nurse,
            episode,
            view.version,
            &unseen,
            action,
            None,
        )?;
        Ok(())
    }

    fn answer_concern(&mut self, nurse: &Scope, episode: EpisodeId) -> Outcome {
        let view = self.open(nurse, episode)?;
        let mut version = view.version;
        for concern in view.care.concerns.iter().filter(|c| c.action.is_none()) {
            let mut dice = self.patient(episode).today("concern", self.day);
            let action = dice.word(&[
                "Rang the GP, who will see them this week",
                "Talked it through; to ring again if it does not settle",
                "X-ray asked for, no new fracture seen",
                "Asked the lead, who will write to the GP",
                "Falls clinic told; has a date there",
            ]);
            self.passes();
            let acted =
                care::concern_answered(self.app, nurse, episode, version, concern.seq, action)?;
            version = acted.version;
        }
        Ok(())
    }

    fn chase(&mut self, nurse: &Scope, episode: EpisodeId) -> Outcome {
        let patient = self.patient(episode);
        let coordinator = self.coordinator.clone();
        let view = self.open(nurse, episode)?;
        let due = view
            .care
            .referrals
            .iter()
            .find(|noted| noted.what.answer.is_none() && noted.what.reply_by <= self.day);
        let Some(due) = due else {
            return Ok(());
        };
        let outcome = patient.answer_to(due.seq);
        let on = self
            .after(-patient.dice("answered").between(0, 6))
            .max(due.what.on);
        let answer = care::ReferralAnswer {
            of: due.seq,
            outcome,
            on,
            note: None,
        };
        self.passes();
        let acted = care::referral_answered(self.app, &coordinator, episode, view.version, answer)?;
        let medicine = view
            .care
            .plan()
            .and_then(|plan| plan.what.therapy.medicine());
        let came = matches!(outcome, ReferralOutcome::Seen | ReferralOutcome::Accepted);
        match (due.what.kind, medicine) {
            (ReferralKind::Infusion, Some(medicine)) if came => {
                self.give(nurse, episode, acted.version, medicine, on)
            }
            // The specialist has answered: now there is something to decide.
            (ReferralKind::Opinion, None) if came => {
                let plan = patient.plan(self.day, Some(Recommended::Zoledronate));
                let plan = self.as_advised(&self.lead, patient, episode, plan)?;
                let infusion = vec![self.referral(ReferralKind::Infusion)];
                self.passes();
                decision::decide(self.app, &self.lead, episode, acted.version, plan, infusion)?;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn give(
        &self,
        nurse: &Scope,
        episode: EpisodeId,
        version: u32,
        medicine: Medicine,
        on: Date,
    ) -> Outcome {
        if Dose::months_between(medicine).is_none() {
            return Ok(());
        }
        self.passes();
        let dose = Dose {
            medicine,
            on,
            last: false,
        };
        care::dose_given(self.app, nurse, episode, version, dose)?;
        Ok(())
    }

    fn dose(&mut self, nurse: &Scope, episode: EpisodeId) -> Outcome {
        let view = self.open(nurse, episode)?;
        let Some((medicine, due)) = view.care.next_dose() else {
            return Ok(());
        };
        if due > self.after(3) {
            return Ok(());
        }
        self.give(nurse, episode, view.version, medicine, self.day)
    }

    // Reviews, and the end.

    fn review(&mut self, nurse: &Scope, episode: EpisodeId, which: Review) -> Outcome {
        let patient = self.patient(episode);
        let coordinator = self.coordinator.clone();
        let view = self.open(nurse, episode)?;
        let (at, purpose) = match which {
            Review::Weeks16 => (1, ContactPurpose::Review16),
            Review::Weeks52 => (2, ContactPurpose::Review52),
        };
        let (_, tried) = view.failed_tries[at];
        let fails = patient.failed_tries(which.code());
        if tried < fails.min(3) {
            return self.failed(&coordinator, &view, purpose, tried);
        }
        let quiet = view.care.concerns.iter().all(|c| c.action.is_some());
        if fails > 3 {
            // Given up on most of them; the rest stay overdue, for somebody to notice.
            if patient.dice("give up").percent(85) && quiet {
                let why = CloseReason::NotContactable;
                return self.end(&coordinator, episode, view.version, why);
            }
            return Ok(());
        }
        let Some(plan) = view.care.plan() else {
            return Ok(());
        };
        let version = self.contact(
            nurse,
            episode,
            view.version,
            purpose,
            (Channel::Phone, ContactOutcome::Reached),
            None,
        )?;
        let last_dose = view.care.doses.iter().map(|noted| noted.what.on).max();
        let typed = patient.review(which, &plan.what, last_dose, self.day);
        self.passes();
        match review::reached(self.app, nurse, episode, which, version, &typed)? {
            review::Saved::Whole(_) => {
                self.done.reviews += 1;
                Ok(())
            }
            review::Saved::Faults(faults) => Err(Error::Internal(format!(
                "the review was not taken: {faults:?}"
            ))),
        }
    }

    fn close(&mut self, nurse: &Scope, episode: EpisodeId) -> Outcome {
        let view = self.open(nurse, episode)?;
        let quiet = view.care.concerns.iter().all(|c| c.action.is_some());
        let written = !view
            .todos
            .iter()
            .any(|todo| matches!(todo.task, Task::WriteLetter | Task::FinishLetter));
        let Some(plan) = view.care.plan().filter(|_| quiet && written) else {
            return Ok(());
        };
        let why = match plan.what.therapy {
            _ if view.care.reviewed(Review::Weeks52).is_some() => CloseReason::Completed,
            Recommended::InformedDecline => CloseReason::InformedDecline,
            _ => CloseReason::NoTreatmentNeeded,
        };
        self.end(nurse, episode, view.version, why)
    }

    /// The family, the GP or the ward has rung.
    pub fn heard_of_death(&mut self, number: &NhsNumber) -> anyhow::Result<()> {
        let coordinator = self.coordinator.clone();
        for episode in self.in_care.remove(number).unwrap_or_default() {
            let view = match self.open(&coordinator, episode) {
                Ok(view) => view,
                Err(Error::NotFound) => continue,
                Err(error) => return Err(error.into()),
            };
            if view.state == State::Accepted {
                let outcome = self.end(&coordinator, episode, view.version, CloseReason::Died);
                self.noted(outcome)?;
            }
        }
        Ok(())
    }
}

/// Takes each of all in turn.
fn every<T: Copy>(all: &[T], turn: usize) -> Option<T> {
    all.get(turn % all.len().max(1)).copied()
}

fn key(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .take(8)
        .fold(0, |key, byte| key << 8 | u64::from(*byte))
}

/// Everything that both sides know agrees, and that is more than the name.
fn alike(candidate: &identity::Alike) -> bool {
    let verdicts = |wanted: Agreement| {
        candidate
            .compared
            .iter()
            .filter(move |compared| compared.verdict == wanted)
            .count()
    };
    verdicts(Agreement::Same) >= 3 && verdicts(Agreement::Different) <= 1
}
