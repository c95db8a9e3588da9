use std::{error, fmt};

/// What the original checks before it gives a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    Age,
    Bmi,
    Alcohol,
    Ethnicity,
    Smoking,
    Years,
}

impl Field {
    pub const ALL: [Self; 6] = [
        Self::Age,
        Self::Bmi,
        Self::Alcohol,
        Self::Ethnicity,
        Self::Smoking,
        Self::Years,
    ];

    /// The name in the original.
    pub fn code(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::Bmi => "bmi",
            Self::Alcohol => "alcohol_cat6",
            Self::Ethnicity => "ethrisk",
            Self::Smoking => "smoke_cat",
            Self::Years => "surv",
        }
    }

    /// The lowest and the highest that is taken.
    pub fn range(self) -> (f64, f64) {
        match self {
            Self::Age => (30.0, 100.0),
            Self::Bmi => (20.0, 40.0),
            Self::Alcohol => (0.0, 5.0),
            Self::Ethnicity => (1.0, 9.0),
            Self::Smoking => (0.0, 4.0),
            Self::Years => (1.0, 18.0),
        }
    }

    pub fn check(self, value: f64) -> Result<(), Refusal> {
        let (lowest, highest) = self.range();
        // What is no number is within no range, though the original's comparison would let it through.
        if (lowest..=highest).contains(&value) {
            Ok(())
        } else {
            Err(Refusal { field: self, value })
        }
    }
}

/// Why there is no score. Moving a value to the nearest limit would answer for somebody else, so nothing is moved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Refusal {
    pub field: Field,
    pub value: f64,
}

impl Refusal {
    /// The lowest and the highest that would have been taken.
    pub fn range(&self) -> (f64, f64) {
        self.field.range()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lowest, highest) = self.range();
        let (field, value) = (self.field.code(), self.value);
        write!(
            f,
            "{field} is {value}; QFracture-2012 takes {lowest} to {highest}"
        )
    }
}

impl error::Error for Refusal {}
