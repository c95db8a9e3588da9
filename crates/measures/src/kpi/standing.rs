use jiff::civil::Date;
use terms::{Answer, Recommended};

use super::{Kpi, Question, Reason, Standing, completeness::complete};
use crate::fls_db::{Dxa, Record, SiteGroup, days_after};

/// Where a record stands on a KPI. Each record is in one set only, and once its window has closed a later `as_of`
/// does not move it.
pub fn standing(kpi: Kpi, record: &Record, question: &Question) -> Standing {
    if !question.covers(record.diagnosed_on) {
        return Standing::NotEligible(Reason::OutsidePeriod);
    }
    whenever(kpi, record, question)
}

/// The same, whatever the period: run charts look further back than the period.
pub(super) fn whenever(kpi: Kpi, record: &Record, question: &Question) -> Standing {
    if record.diagnosed_on > question.as_of {
        return Standing::NotEligible(Reason::NotYetDiagnosed);
    }
    let case = Case {
        record,
        question,
        last: kpi.window_days().map_or(record.diagnosed_on, |days| {
            days_after(record.diagnosed_on, days)
        }),
    };
    match kpi {
        Kpi::Completeness => case.settle(complete(record, question)),
        Kpi::Identification => case.identification(),
        Kpi::Spine => case.spine(),
        Kpi::Assessment => case.settle(case.in_window(record.assessed_on)),
        Kpi::Dxa => case.dxa(),
        Kpi::Falls => case.settle(case.falls()),
        Kpi::BoneTherapy => case.settle(recommended(record, question)),
        Kpi::StrengthBalance => case.strength_balance(),
        Kpi::FollowUp => case.of_recommended(case.followed_up()),
        Kpi::Treatment => case.of_recommended(case.treated()),
        Kpi::Adherence => case.of_recommended(case.adherent()),
    }
}

struct Case<'a> {
    record: &'a Record,
    question: &'a Question,
    /// Last day of the window.
    last: Date,
}

impl Case<'_> {
    fn settle(&self, done: bool) -> Standing {
        if let Some(reason) = dead_by(self.record, self.last, self.question.as_of) {
            return Standing::NotEligible(reason);
        }
        match (self.question.as_of > self.last, done) {
            (true, true) => Standing::Met,
            (true, false) => Standing::NotMet,
            (false, true) => Standing::NotEligible(Reason::DoneWindowOpen),
            (false, false) => Standing::NotEligible(Reason::WindowOpen),
        }
    }

    fn known(&self, day: Option<Date>) -> Option<Date> {
        day.filter(|day| *day <= self.question.as_of)
    }

    /// From the diagnosis to the last day, and known by now.
    fn in_window(&self, day: Option<Date>) -> bool {
        self.known(day)
            .is_some_and(|day| self.record.diagnosed_on <= day && day <= self.last)
    }

    fn not_before_weeks(&self, day: Option<Date>, weeks: i32) -> bool {
        day.is_some_and(|day| day >= days_after(self.record.diagnosed_on, weeks * 7))
    }

    fn identification(&self) -> Standing {
        if self.question.expected.contains_key(&self.record.hospital) {
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

    fn dxa(&self) -> Standing {
        let standing = self.settle(self.in_window(self.record.dxa_on));
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
        assessed_by_now(self.record, self.question)
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
            Some(day) => self.in_window(Some(day)),
            None => week_16.done_on.is_none_or(|day| day <= self.question.as_of),
        };
        self.settle(in_time && week_16.strength_balance == Some(Answer::Yes))
    }

    /// Only people to whom a bone medicine was recommended; who may yet be, waits for the window.
    fn of_recommended(&self, done: bool) -> Standing {
        let standing = self.settle(done);
        if recommended(self.record, self.question) {
            return standing;
        }
        let undecided =
            self.record.therapy.is_empty() || !assessed_by_now(self.record, self.question);
        if undecided && matches!(standing, Standing::NotEligible(_)) {
            standing
        } else {
            Standing::NotEligible(Reason::NoneRecommended)
        }
    }

    fn followed_up(&self) -> bool {
        let day = self.record.week_16.done_on;
        self.in_window(day) && self.not_before_weeks(day, 12)
    }

    fn treated(&self) -> bool {
        let review = &self.record.week_16;
        self.in_window(review.done_on)
            && review
                .therapy
                .is_some_and(|therapy| therapy.medicine().is_some())
    }

    fn adherent(&self) -> bool {
        let review = &self.record.week_52;
        self.in_window(review.done_on)
            && self.not_before_weeks(review.done_on, 48)
            && review.adherent != Some(Answer::No)
            && review
                .therapy
                .is_some_and(|therapy| therapy.medicine().is_some())
    }
}

/// Whether somebody was dead on the last day of a window, as far as is known on a day.
pub(super) fn dead_by(record: &Record, last: Date, as_of: Date) -> Option<Reason> {
    match record.died_on {
        Some(day) if day <= last && day <= as_of => Some(Reason::DiedInWindow),
        None if record.died => Some(Reason::DeathUndated),
        _ => None,
    }
}

/// Answers of the assessment are known unless it is dated after `as_of`.
fn assessed_by_now(record: &Record, question: &Question) -> bool {
    record.assessed_on.is_none_or(|day| day <= question.as_of)
}

/// FLS-DB 4.01 names a bone medicine, or a referral where those count.
pub(super) fn recommended(record: &Record, question: &Question) -> bool {
    let counts = |therapy: &Recommended| match therapy {
        Recommended::ReferredToGp | Recommended::ReferredForOpinion => question.referral_counts,
        other => other.medicine().is_some(),
    };
    assessed_by_now(record, question) && record.therapy.iter().any(counts)
}
