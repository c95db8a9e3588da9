use jiff::civil::Date;
use terms::{Answer, Recommended};

use super::{
    Beside, DAYS_90, Kpi, Measure, Question, Reason, Standing, WEEKS_12, WEEKS_16, WEEKS_48,
    WEEKS_56, completeness::complete,
};
use crate::fls_db::{Dxa, Record, SiteGroup, days_after};

/// Where a record stands on a KPI, or on a way of counting beside it: in one set only. A window once closed does not open again, and what is met stays
/// met with a later `as_of`, but for data completeness, where reviews add fields.
pub fn standing(of: impl Into<Measure>, record: &Record, question: &Question) -> Standing {
    if !question.covers(record.diagnosed_on) {
        return Standing::NotEligible(Reason::OutsidePeriod);
    }
    let case = Case::new(record, question);
    match of.into() {
        Measure::Kpi(kpi) => case.standing(kpi),
        Measure::Beside(beside) => case.beside(beside),
    }
}

/// One record with what several KPIs ask of it, worked out once.
pub(super) struct Case<'a> {
    pub record: &'a Record,
    question: &'a Question,
    /// A bone medicine was recommended (FLS-DB 4.01), or a referral made where those count.
    recommended: bool,
    assessed_by_now: bool,
    /// Last day of the 90 days, the 16 weeks and the 56 weeks.
    last_of_90: Date,
    last_of_week_16: Date,
    last_of_week_56: Date,
}

impl<'a> Case<'a> {
    pub(super) fn new(record: &'a Record, question: &'a Question) -> Self {
        // Answers of the assessment are known unless it is dated after `as_of`.
        let assessed_by_now = record.assessed_on.is_none_or(|day| day <= question.as_of);
        let counts = |therapy: &Recommended| match therapy {
            Recommended::ReferredToGp | Recommended::ReferredForOpinion => question.referral_counts,
            other => other.medicine().is_some(),
        };
        let last = |days| days_after(record.diagnosed_on, days);
        Self {
            record,
            question,
            recommended: assessed_by_now && record.therapy.iter().any(counts),
            assessed_by_now,
            last_of_90: last(DAYS_90),
            last_of_week_16: last(WEEKS_16),
            last_of_week_56: last(WEEKS_56),
        }
    }

    /// Whatever the period: run charts look further back than that.
    pub(super) fn standing(&self, kpi: Kpi) -> Standing {
        if self.record.diagnosed_on > self.question.as_of {
            return Standing::NotEligible(Reason::NotYetDiagnosed);
        }
        match kpi {
            Kpi::Completeness => self.settle(self.last_of_90, complete(self)),
            Kpi::Identification => self.identification(),
            Kpi::Spine => self.spine(),
            Kpi::Assessment => self.by(self.last_of_90, self.record.assessed_on),
            Kpi::Dxa => self.dxa(self.last_of_90),
            Kpi::Falls => self.settle(self.last_of_90, self.falls()),
            Kpi::BoneTherapy => self.settle(self.last_of_90, self.recommended),
            Kpi::StrengthBalance => self.strength_balance(),
            Kpi::FollowUp => self.of_recommended(self.last_of_week_16, self.followed_up()),
            Kpi::Treatment => self.of_recommended(self.last_of_week_16, self.treated()),
            Kpi::Adherence => self.of_recommended(self.last_of_week_56, self.adherent()),
        }
    }

    pub(super) fn beside(&self, beside: Beside) -> Standing {
        if self.record.diagnosed_on > self.question.as_of {
            return Standing::NotEligible(Reason::NotYetDiagnosed);
        }
        let weeks_12 = days_after(self.record.diagnosed_on, WEEKS_12);
        match beside {
            Beside::Assessment12Weeks => self.by(weeks_12, self.record.assessed_on),
            Beside::Dxa12Weeks => self.dxa(weeks_12),
            Beside::FollowUpOfAll => self.settle(self.last_of_week_16, self.followed_up()),
        }
    }

    /// Whether the day came, and is known by now.
    pub(super) fn known(&self, day: Option<Date>) -> bool {
        day.is_some_and(|day| day <= self.question.as_of)
    }

    /// The 16-week review is over and somebody was there to be asked about a medicine.
    pub(super) fn owes_week_16(&self) -> bool {
        self.owes(self.last_of_week_16)
    }

    /// The same for the 52-week review.
    pub(super) fn owes_week_52(&self) -> bool {
        self.owes(self.last_of_week_56)
    }

    fn owes(&self, last: Date) -> bool {
        self.recommended && self.question.as_of > last && self.dead_by(last).is_none()
    }

