//! Made-up reports to try the reader with, one for each thing it may answer.

pub struct Example {
    pub code: &'static str,
    pub title: &'static str,
    pub exam: &'static str,
    pub indication: &'static str,
    pub report: &'static str,
}

pub const EXAMPLES: [Example; 3] = [
    Example {
        code: "chance",
        title: "A vertebra found by chance",
        exam: "CT chest with contrast",
        indication: "Cough for six weeks, weight loss. ?malignancy",
        report: "Comparison: CT of 2021.\n\n\
            Findings:\n\
            No focal lung lesion. No pleural effusion. Heart size normal.\n\
            Old healed fractures of the left 6th and 7th ribs.\n\
            Wedge compression fracture of T12 with about 40% loss of anterior height, not present in 2021. \
            No retropulsion. No suspicious bone lesion.\n\n\
            Conclusion:\n\
            1. No evidence of malignancy.\n\
            2. Vertebral fracture at T12, likely osteoporotic. Consider referral to the fracture liaison service.",
    },
    Example {
        code: "unsure",
        title: "A hip that is not certain",
        exam: "",
        indication: "",
        report: "XR Pelvis and left hip\n\
            Clinical details: Fell from standing in the kitchen. Unable to weight bear. ?#NOF\n\n\
            Possible undisplaced fracture of the left femoral neck, not clearly seen on the lateral view. \
            The pubic rami are intact. Degenerative change in both hips.\n\
            CT is suggested to exclude an occult fracture.",
    },
    Example {
        code: "none",
        title: "Fracture words, and nothing broken",
        exam: "",
        indication: "",
        report: "XR Right hip\n\
            Clinical details: Fall, pain. Mother had a hip fracture. ?fracture\n\n\
            No fracture or dislocation is seen. Dynamic hip screw in place; the distal screw is broken. \
            If pain persists, MRI may show an occult fracture.",
    },
];

pub fn find(code: &str) -> Option<&'static Example> {
    EXAMPLES.iter().find(|example| example.code == code)
}

#[cfg(test)]
mod tests {
    use finder::{Finder, ReportText};
    use terms::Listing;

    use super::*;

    #[test]
    fn the_examples_show_each_answer_once() {
        let finder = Finder::default();
        let answers = EXAMPLES.map(|example| {
            finder
                .see_report(&ReportText {
                    text: example.report,
                    exam: Some(example.exam),
                    indication: Some(example.indication),
                    ..ReportText::default()
                })
                .reading
                .list
        });
        assert_eq!(answers, [Listing::Yes, Listing::Look, Listing::No]);
    }
}
