//! Finding the header row, the delimiter and the profile that fits.

use std::collections::BTreeSet;

use super::profile::{Column, Profile, Profiles};
use super::split::Records;
use crate::encoding::decode;
use crate::fault::shorten;
use crate::refusal::Refusal;

const DELIMITERS: [u8; 4] = *b",;\t|";
const ROWS_SEARCHED: usize = 10;
/// Fewer known headers than this is chance.
const LEAST_TO_RECOGNISE: usize = 3;

#[derive(Debug)]
pub(crate) struct Header {
    pub delimiter: u8,
    /// Records before the first row of data.
    pub records_before_data: usize,
    pub names: Vec<String>,
    pub columns: BTreeSet<Column>,
}

/// The row and delimiter under which most of the profile's columns are found.
pub(crate) fn find(head: &[u8], profile: &Profile) -> Option<Header> {
    let mut best: Option<Header> = None;
    for delimiter in DELIMITERS {
        let mut records = Records::new(head, delimiter);
        for index in 0..ROWS_SEARCHED {
            // A slice cannot fail to read.
            let Ok(Some(record)) = records.next_record() else {
                break;
            };
            let names: Vec<String> = record
                .cells
                .iter()
                .map(|cell| decode(cell, None).0.trim().to_owned())
                .collect();
            let columns: BTreeSet<Column> = names
                .iter()
                .filter_map(|name| profile.column(name))
                .map(|(column, _)| column)
                .collect();
            if columns.len() > best.as_ref().map_or(0, |best| best.columns.len()) {
                best = Some(Header {
                    delimiter,
                    records_before_data: index + 1,
                    names,
                    columns,
                });
            }
        }
    }
    best
}

/// Refuses a header without the columns that the profile cannot do without.
pub(crate) fn check(
    header: Option<&Header>,
    head: &[u8],
    profile: &Profile,
) -> Result<(), Refusal> {
    let columns = header
        .map(|header| header.columns.clone())
        .unwrap_or_default();
    let missing = profile.missing(&columns);
    if missing.is_empty() {
        return Ok(());
    }
    let seen = match header {
        Some(header) => {
            let names: Vec<String> = header
                .names
                .iter()
                .filter(|name| !name.is_empty())
                .take(40)
                .map(|name| format!("“{name}”"))
                .collect();
            format!("The headers found are {}.", names.join(", "))
        }
        None => format!(
            "No header row was found; the file starts with “{}”.",
            first_line(head)
        ),
    };
    Err(Refusal::new(
        format!(
            "As a “{}” file, this lacks: {}.",
            profile.title,
            missing.join("; ")
        ),
        format!(
            "{seen} Add the column to the export. If it is there under another name, add that name to the profile “{}” under [columns].",
            profile.name
        ),
    ))
}

fn first_line(head: &[u8]) -> String {
    let line = head
        .split(|b| matches!(b, b'\r' | b'\n'))
        .next()
        .unwrap_or_default();
    shorten(
        decode(line.get(..line.len().min(400)).unwrap_or_default(), None)
            .0
            .trim(),
    )
}

/// The profile whose columns the file has.
pub(crate) fn best_profile(
    head: &[u8],
    file_name: &str,
    profiles: &Profiles,
) -> Result<String, Refusal> {
    let mut found: Vec<(&Profile, Option<Header>)> = profiles
        .all()
        .map(|profile| (profile, find(head, profile)))
        .collect();
    let score = |header: &Option<Header>| header.as_ref().map_or(0, |header| header.columns.len());
    found.sort_by_key(|(_, header)| std::cmp::Reverse(score(header)));
    let Some((nearest, nearest_header)) = found.first() else {
        return Err(not_recognised(head, profiles));
    };
    let fitting: Vec<&(&Profile, Option<Header>)> = found
        .iter()
        .filter(|(profile, header)| check(header.as_ref(), head, profile).is_ok())
        .collect();
    let Some((first, header)) = fitting.first() else {
        if score(nearest_header) >= LEAST_TO_RECOGNISE {
            check(nearest_header.as_ref(), head, nearest)?;
        }
        return Err(not_recognised(head, profiles));
    };
    let tied: Vec<&Profile> = fitting
        .iter()
        .filter(|(_, other)| score(other) == score(header))
        .map(|(profile, _)| *profile)
        .collect();
    let file_name = file_name.to_lowercase();
    if let Some(named) = tied
        .iter()
        .find(|profile| file_name.contains(&profile.name.to_lowercase()))
    {
        return Ok(named.name.clone());
    }
    if tied.iter().any(|profile| profile.kind != first.kind) {
        let titles: Vec<&str> = tied.iter().map(|profile| profile.title.as_str()).collect();
        return Err(Refusal::new(
            format!("This file could be any of: {}.", titles.join(", ")),
            "Choose the kind of file and send it again.",
        ));
    }
    Ok(first.name.clone())
}

