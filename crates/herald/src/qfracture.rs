//! `herald qfracture`: the risk of a fracture for each line of a file. The equations are in the crate of that name.

use std::{
    io::{BufRead, Write},
    path::PathBuf,
};

use ::qfracture::{
    ALCOHOL, DISCLAIMER, ETHNICITY, Field, Flag, Flags, NAME, NOTE, Profile, Refusal, SMOKING,
    Score, Sex, score,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::ndjson;

const USE: &str = "\
What it does:
  Reads NDJSON, one person a line, and writes one line for each, in the same order: the risk in percent of a
  fracture of hip, wrist, spine or shoulder (mof) and of a hip fracture (hip), as QFracture-2012 gives them. That
  is not the version on the web site, whose figures are higher. Where hip_exceeds_mof is true, do not read the
  risk as lower than hip.

Example:
  herald qfracture people.ndjson > risks.ndjson

  people.ndjson:
    {\"id\":\"A1\",\"sex\":\"female\",\"age\":75,\"bmi\":21.9,\"alcohol_cat6\":0,\"ethrisk\":1,\"smoke_cat\":1,\"flags\":[\"b_falls\"]}
    {\"id\":\"A2\",\"sex\":\"male\",\"age\":29,\"bmi\":24,\"alcohol_cat6\":1,\"ethrisk\":1,\"smoke_cat\":0,\"flags\":[]}

  risks.ndjson:
    {\"id\":\"A1\",\"mof\":15.588331583661663,\"hip\":8.044134513852153,\"hip_exceeds_mof\":false}
    {\"id\":\"A2\",\"error\":\"line 2: age is 29; QFracture-2012 takes 30 to 100. Correct it; if it is right, this score is not for this person\"}

Fields:
  id            anything; written back as it was
  sex           \"female\" or \"male\"
  age           30 to 100, whole years
  bmi           20 to 40; where it is missing, made from height_cm and weight_kg
  alcohol_cat6, ethrisk, smoke_cat
                codes, see below
  flags         list of what is true, from the names below; [] if nothing is
  surv          years ahead, 1 to 18; 10 where it is missing
  Other fields are passed over. Nothing is guessed: a value out of range is answered with an error, never moved
  to the limit. A flag that an equation does not have (a woman's care home) is passed over by it.";

const ENDING: &str = "\
Errors:
  A line that cannot be answered gets a line with \"error\": which line of the input it was, what is wrong, what to
  do. The others go on, and the exit status is 0; how many there were stands on standard error. It is 1 only
  where the input itself cannot be read. Blank lines are passed over.

  The name of the score and the disclaimer of its authors stand on standard error. Whoever shows a score must
  show both beside it.";

fn help() -> String {
    let codes = |field: Field, meanings: &[&str]| {
        let codes: Vec<String> = (field.range().0 as usize..)
            .zip(meanings)
            .map(|(code, meaning)| format!("    {code}  {meaning}"))
            .collect();
        format!("  {}\n{}", field.code(), codes.join("\n"))
    };
    let flags: Vec<String> = Flag::ALL
        .iter()
        .map(|flag| format!("    {:<18}{}", flag.code(), flag.words()))
        .collect();
    [
        USE.to_owned(),
        [
            codes(Field::Alcohol, &ALCOHOL),
            codes(Field::Ethnicity, &ETHNICITY),
            codes(Field::Smoking, &SMOKING),
            format!("  flags\n{}", flags.join("\n")),
        ]
        .join("\n"),
        ENDING.to_owned(),
    ]
    .join("\n\n")
}

#[derive(Debug, Default, clap::Args)]
#[command(after_long_help = help())]
pub struct QfractureArgs {
    /// NDJSON, one person a line; none, or `-`: standard input
    file: Option<PathBuf>,
}

/// Answers every line; true if the input could be read to its end.
pub fn run(
    args: &QfractureArgs,
    input: impl BufRead + Send,
    out: impl Write,
    mut err: impl Write,
) -> anyhow::Result<bool> {
    let done = ndjson::answer(args.file.as_ref(), input, out, &mut err, "people", &Scorer)?;
    done.tally.tell(&mut err)?;
    Ok(done.broken == 0)
}

#[derive(Debug, Default)]
struct Tally {
    people: u64,
    errors: u64,
    hip_exceeds: u64,
}

impl ndjson::Tally for Tally {
    fn add(&mut self, other: &Self) {
        self.people += other.people;
        self.errors += other.errors;
        self.hip_exceeds += other.hip_exceeds;
    }
}

impl Tally {
    fn tell(&self, err: &mut impl Write) -> anyhow::Result<()> {
        let Self {
            people,
            errors,
            hip_exceeds,
        } = self;
        writeln!(err, "{NAME}: lines answered: {people}, errors: {errors}")?;
        if *hip_exceeds > 0 {
            writeln!(err, "{hip_exceeds} with hip_exceeds_mof. {NOTE}")?;
        }
        writeln!(err, "{DISCLAIMER}")?;
        Ok(())
    }
}

struct Scorer;

impl ndjson::Answer<Tally> for Scorer {
    fn line(&self, number: u64, line: &[u8], out: &mut Vec<u8>, tally: &mut Tally) {
        let (id, outcome) = match ndjson::object::<Row<'_>>(line, EXAMPLE) {
            Ok(row) => (row.id, row.score()),
            Err(problem) => (None, Err(problem)),
        };
        match outcome {
            Ok(score) => {
                let hip_exceeds_mof = score.hip_exceeds_mof();
                tally.people += 1;
                tally.hip_exceeds += u64::from(hip_exceeds_mof);
                write(
                    out,
                    &Line::Score {
                        id,
                        mof: score.mof,
                        hip: score.hip,
                        hip_exceeds_mof,
                    },
                );
            }
            Err(problem) => error(id, number, &problem, out, tally),
        }
    }

    fn unreadable(&self, number: u64, problem: &str, out: &mut Vec<u8>, tally: &mut Tally) {
        error(None, number, problem, out, tally);
    }
}

fn error(id: Option<&RawValue>, number: u64, problem: &str, out: &mut Vec<u8>, tally: &mut Tally) {
    tally.people += 1;
    tally.errors += 1;
    write(
        out,
        &Line::Error {
            id,
            error: format!("line {number}: {problem}"),
        },
    );
}

fn write(out: &mut Vec<u8>, line: &Line<'_>) {
    // Memory takes every byte, and a line has no keys that are not strings.
    let _ = serde_json::to_writer(&mut *out, line);
    out.push(b'\n');
}

#[derive(Serialize)]
#[serde(untagged)]
enum Line<'a> {
    Score {
        id: Option<&'a RawValue>,
        mof: f64,
        hip: f64,
        hip_exceeds_mof: bool,
    },
    Error {
        id: Option<&'a RawValue>,
        error: String,
    },
}

/// A line as it was given; what is null counts as missing.
#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    sex: Option<&'a RawValue>,
    #[serde(borrow)]
    age: Option<&'a RawValue>,
    #[serde(borrow)]
    bmi: Option<&'a RawValue>,
    #[serde(borrow)]
    height_cm: Option<&'a RawValue>,
    #[serde(borrow)]
    weight_kg: Option<&'a RawValue>,
    #[serde(borrow)]
    alcohol_cat6: Option<&'a RawValue>,
    #[serde(borrow)]
    ethrisk: Option<&'a RawValue>,
    #[serde(borrow)]
    smoke_cat: Option<&'a RawValue>,
    #[serde(borrow)]
    flags: Option<&'a RawValue>,
    #[serde(borrow)]
    surv: Option<&'a RawValue>,
}

const EXAMPLE: &str = "Each line is one JSON object; herald qfracture --help shows one";

impl Row<'_> {
    fn score(&self) -> Result<Score, String> {
        let profile = Profile {
            sex: self.sex()?,
            age: whole(Field::Age, self.age)?,
            bmi: self.bmi()?,
            alcohol_cat6: whole(Field::Alcohol, self.alcohol_cat6)?,
            ethrisk: whole(Field::Ethnicity, self.ethrisk)?,
            smoke_cat: whole(Field::Smoking, self.smoke_cat)?,
            flags: self.flags()?,
            surv: match self.surv {
                None => 10,
                given => whole(Field::Years, given)?,
            },
        };
        score(&profile).map_err(refused)
    }

    fn sex(&self) -> Result<Sex, String> {
        const HELP: &str = "Write \"female\" or \"male\"";
        let given = self
            .sex
            .ok_or_else(|| format!("sex is missing. {HELP}"))?
            .get();
        Sex::from_code(unquoted(given)).ok_or_else(|| format!("sex is {given}. {HELP}"))
    }

    fn bmi(&self) -> Result<f64, String> {
        const HELP: &str = "Write a number from 20 to 40, or height_cm and weight_kg";
        let bmi = match (self.bmi, self.height_cm, self.weight_kg) {
            (None, Some(height), Some(weight)) => {
                let metres = positive("height_cm", height)? / 100.0;
                positive("weight_kg", weight)? / (metres * metres)
            }
            (given, ..) => number("bmi", given).map_err(|problem| format!("{problem}. {HELP}"))?,
        };
        Field::Bmi.check(bmi).map_err(refused)?;
        Ok(bmi)
    }

    fn flags(&self) -> Result<Flags, String> {
        const HELP: &str = "Write a list of names, such as [\"b_falls\"], or [] if nothing is true";
        let given = self
            .flags
            .ok_or_else(|| format!("flags is missing. {HELP}"))?
            .get();
        let names: Vec<&RawValue> =
            serde_json::from_str(given).map_err(|_| format!("flags is {given}. {HELP}"))?;
        let flag = |name: &RawValue| {
            Flag::from_code(unquoted(name.get())).ok_or_else(|| {
                format!(
                    "flag {name} is not known. herald qfracture --help has the names; take this one out or write it so"
                )
            })
        };
        names.into_iter().map(flag).collect()
    }
}

/// A string without its quotes. No code has an escape in it.
fn unquoted(json: &str) -> &str {
    json.strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or_default()
}

fn number(name: &str, given: Option<&RawValue>) -> Result<f64, String> {
    let given = given.ok_or_else(|| format!("{name} is missing"))?.get();
    given.parse().map_err(|_| format!("{name} is {given}"))
}

fn positive(name: &str, given: &RawValue) -> Result<f64, String> {
    number(name, Some(given))
        .ok()
        .filter(|value| *value > 0.0)
        .ok_or_else(|| format!("{name} is {given}. Write a number above 0, or bmi"))
}

fn whole(field: Field, given: Option<&RawValue>) -> Result<i32, String> {
    let help = |problem: &str| {
        let (lowest, highest) = field.range();
        format!("{problem}. Write a whole number from {lowest} to {highest}")
    };
    let value = number(field.code(), given).map_err(|problem| help(&problem))?;
    field.check(value).map_err(refused)?;
    if value.fract() == 0.0 {
        Ok(value as i32)
    } else {
        Err(help(&format!("{} is {value}", field.code())))
    }
}

fn refused(refusal: Refusal) -> String {
    format!("{refusal}. Correct it; if it is right, this score is not for this person")
}
