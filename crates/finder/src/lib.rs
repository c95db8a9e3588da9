mod reading;
pub use reading::{Energy, Evidence, Finding, Mechanism, Reading, Why};