fn not_recognised(head: &[u8], profiles: &Profiles) -> Refusal {
    let titles: Vec<&str> = profiles
        .all()
        .map(|profile| profile.title.as_str())
        .collect();
    Refusal::new(
        format!(
            "Herald does not recognise this file. It starts with “{}”.",
            first_line(head)
        ),
        format!(
            "It reads HL7 v2 messages and CSV files with a header row: {}. If it is one of these with other headers, choose its kind to see what is missing.",
            titles.join(", ")
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: &str) -> Profile {
        Profiles::built_in().get(name).unwrap().clone()
    }

    const CLINIC: &str = "NHS No,Surname,Forename,DOB,Site,Clinic Date,Injury,Side,Mechanism\n";

    #[test]
    fn delimiters_and_title_rows() {
        for delimiter in [",", ";", "\t", "|"] {
            let text = format!(
                "Fracture clinic list\n\nPrinted, by; somebody\n{}",
                CLINIC.replace(',', delimiter)
            );
            let header = find(text.as_bytes(), &profile("fracture-clinic")).unwrap();
            assert_eq!(
                (header.delimiter, header.records_before_data),
                (delimiter.as_bytes()[0], 4)
            );
            assert_eq!(header.columns.len(), 9);
        }
    }

    #[test]
    fn case_and_punctuation_do_not_matter() {
        let text = "nhs_no,SURNAME,fore-name,D.O.B.,site,clinic date,injury\n";
        let header = find(text.as_bytes(), &profile("fracture-clinic"));
        assert!(
            check(
                header.as_ref(),
                text.as_bytes(),
                &profile("fracture-clinic")
            )
            .is_ok()
        );
    }

    #[test]
    fn a_refusal_names_what_is_missing_what_is_there_and_what_to_do() {
        let text = "NHS No,Name,Clinic Date,Site,Injury\n";
        let clinic = profile("fracture-clinic");
        let refusal = check(
            find(text.as_bytes(), &clinic).as_ref(),
            text.as_bytes(),
            &clinic,
        )
        .unwrap_err();
        assert!(
            refusal
                .problem
                .contains("birth date: “DOB” or “Date of Birth”"),
            "{refusal}"
        );
        assert!(
            refusal.advice.contains("“Name”") && refusal.advice.contains("[columns]"),
            "{refusal}"
        );
        let text = "DOB,Surname,Clinic Date,Site,Injury\n";
        let refusal = check(
            find(text.as_bytes(), &clinic).as_ref(),
            text.as_bytes(),
            &clinic,
        )
        .unwrap_err();
        assert!(
            refusal.problem.contains("NHS number") && refusal.problem.contains("given name"),
            "{refusal}"
        );
    }

    #[test]
    fn the_profile_is_known_by_its_headers() {
        let profiles = Profiles::built_in();
        let best = |text: &str| best_profile(text.as_bytes(), "x.csv", &profiles);
        assert_eq!(best(CLINIC).unwrap(), "fracture-clinic");
        assert_eq!(
            best("NHS_Number,Date_Of_Birth,Arrival_Date,Provider_Site_Code,Der_EC_Diagnosis_All\n")
                .unwrap(),
            "ecds"
        );
        assert_eq!(
            best("NHS Number,Date of Birth,Site Code,Accession Number,Exam Date,Report\n").unwrap(),
            "radiology"
        );
        assert!(
            best("red,green,blue\n1,2,3\n")
                .unwrap_err()
                .problem
                .contains("red,green")
        );
        assert!(
            best("NHS No,Surname,Forename,Clinic Date\n")
                .unwrap_err()
                .problem
                .contains("birth date")
        );
    }
}
