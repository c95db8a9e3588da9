use crate::item::{NhsNumberSeen, Parsed};
use crate::message::Kind;
use crate::refusal::Refusal;

/// Counts over a whole file, to refuse one that was damaged on its way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Survey {
    pub items: u64,
    pub readable: u64,
    /// Items with something where the NHS number belongs.
    pub with_nhs_number: u64,
    pub valid_nhs_number: u64,
    pub warnings: u64,
}

const ENOUGH_ITEMS: u64 = 10;
const LEAST_VALID_PER_CENT: u64 = 70;

impl Survey {
    pub fn add(&mut self, parsed: &Parsed) {
        self.items += 1;
        self.readable += u64::from(parsed.message.is_some());
        self.warnings += u64::from(parsed.message.is_some() && !parsed.faults.is_empty());
        // Types that Herald does not use say nothing about the file.
        let unused = parsed
            .message
            .as_ref()
            .is_some_and(|message| matches!(message.kind, Kind::Other { .. }));
        if !unused {
            self.with_nhs_number += u64::from(parsed.nhs_number != NhsNumberSeen::Absent);
            self.valid_nhs_number += u64::from(parsed.nhs_number == NhsNumberSeen::Valid);
        }
    }

    /// Items without any NHS number do not count against the file: clinics see people without one.
    pub fn verdict(&self) -> Result<(), Refusal> {
        if self.items == 0 {
            return Err(Refusal::new(
                "The file has no rows or messages.",
                "Check the dates chosen for the export; then send it again.",
            ));
        }
        if self.readable == 0 {
            return Err(Refusal::new(
                format!("None of the {} items in this file can be used.", self.items),
                "Look at the first errors below: they are probably all the same. Correct the export and send it again.",
            ));
        }
        let enough = self.with_nhs_number >= ENOUGH_ITEMS;
        if enough && self.valid_nhs_number * 100 < self.with_nhs_number * LEAST_VALID_PER_CENT {
            return Err(Refusal::new(
                format!(
                    "Only {} of the {} NHS numbers in this file are valid.",
                    self.valid_nhs_number, self.with_nhs_number
                ),
                "The column was probably changed by a spreadsheet or mixed up with another. Format it as text, export again and send the new file.",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seventy_per_cent_of_ten_or_more() {
        let survey = |with, valid| Survey {
            items: 100,
            readable: 100,
            with_nhs_number: with,
            valid_nhs_number: valid,
            warnings: 0,
        };
        assert!(survey(10, 7).verdict().is_ok());
        assert!(survey(10, 6).verdict().is_err());
        assert!(survey(9, 0).verdict().is_ok());
        assert!(survey(0, 0).verdict().is_ok());
    }

    #[test]
    fn nothing_and_nothing_readable_are_refused() {
        assert!(Survey::default().verdict().is_err());
        assert!(
            Survey {
                items: 3,
                ..Survey::default()
            }
            .verdict()
            .is_err()
        );
    }
}
