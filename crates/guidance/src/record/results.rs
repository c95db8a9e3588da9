//! Scans and blood tests.

use super::{
    Record, months_between,
    range::{InRange, against_range},
    weeks_between,
};

impl Record<'_> {
    pub(super) fn scans(&mut self) {
        for (fact, question) in [
            ("dxa.months_ago", "dxa.scanned_on"),
            ("frax.months_ago", "frax.on"),
        ] {
            let day = self.said.date(question);
            self.put_known(fact, day.and_then(|day| months_between(day, self.today)));
        }
        let status = self.said.code("dxa.status");
        let feasible = match status {
            Some("done" | "ordered" | "recommended") => Some(true),
            Some("not_ordered") => self
                .said
                .answer("dxa.not_because")
                .map(|why| why.is("recent")),
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
        .filter_map(|question| self.said.number(question))
        .reduce(f64::min);
        self.put_known("t.lowest", lowest);
        if let (Some(z), Some(t)) = (self.said.number("dxa.z_lowest"), lowest) {
            self.put("z.above_t", z - t);
        }
    }

    pub(super) fn bloods(&mut self) {
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
            let found = self.said.answer(question).and_then(against_range);
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
            .filter_map(|question| against_range(self.said.answer(question)?))
            .collect();
        if inflammation.contains(&InRange::High) {
            self.put("blood.inflammation", "high");
        } else if !inflammation.is_empty() {
            self.put("blood.inflammation", "in_range");
        }
        let taken_on = self.said.date("blood.taken_on");
        self.put_known(
            "blood.weeks_ago",
            taken_on.and_then(|day| weeks_between(day, self.today)),
        );
        self.put_known(
            "blood.done",
            self.said
                .answer("blood.status")
                .map(|status| status.is("done")),
        );
    }
}
