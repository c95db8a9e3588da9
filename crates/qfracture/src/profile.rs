use std::fmt;

/// The equations exist for these two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    Female,
    Male,
}

impl Sex {
    pub const ALL: [Self; 2] = [Self::Female, Self::Male];

    pub fn code(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sex| sex.code() == code)
    }
}

/// Who is asked about, in the codes of the original. [`score`](crate::score) refuses what is out of range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Profile {
    pub sex: Sex,
    /// Completed years.
    pub age: i32,
    /// kg/m².
    pub bmi: f64,
    /// Place in [`ALCOHOL`].
    pub alcohol_cat6: i32,
    /// Place in [`ETHNICITY`], from 1.
    pub ethrisk: i32,
    /// Place in [`SMOKING`].
    pub smoke_cat: i32,
    pub flags: Flags,
    /// Years ahead; 10 is usual.
    pub surv: i32,
}

/// What `alcohol_cat6` means, from 0.
pub const ALCOHOL: [&str; 6] = [
    "none",
    "under 1 unit a day",
    "1 to 2 units a day",
    "3 to 6 units a day",
    "7 to 9 units a day",
    "over 9 units a day",
];

/// What `ethrisk` means, from 1.
pub const ETHNICITY: [&str; 9] = [
    "White or not recorded",
    "Indian",
    "Pakistani",
    "Bangladeshi",
    "other Asian",
    "Black Caribbean",
    "Black African",
    "Chinese",
    "other, including mixed",
];

/// What `smoke_cat` means, from 0.
pub const SMOKING: [&str; 5] = [
    "non-smoker",
    "ex-smoker",
    "under 10 cigarettes a day",
    "10 to 19 cigarettes a day",
    "20 or more cigarettes a day",
];

/// What is true of somebody or not. One that an equation does not have is passed over by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Flag {
    Antidepressant,
    AnyCancer,
    AsthmaCopd,
    CareHome,
    Corticosteroids,
    Cvd,
    Dementia,
    Endocrine,
    Epilepsy,
    Falls,
    Fracture,
    HrtOestrogen,
    Liver,
    Malabsorption,
    Parkinsons,
    RaSle,
    Renal,
    Type1,
    Type2,
    FhOsteoporosis,
}

impl Flag {
    pub const ALL: [Self; 20] = [
        Self::Antidepressant,
        Self::AnyCancer,
        Self::AsthmaCopd,
        Self::CareHome,
        Self::Corticosteroids,
        Self::Cvd,
        Self::Dementia,
        Self::Endocrine,
        Self::Epilepsy,
        Self::Falls,
        Self::Fracture,
        Self::HrtOestrogen,
        Self::Liver,
        Self::Malabsorption,
        Self::Parkinsons,
        Self::RaSle,
        Self::Renal,
        Self::Type1,
        Self::Type2,
        Self::FhOsteoporosis,
    ];

    /// The name in the original.
    pub fn code(self) -> &'static str {
        match self {
            Self::Antidepressant => "b_antidepressant",
            Self::AnyCancer => "b_anycancer",
            Self::AsthmaCopd => "b_asthmacopd",
            Self::CareHome => "b_carehome",
            Self::Corticosteroids => "b_corticosteroids",
            Self::Cvd => "b_cvd",
            Self::Dementia => "b_dementia",
            Self::Endocrine => "b_endocrine",
            Self::Epilepsy => "b_epilepsy2",
            Self::Falls => "b_falls",
            Self::Fracture => "b_fracture4",
            Self::HrtOestrogen => "b_hrt_oest",
            Self::Liver => "b_liver",
            Self::Malabsorption => "b_malabsorption",
            Self::Parkinsons => "b_parkinsons",
            Self::RaSle => "b_ra_sle",
            Self::Renal => "b_renal",
            Self::Type1 => "b_type1",
            Self::Type2 => "b_type2",
            Self::FhOsteoporosis => "fh_osteoporosis",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flag| flag.code() == code)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Antidepressant => "antidepressants: two prescriptions or more in 6 months",
            Self::AnyCancer => "cancer",
            Self::AsthmaCopd => "asthma or COPD",
            Self::CareHome => "lives in a care or nursing home (counts for men only)",
            Self::Corticosteroids => {
                "systemic corticosteroids: two prescriptions or more in 6 months"
            }
            Self::Cvd => "cardiovascular disease",
            Self::Dementia => "dementia",
            Self::Endocrine => {
                "thyrotoxicosis, hyperparathyroidism or Cushing's syndrome (counts for women only)"
            }
            Self::Epilepsy => "epilepsy, or takes anticonvulsants",
            Self::Falls => "falls",
            Self::Fracture => "has broken wrist, spine, hip or shoulder before",
            Self::HrtOestrogen => "HRT (oestrogen; counts for women only; lowers the risk)",
            Self::Liver => "chronic liver disease",
            Self::Malabsorption => {
                "malabsorption, such as Crohn's, ulcerative colitis, coeliac (not in the hip equations)"
            }
            Self::Parkinsons => "Parkinson's disease",
            Self::RaSle => "rheumatoid arthritis or SLE",
            Self::Renal => "chronic kidney disease",
            Self::Type1 => "type 1 diabetes",
            Self::Type2 => "type 2 diabetes",
            Self::FhOsteoporosis => {
                "a parent with osteoporosis or a broken hip (not in the women's hip equation)"
            }
        }
    }

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// A set of flags.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(u32);

impl Flags {
    pub const NONE: Self = Self(0);

    pub const fn has(self, flag: Flag) -> bool {
        self.0 & flag.bit() != 0
    }

    pub const fn with(self, flag: Flag) -> Self {
        Self(self.0 | flag.bit())
    }

    pub const fn without(self, flag: Flag) -> Self {
        Self(self.0 & !flag.bit())
    }

    pub fn iter(self) -> impl Iterator<Item = Flag> {
        Flag::ALL.into_iter().filter(move |flag| self.has(*flag))
    }
}

impl FromIterator<Flag> for Flags {
    fn from_iter<I: IntoIterator<Item = Flag>>(flags: I) -> Self {
        flags.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