    /// Whether somebody was dead on the last day of a window, as far as is known.
    fn dead_by(&self, last: Date) -> Option<Reason> {
        match self.record.died_on {
            Some(day) if day <= last && day <= self.question.as_of => Some(Reason::DiedInWindow),
            None if self.record.died => Some(Reason::DeathUndated),
            _ => None,
        }
    }

    fn settle(&self, last: Date, done: bool) -> Standing {
        if let Some(reason) = self.dead_by(last) {
            return Standing::NotEligible(reason);
        }
        match (self.question.as_of > last, done) {
            (true, true) => Standing::Met,
            (true, false) => Standing::NotMet,
            (false, true) => Standing::NotEligible(Reason::DoneWindowOpen),
            (false, false) => Standing::NotEligible(Reason::WindowOpen),
        }
    }

    /// Done from the day of the diagnosis to the last day.
    fn by(&self, last: Date, day: Option<Date>) -> Standing {
        self.settle(last, self.between(day, last))
    }

    fn between(&self, day: Option<Date>, last: Date) -> bool {
        self.known(day) && day.is_some_and(|day| self.record.diagnosed_on <= day && day <= last)
    }

    fn not_before(&self, day: Option<Date>, days: i32) -> bool {
        day.is_some_and(|day| day >= days_after(self.record.diagnosed_on, days))
    }

    fn identification(&self) -> Standing {
        let hospital = self.record.hospital.as_ref();
        if hospital.is_some_and(|code| self.question.expected.contains_key(code)) {
            Standing::Met
        } else {
            Standing::NotEligible(Reason::ExpectedNotSet)
        }
    }

    fn spine(&self) -> Standing {
        match self.record.index_site() {
            None => Standing::NotEligible(Reason::SiteNotRecorded),
            Some(SiteGroup::Spine) => Standing::Met,
            Some(_) => Standing::NotMet,
        }
    }

    fn dxa(&self, last: Date) -> Standing {
        let standing = self.by(last, self.record.dxa_on);
        let counts = matches!(standing, Standing::Met | Standing::NotMet);
        match (self.record.dxa, self.record.dxa_on) {
            (Some(Dxa::NotOrdered), _) => Standing::NotEligible(Reason::DxaNotOrdered),
            (None | Some(Dxa::NotKnown), None) if counts => {
                Standing::NotEligible(Reason::DxaNotRecorded)
            }
            _ => standing,
        }
    }

    fn falls(&self) -> bool {
        let falls = &self.record.falls;
        self.assessed_by_now
            && (falls.assessed == Some(Answer::Yes) || falls.referred == Some(Answer::Yes))
    }

    fn strength_balance(&self) -> Standing {
        match (self.record.index_site(), self.record.age_at_fracture) {
            (None, _) => return Standing::NotEligible(Reason::SiteNotRecorded),
            (Some(SiteGroup::Hip), _) => return Standing::NotEligible(Reason::Hip),
            (_, None) => return Standing::NotEligible(Reason::AgeNotKnown),
            (_, Some(age)) if age <= 75 => return Standing::NotEligible(Reason::Under76),
            _ => {}
        }
        let week_16 = &self.record.week_16;
        let in_time = match week_16.strength_balance_on {
            Some(day) => self.between(Some(day), self.last_of_week_16),
            None => week_16.done_on.is_none_or(|day| day <= self.question.as_of),
        };
        self.settle(
            self.last_of_week_16,
            in_time && week_16.strength_balance == Some(Answer::Yes),
        )
    }

    /// Only people to whom a bone medicine was recommended; who may yet be, waits for the window.
    fn of_recommended(&self, last: Date, done: bool) -> Standing {
        let standing = self.settle(last, done);
        if self.recommended {
            return standing;
        }
        let undecided = self.record.therapy.is_empty() || !self.assessed_by_now;
        if undecided && matches!(standing, Standing::NotEligible(_)) {
            standing
        } else {
            Standing::NotEligible(Reason::NoneRecommended)
        }
    }

    fn followed_up(&self) -> bool {
        let day = self.record.week_16.done_on;
        self.between(day, self.last_of_week_16) && self.not_before(day, WEEKS_12)
    }

    fn treated(&self) -> bool {
        let review = &self.record.week_16;
        self.between(review.done_on, self.last_of_week_16)
            && review
                .therapy
                .is_some_and(|therapy| therapy.medicine().is_some())
    }

    fn adherent(&self) -> bool {
        let review = &self.record.week_52;
        self.between(review.done_on, self.last_of_week_56)
            && self.not_before(review.done_on, WEEKS_48)
            && review.adherent != Some(Answer::No)
            && review
                .therapy
                .is_some_and(|therapy| therapy.medicine().is_some())
    }
}
