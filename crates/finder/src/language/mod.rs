//! A small clinical-language engine: tokens, sections and sentences, and the phrases of the lexicon.

pub(crate) mod automaton;
pub(crate) mod layout;
pub(crate) mod lexicon;
pub(crate) mod pattern;
pub(crate) mod scan;
pub(crate) mod sections;
pub(crate) mod segment;
pub(crate) mod token;
pub(crate) mod words;
