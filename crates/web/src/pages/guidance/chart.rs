//! NOGG's lines with somebody's point among them, drawn by the server.

use service::guidance::GuidanceView;

use crate::view::guidance::Chart;

pub fn charts(_found: &GuidanceView) -> Vec<Chart> {
    Vec::new()
}

pub fn note(found: &GuidanceView) -> String {
    match (found.frax.mof, found.frax.hip) {
        (None, None) => "No FRAX figure is recorded.".to_owned(),
        _ => String::new(),
    }
}
