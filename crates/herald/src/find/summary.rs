//! What was counted: by list, reason, site and source; with a phrase, by what was judged.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use finder::Why;
use serde::{Deserialize, Serialize};
use terms::{Listing, Site};

/// More sources than this are counted together.
const MOST_SOURCES: usize = 1000;
const OTHERS: &str = "(others)";

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub reports: u64,
    pub lists: Counts,
    pub reasons: BTreeMap<Why, Counts>,
    /// A report counts once at each site of which it speaks.
    pub sites: BTreeMap<Site, Counts>,
    pub sources: BTreeMap<String, Counts>,
    #[serde(skip_serializing_if = "Phrases::is_empty", default)]
    pub phrases: Phrases,
    /// Lines, rows, messages and files that could not be read; each was told.
    pub unreadable: u64,
    pub read_as_windows_1252: u64,
    pub messages_without_report: u64,
    pub files_left_out: u64,
    /// The first of them.
    pub left_out: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub yes: u64,
    pub look: u64,
    pub no: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phrases {
    pub negation: BTreeMap<String, u64>,
    pub temporality: BTreeMap<String, u64>,
    pub experiencer: BTreeMap<String, u64>,
    pub not_found: u64,
}

impl Phrases {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn add(&mut self, other: Self) {
        for (to, from) in [
            (&mut self.negation, other.negation),
            (&mut self.temporality, other.temporality),
            (&mut self.experiencer, other.experiencer),
        ] {
            for (what, count) in from {
                *to.entry(what).or_default() += count;
            }
        }
        self.not_found += other.not_found;
    }
}

impl Counts {
    fn one(list: Listing) -> Self {
        let mut counts = Self::default();
        match list {
            Listing::Yes => counts.yes = 1,
            Listing::Look => counts.look = 1,
            Listing::No => counts.no = 1,
        }
        counts
    }

    fn add(&mut self, other: Self) {
        self.yes += other.yes;
        self.look += other.look;
        self.no += other.no;
    }

    fn all(&self) -> u64 {
        self.yes + self.look + self.no
    }
}

/// One more of a word, which is copied only when it is new.
pub fn count(counts: &mut BTreeMap<String, u64>, word: &str) {
    match counts.get_mut(word) {
        Some(count) => *count += 1,
        None => {
            counts.insert(word.to_owned(), 1);
        }
    }
}

fn count_source(sources: &mut BTreeMap<String, Counts>, source: &str, counts: Counts) {
    if let Some(known) = sources.get_mut(source) {
        return known.add(counts);
    }
    let source = if sources.len() < MOST_SOURCES {
        source
    } else {
        OTHERS
    };
    sources.entry(source.to_owned()).or_default().add(counts);
}

impl Tally {
    pub fn report(&mut self, reading: &finder::Reading, source: Option<&str>) {
        let one = Counts::one(reading.list);
        self.reports += 1;
        self.lists.add(one);
        self.reasons.entry(reading.why).or_default().add(one);
        for (nth, finding) in reading.findings.iter().enumerate() {
            let before = reading.findings.iter().take(nth);
            if before
                .into_iter()
                .all(|earlier| earlier.site != finding.site)
            {
                self.sites.entry(finding.site).or_default().add(one);
            }
        }
        if let Some(source) = source {
            count_source(&mut self.sources, source, one);
        }
    }

    pub fn add(&mut self, other: Self) {
        self.reports += other.reports;
        self.lists.add(other.lists);
        for (why, counts) in other.reasons {
            self.reasons.entry(why).or_default().add(counts);
        }
        for (site, counts) in other.sites {
            self.sites.entry(site).or_default().add(counts);
        }
        for (source, counts) in other.sources {
            count_source(&mut self.sources, &source, counts);
        }
        self.phrases.add(other.phrases);
        self.unreadable += other.unreadable;
        self.read_as_windows_1252 += other.read_as_windows_1252;
        self.messages_without_report += other.messages_without_report;
        self.files_left_out += other.files_left_out;
        self.left_out.extend(other.left_out);
        self.left_out.truncate(20);
    }

    /// What was not read as it stands, in a line each.
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if self.read_as_windows_1252 > 0 {
            remarks.push(format!(
                "Not UTF-8, and read as Windows-1252: {}. Offsets are bytes of the text as UTF-8.",
                things(self.read_as_windows_1252, "report")
            ));
        }
        if self.messages_without_report > 0 {
            remarks.push(format!(
                "Without a report: {}.",
                things(self.messages_without_report, "message")
            ));
        }
        if self.files_left_out > 0 {
            let more = self.files_left_out - self.left_out.len() as u64;
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            remarks.push(format!(
                "Left out, being of no kind that Herald reads: {} ({}{more}). Say what they are with --format.",
                things(self.files_left_out, "file"),
                self.left_out.join(", "),
            ));
        }
        remarks
    }

    pub fn table(&self, out: &mut impl Write) -> io::Result<()> {
        if !self.phrases.is_empty() {
            return self.phrase_table(out);
        }
        writeln!(
            out,
            "{:<36}{:>12}{:>12}{:>12}{:>12}",
            "", "list", "look", "no", "all"
        )?;
        row(out, "Reports", self.lists)?;
        writeln!(out, "By reason")?;
        for (why, counts) in &self.reasons {
            let name = serde_json::to_string(why)?;
            row(out, &format!("  {}", name.trim_matches('"')), *counts)?;
        }
        writeln!(out, "By site (a report counts at each site it speaks of)")?;
        for (site, counts) in &self.sites {
            row(out, &format!("  {}", site.code()), *counts)?;
        }
        if !self.sources.is_empty() {
            writeln!(out, "By source")?;
            for (source, counts) in &self.sources {
                row(
                    out,
                    &format!("  {}", super::show::harmless(source)),
                    *counts,
                )?;
            }
        }
        self.rest(out)
    }

    fn phrase_table(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{:<36}{:>12}", "Phrases", self.reports)?;
        let phrases = &self.phrases;
        for (name, counts) in [
            ("Negation", &phrases.negation),
            ("Temporality", &phrases.temporality),
            ("Experiencer", &phrases.experiencer),
        ] {
            writeln!(out, "{name}")?;
            for (word, count) in counts {
                writeln!(out, "  {word:<34}{count:>12}")?;
            }
        }
        writeln!(out, "{:<36}{:>12}", "Not found as given", phrases.not_found)?;
        self.rest(out)
    }

    fn rest(&self, out: &mut impl Write) -> io::Result<()> {
        if self.unreadable > 0 {
            writeln!(out, "{:<36}{:>48}", "Could not be read", self.unreadable)?;
        }
        Ok(())
    }
}

fn things(count: u64, thing: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{end}")
}

fn row(out: &mut impl Write, name: &str, counts: Counts) -> io::Result<()> {
    writeln!(
        out,
        "{name:<36}{:>12}{:>12}{:>12}{:>12}",
        counts.yes,
        counts.look,
        counts.no,
        counts.all()
    )
}
