//! NICE NG259 1.3.3: the same risk tool throughout a person's care.

use jiff::civil::Date;

terms::vocabulary! {
    Tool {
        Frax = "frax", "FRAX";
        QFracture = "qfracture", "QFracture";
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    pub tool: Tool,
    pub on: Date,
}

/// The newest change of tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    pub from: Score,
    pub to: Score,
}

impl Changed {
    pub fn words(&self) -> String {
        let day = |date: Date| date.strftime("%-d %B %Y").to_string();
        format!(
            "{} on {}, but {} on {}: the two do not count the same fractures, so the figures cannot be compared. NICE asks for the same tool throughout (NG259 1.3.3).",
            self.to.tool,
            day(self.to.on),
            self.from.tool,
            day(self.from.on)
        )
    }
}

/// Whether the tool changed between scores of one person, whatever their order.
pub fn one_tool(scores: &[Score]) -> Option<Changed> {
    let mut scores = scores.to_vec();
    scores.sort_by_key(|score| (score.on, score.tool));
    scores
        .iter()
        .zip(scores.iter().skip(1))
        .rev()
        .find(|(before, after)| before.tool != after.tool)
        .map(|(before, after)| Changed {
            from: *before,
            to: *after,
        })
}
