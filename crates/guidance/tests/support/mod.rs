//! What tests of the packs share.
#![allow(dead_code, reason = "each test uses its part")]

use std::collections::BTreeMap;

use guidance::{Facts, Given, Library};

pub fn facts(library: &Library, given: &BTreeMap<String, Given>) -> Facts {
    let mut facts = library.catalogue.nothing();
    for (id, value) in given {
        library
            .catalogue
            .put(&mut facts, id, value)
            .unwrap_or_else(|ask| panic!("{ask}"));
    }
    facts
}
