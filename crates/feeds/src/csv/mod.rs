//! Delimited extracts: four kinds of file, each described by a profile.

mod dates;
pub(crate) mod header;
pub(crate) mod profile;
mod row;
mod split;
mod stored;

pub(crate) use row::read;
pub(crate) use stored::Rows;
