//! QFracture-2012: somebody's risk of an osteoporotic fracture and of a hip fracture within 1 to 18 years.
//!
//! Copyright 2012 ClinRisk Ltd. A port of the C sources of QFracture-2012, under the GNU Lesser General Public License,
//! version 3 or later, with additional terms: whoever shows a score shows [`DISCLAIMER`] beside it. See NOTICE.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod equations;
mod profile;
mod refusal;
mod score;

pub use profile::{ALCOHOL, ETHNICITY, Flag, Flags, Profile, SMOKING, Sex};
pub use refusal::{Field, Refusal};
pub use score::{Score, score};

/// What a score is called wherever it is shown. The web site has a later version, whose figures are higher.
pub const NAME: &str = "QFracture-2012 (not the current web version)";

/// To be shown beside every score: the additional terms of the licence, word for word.
pub const DISCLAIMER: &str = "\
The initial version of this file, to be found at http://svn.clinrisk.co.uk/qfracture, faithfully implements \
QFracture-2012.
We have released this code under the GNU Lesser General Public License to enable others to implement the algorithm \
faithfully.
However, the nature of the GNU Lesser General Public License is such that we cannot prevent, for example, someone \
altering the coefficients.
We stress, therefore, that it is the responsibility of the end user to check that the source that they receive produces \
the same results as the original code posted at http://svn.clinrisk.co.uk/qfracture.
Inaccurate implementations of risk scores can lead to wrong patients being given the wrong treatment.";

/// To be shown beside both figures where [`Score::hip_exceeds_mof`].
pub const NOTE: &str = "\
The hip figure is higher than the figure for all osteoporotic fractures, of which hip fractures are a part, so the two \
do not fit together. The equations do so for few people, most of them very old with several risk factors. Of its 2009 \
release ClinRisk wrote that the hip equation performs better, and put the hip figure in the place of the other. Do not \
read the risk as lower than the hip figure.";
