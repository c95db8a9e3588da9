//! HL7 v2 (ER7): files into messages, messages into segments and fields, fields into the typed message.

mod escape;
mod extract;
mod identity;
mod observations;
mod parse;
mod report;
mod result;
pub(crate) mod split;
mod t_scores;
mod time;

pub(crate) use extract::read;
pub use parse::{Field, Parse, Segment, Separators, parse};
