//! One family of rules a test, with invented sentences.

use std::sync::LazyLock;

use finder::{Finder, Reading, ReportText, Why};
use terms::{Listing, Side, Site, Status};

static FINDER: LazyLock<Finder> = LazyLock::new(Finder::default);

fn read(text: &str) -> Reading {
    FINDER.read_report(&ReportText {
        text,
        ..ReportText::default()
    })
}

/// (text, reason of the decision)
fn decided(cases: &[(&str, Why)]) {
    for (text, why) in cases {
        let reading = read(text);
        assert_eq!(reading.why, *why, "{text}\n{reading:#?}");
    }
}

fn first(text: &str) -> (Site, Vec<String>, Option<Side>, Status) {
    let reading = read(text);
    let f = reading
        .findings
        .first()
        .unwrap_or_else(|| panic!("no finding in {text}"));
    (
        f.site,
        f.level.iter().map(ToString::to_string).collect(),
        f.side,
        f.status,
    )
}

#[test]
fn denial_before_and_after() {
    decided(&[
        ("No fracture or dislocation.", Why::AllDenied),
        ("Fracture is not seen.", Why::AllDenied),
        ("No pneumothorax, effusion or rib fracture.", Why::AllDenied),
        (
            "No fracture of the pelvis, sacrum, or proximal femora.",
            Why::AllDenied,
        ),
        ("I cannot see a displaced rib fracture.", Why::AllDenied),
        (
            "No dislocation but there is a fracture of the patella.",
            Why::Present,
        ),
        ("Wedge fracture of L1, not present in 2021.", Why::Present),
        (
            "No loosening or periprosthetic fracture of the femoral stem.",
            Why::AllDenied,
        ),
        ("Deposits in T9 and L1, none with collapse.", Why::AllDenied),
        (
            "A fracture of the patella was sought but not found.",
            Why::AllDenied,
        ),
        (
            "I cannot be sure that there is no fracture of the patella.",
            Why::Possible,
        ),
        ("Old deformity of D5.", Why::VertebralOld),
    ]);
}

#[test]
fn doubt() {
    decided(&[
        ("Possible scaphoid fracture.", Why::Possible),
        (
            "A fracture of the femoral neck cannot be excluded.",
            Why::Possible,
        ),
        (
            "No definite fracture. Cortical step at the femoral neck.",
            Why::Possible,
        ),
        (
            "Fracture of the distal radius, ?intra-articular extension.",
            Why::Present,
        ),
        (
            "There is likely an impacted fracture of the femoral neck.",
            Why::Present,
        ),
        ("No evidence to suggest fracture.", Why::AllDenied),
    ]);
}

#[test]
fn age() {
    decided(&[
        ("Old healed rib fractures.", Why::OldOnly),
        ("Fracture of the humerus has united.", Why::OldOnly),
        ("Healing fracture of the distal radius.", Why::Present),
        ("Chronic L3 wedge fracture, unchanged.", Why::VertebralOld),
        ("Stable looking burst fracture of T9.", Why::Present),
        ("Vertebroplasty cement at T12.", Why::VertebralOld),
        (
            "T7 wedge fracture. This was present on the film of 2016.",
            Why::VertebralOld,
        ),
        ("L1 burst fracture, stable pattern.", Why::Present),
        ("Non-union of the humeral shaft fracture.", Why::OldOnly),
    ]);
}

#[test]
fn vertebral_wording() {
    for text in [
        "Anterior wedging of T8.",
        "Collapse of L1.",
        "Endplate infraction at L2.",
        "Loss of vertebral height at L4.",
        "Vertebra plana of T12.",
        "T9 moderate crush (SQ2).",
        "Biconcave deformity of L3.",
        "Codfish deformity of multiple lumbar vertebral bodies.",
    ] {
        assert_eq!(read(text).why, Why::Present, "{text}");
    }
    assert_eq!(
        first("Wedge fractures of D11 and D12."),
        (
            Site::Vertebra,
            vec!["T11".into(), "T12".into()],
            None,
            Status::Present
        )
    );
}

#[test]
fn look_alikes() {
    decided(&[
        ("Schmorl's nodes at L2.", Why::NoFractureWord),
        ("Loss of disc height at L4/5.", Why::LookAlike),
        (
            "Anterior wedging of T11 felt to be physiological.",
            Why::LookAlike,
        ),
        ("Compression of the exiting L5 nerve root.", Why::LookAlike),
        ("Collapse of the right middle lobe.", Why::LookAlike),
        ("The pacing lead is fractured.", Why::LookAlike),
        ("Two screws are fractured.", Why::LookAlike),
        ("Post wedge resection.", Why::LookAlike),
        ("Fractured incisor tooth.", Why::LookAlike),
        ("10 year probability of hip fracture is 3%.", Why::LookAlike),
    ]);
}

#[test]
fn cause() {
    decided(&[
        (
            "XR Femur\nknown myeloma\nPathological fracture of the femoral shaft through the lytic lesion.",
            Why::Pathological,
        ),
        (
            "Collapse of T9. The differential lies between osteoporotic fracture and metastasis.",
            Why::UndeterminedCause,
        ),
        (
            "Wedge fracture of L1, benign osteoporotic features. No evidence of metastatic disease.",
            Why::Present,
        ),
        (
            "Fracture of the femoral shaft. The possibility of an underlying lesion is raised.",
            Why::Present,
        ),
    ]);
}

#[test]
fn indication_advice_and_other_people() {
    decided(&[
        ("XR Hip\nfall ?NOF #\nNormal appearances.", Why::AdviceOnly),
        (
            "XR Chest\ncough\nIf there is concern for fracture consider rib views.",
            Why::AdviceOnly,
        ),
        (
            "DXA\nMother had a hip fracture.\nT-score -2.1.",
            Why::AdviceOnly,
        ),
        (
            "XR Lumbar spine\nKnown L1 fracture, pain\nDegenerative change.",
            Why::VertebralOld,
        ),
        (
            "XR Wrist\nFOOSH 2/52 ago, # distal radius in plaster\nSatisfactory alignment in plaster.",
            Why::Present,
        ),
    ]);
}

#[test]
fn addendum_outweighs_the_report() {
    decided(&[
        (
            "XR Wrist\nfall\nADDENDUM 09/05: There is a fracture of the radial styloid.\nORIGINAL REPORT: No fracture.",
            Why::Present,
        ),
        (
            "XR Spine\npain\nOriginal report: Wedge fracture of L1.\nAddendum: on review there is no vertebral fracture.",
            Why::AllDenied,
        ),
    ]);
}

#[test]
fn sites_and_sides() {
    for (text, site, side) in [
        (
            "XR Wrist Lt\nfall\nFracture of the radius.",
            Site::Wrist,
            Some(Side::Left),
        ),
        (
            "Fracture of the right radial head.",
            Site::Forearm,
            Some(Side::Right),
        ),
        ("R NOF # (transcervical).", Site::Hip, Some(Side::Right)),
        ("Fracture of the distal femur.", Site::Femur, None),
        (
            "XR Wrist and forearm Rt\nfall\nTransverse fracture of the midshaft of the right ulna. Radius intact.",
            Site::Forearm,
            Some(Side::Right),
        ),
        ("Undisplaced distal fibula fracture.", Site::Ankle, None),
        ("Fracture of the proximal fibula.", Site::LowerLeg, None),
        (
            "Fractures of both pubic rami.",
            Site::Pelvis,
            Some(Side::Both),
        ),
        (
            "XR Foot Rt\nfall\nFracture of the proximal phalanx.",
            Site::Toe,
            Some(Side::Right),
        ),
        ("Fracture of the odontoid peg.", Site::Vertebra, None),
    ] {
        let (got, _, got_side, _) = first(text);
        assert_eq!((got, got_side), (site, side), "{text}");
    }
}

#[test]
fn wording_that_is_not_understood_is_looked_at() {
    decided(&[
        (
            "There is a fresh her of the distal radius.",
            Why::NotUnderstood,
        ),
        ("Unusual shape to the L2 vertebra.", Why::NotUnderstood),
        (
            "XR Spine\npain\nAt T12 there is anterior\n*** remainder of report not transmitted ***",
            Why::NotUnderstood,
        ),
    ]);
}

#[test]
fn what_cannot_be_read_is_looked_at() {
    let pdf = format!("JVBERi0xLjQK{}", "QUJD".repeat(400));
    let encoded = "TWFueSBoYW5kcyBtYWtl".repeat(40);
    let long = "Lungs clear and heart of normal size. ".repeat(6000);
    let cases = [
        ("", "There is no text"),
        (" \r\n\t ", "There is no text"),
        (
            r"{\rtf1\ansi\deff0 {\fonttbl{\f0 Arial;}} Lungs clear.\par}",
            "RTF",
        ),
        ("<html><body><p>Lungs clear.</p></body></html>", "HTML"),
        (pdf.as_str(), "PDF"),
        (encoded.as_str(), "encoded data"),
        (long.as_str(), "longer than a report"),
        (
            "Kein Nachweis einer frischen knöchernen Verletzung. Regelrechte Stellung im Handgelenk.",
            "English",
        ),
        (
            "Pas de fracture visible. Interlignes articulaires respectés. Parties molles sans particularité.",
            "English",
        ),
        (
            "Röntgen linkes Handgelenk. Sturz auf die Hand. Es zeigt sich eine nicht dislozierte Fraktur des Radius.",
            "English",
        ),
        (
            "Radiografía de muñeca izquierda. Se observa una fractura no desplazada del radio distal.",
            "English",
        ),
        (
            "Pelydr-x o'r arddwrn. Mae toriad yn y radiws. Dim toriad arall yn y llaw nac yn y penelin.",
            "English",
        ),
        (
            "Рентгенография левого запястья. Перелом лучевой кости.",
            "English",
        ),
        ("桡骨远端骨折", "English"),
    ];
    for (text, because) in cases {
        let reading = read(text);
        assert_eq!(reading.why, Why::Illegible, "{text:.80}\n{reading:#?}");
        assert_eq!(reading.list, terms::Listing::Look);
        assert!(reading.reason.contains(because), "{}", reading.reason);
    }
    // Terse and loud, but English.
    for text in [
        "XR CHEST\nCOUGH\nLUNGS CLEAR. HEART NORMAL SIZE. NO EFFUSION.",
        "CXR NAD",
        "US Abdomen\nDeranged LFTs\nFatty liver. Gallstones. CBD 4 mm. Kidneys normal.",
        "# NOF",
        "R NOF # (transcervical), displaced. Old L sup + inf pubic rami #s. Pt may die; de novo disease.",
        "Normal.",
        "XR Wrist Lt\nFall\nNo bony injury.",
    ] {
        assert_ne!(read(text).why, Why::Illegible, "{text}");
    }
    // A fracture in spite of the formatting is listed.
    assert_eq!(
        read("<p>Fracture of the distal radius.</p>").why,
        Why::Present
    );
}

#[test]
fn what_is_beyond_the_end_of_reading_is_looked_at() {
    let many = "No fracture of the left wrist. No fracture of the right hip. ".repeat(400);
    let reading = read(&format!("{many}Fracture of the patella."));
    assert_eq!(
        (reading.list, reading.why),
        (terms::Listing::Look, Why::Illegible)
    );
}

#[test]
fn a_break_is_one_of_a_bone() {
    decided(&[
        (
            "Break in the gastric wall with free gas.",
            Why::NoFractureWord,
        ),
        ("Oblique break of the femoral diaphysis.", Why::Present),
        ("Hairline crack in the left radial head.", Why::Present),
        (
            "Lots of bowel gas may hide the sacrum.",
            Why::NoFractureWord,
        ),
    ]);
}

#[test]
fn a_tumour_named_elsewhere_explains_a_pathological_fracture() {
    decided(&[(
        "CT femur\nLungs show many mets.\nLiver clear.\nSpleen clear.\nBowel normal.\nPathological fracture of the femoral shaft.",
        Why::Pathological,
    )]);
}

#[test]
fn a_look_alike_reaches_no_further_than_what_it_names() {
    decided(&[
        ("Fracture fixed with screws.", Why::Present),
        ("Fracture of the femur, nail in situ.", Why::Present),
        ("Plate in place and there are fractured ribs.", Why::Present),
        ("Superior end plate fracture of L1.", Why::Present),
        ("Rib fracture, liver normal.", Why::Present),
        ("T8 compression, heart enlarged.", Why::Present),
        (
            "Loss of height of L1, disc heights maintained.",
            Why::Present,
        ),
        (
            "No pleural effusion, vertebral collapse at T8.",
            Why::Present,
        ),
        ("Wedging of T8, and Schmorl's nodes at L2.", Why::Present),
        (
            "The lowest of the sternal wires is fractured.",
            Why::LookAlike,
        ),
        (
            "Loss of height and signal of the L3/4, L4/5 and L5/S1 discs.",
            Why::LookAlike,
        ),
    ]);
}

#[test]
fn a_first_line_that_asks_is_no_finding_and_one_that_tells_is() {
    decided(&[
        (
            "Left hip, ?#NOF, ?ramus #\nSevere OA. No acute bony injury.",
            Why::AllDenied,
        ),
        (
            "Chest: fall against sink, ?# rib\nLungs clear.",
            Why::AdviceOnly,
        ),
        (
            "Left wrist. 10/12 post fracture\nUnited distal radial fracture.",
            Why::OldOnly,
        ),
        (
            "Left hip: displaced NOF #\nHead of femur normal.",
            Why::Present,
        ),
        (
            "Left hip. Fall. Displaced intracapsular fracture.\nLungs clear.",
            Why::Present,
        ),
        (
            "XR spine\nMild anterior wedging of T12\nDegenerative change.",
            Why::Present,
        ),
        ("MRI confirms a fracture of the scaphoid.", Why::Present),
    ]);
    assert_eq!(
        first("XR Foot. Right. Slipped off clog.\nFracture of the fifth metatarsal."),
        (Site::Foot, Vec::new(), Some(Side::Right), Status::Present)
    );
}

#[test]
fn other_words_for_a_break_are_looked_at_where_a_bone_stands_by() {
    for text in [
        "The olecranon is in two pieces.",
        "The dorsal cortex of the distal radius is kinked.",
        "Stress reaction of the second metatarsal.",
        "Sacral insufficiency injury.",
        "Callus around the left 6th rib.",
        "The T10 body is slightly compromised in shape.",
        "There is a fact your of the distal radius.",
        "Acute bony injury of the distal radius.",
        "Extension distraction injury at T10.",
        "No fracture line is seen, but the radial neck is buckled.",
    ] {
        assert_ne!(read(text).list, terms::Listing::No, "{text}");
    }
    for text in [
        "No stress reaction of the second metatarsal.",
        "Venous insufficiency of the left leg.",
        "AC joint disruption.",
        "Annular fissure at L4/5.",
        "Low signal line in the femoral head in keeping with AVN.",
        "Stress injuries of the metatarsals are commonly occult.",
    ] {
        assert_eq!(read(text).list, terms::Listing::No, "{text}");
    }
}

#[test]
fn one_more_of_what_was_named() {
    let reading = read("Recent L1 compression fracture, long-standing one at T7.");
    let told: Vec<(String, Status)> = reading
        .findings
        .iter()
        .flat_map(|f| f.level.iter().map(|l| (l.to_string(), f.status)))
        .collect();
    assert!(told.contains(&("L1".to_owned(), Status::Present)));
    assert!(told.contains(&("T7".to_owned(), Status::Old)));
    assert_eq!(
        read("Bone island, an older one at T7.").why,
        Why::NoFractureWord
    );
}

#[test]
fn a_tumour_of_an_organ_is_no_cause() {
    decided(&[(
        "There has been a fracture through the endplate of L2. Caecal tumour until proven otherwise.",
        Why::Present,
    )]);
}

#[test]
fn a_break_beside_the_metal_of_then_is_a_new_one() {
    decided(&[
        (
            "XR Left femur including hip\nFall on ward. Hemi 2016.\n\nHemiarthroplasty in situ. Oblique periprosthetic fracture below the stem tip.",
            Why::Present,
        ),
        (
            "LEFT CLAVICLE\nCame off road bike at 45kph\nComminuted fracture of the mid third.",
            Why::HighEnergy,
        ),
        (
            "CT Cervical spine\nFall\nNo fracture. The collar may come off.",
            Why::AllDenied,
        ),
    ]);
    let of_a_mother = "CT Thorax\nHx of vertebral fracture in mother. Bronchiectasis?\nOsteopenia; vertebral bodies of normal height.";
    assert!(
        read(of_a_mother)
            .findings
            .iter()
            .all(|f| f.status == Status::Absent)
    );
    let seen_again = "XR L/S SPINE\nComparison 06/2020\nAgain seen is the L1 wedge fracture, no further loss of height since.";
    assert_eq!(first(seen_again).3, Status::Old);
}

/// Levels called new and levels called old.
fn ages(text: &str) -> (Vec<String>, Vec<String>) {
    let reading = read(text);
    let of = |status: Status| {
        reading
            .findings
            .iter()
            .filter(|f| f.site == Site::Vertebra && f.status == status)
            .flat_map(|f| f.level.iter().map(ToString::to_string))
            .collect()
    };
    (of(Status::Present), of(Status::Old))
}

#[test]
fn which_of_several_vertebrae_is_old_and_which_new() {
    for (text, new, old) in [
        (
            "Fractures of T12, L2 and L3. T12 is acute, L2 and L3 are chronic.",
            "T12",
            "L2 L3",
        ),
        (
            "Wedge fractures at T7, T9 and T11. T9 is new. The others are unchanged since 2021.",
            "T9",
            "T7 T11",
        ),
        (
            "Compression fractures of T8 and L1. Only L1 shows marrow oedema.",
            "L1",
            "T8",
        ),
        (
            "Compression fractures T8 and L1; the former is old.",
            "L1",
            "T8",
        ),
        (
            "T7, T8 and L1 vertebral fractures of varying ages: L1 is acute, the two thoracic are chronic.",
            "L1",
            "T7 T8",
        ),
        (
            "Crush fractures from T10 to L3 sparing L2, all seen on the previous scan 2023.",
            "",
            "T10 T11 T12 L1 L3",
        ),
        (
            "Wedging of T5 and T6, biconcave L4. Appearances unaltered from 2022 apart from L4, which is new.",
            "L4",
            "T5 T6",
        ),
        // A disc of an old level is no vertebra.
        (
            "Acute fractures of L1 and L4. The L4/5 disc bulge is unchanged.",
            "L1 L4",
            "",
        ),
    ] {
        let split = |levels: &str| -> Vec<String> {
            levels.split_whitespace().map(str::to_owned).collect()
        };
        assert_eq!(ages(text), (split(new), split(old)), "{text}");
    }
}

#[test]
fn a_new_break_beside_an_old_one_is_not_lost() {
    decided(&[
        (
            "There is a fracture of the distal radius and an old ulnar styloid fracture.",
            Why::Present,
        ),
        (
            "Old fractures of left ribs and a new one on the right.",
            Why::Present,
        ),
        (
            "XR pelvis and left hip\nFall. Hx right hip fracture 2018\nRight DHS in situ, previous fracture has healed. \
             Comminuted left intertrochanteric fracture.",
            Why::Present,
        ),
        (
            "Ribs: Left 7th rib is fractured, callus forming already.",
            Why::Present,
        ),
    ]);
}

#[test]
fn a_check_of_a_treated_fracture_need_not_name_it() {
    decided(&[
        (
            "XR Tib fib Left\nSlipped on ice two months ago, POP\nTibia shows bridging callus on three cortices.",
            Why::Present,
        ),
        (
            "XR Wrist Rt\nPost op d1, volar plate\nNear anatomical reduction. Styloid fragment unfixed and unchanged.",
            Why::Present,
        ),
        // Metal for something else.
        (
            "XR Foot Left\n2 weeks post bunion osteotomy, in plaster\nK wire in satisfactory position.",
            Why::NoFractureWord,
        ),
    ]);
}

#[test]
fn a_report_of_one_line_says_why_before_what() {
    decided(&[
        (
            "Right ankle. Fell from scaffolding. Comminuted pilon fracture. Calcaneum intact.",
            Why::HighEnergy,
        ),
        (
            "Right ankle. Fell off kerb. Comminuted pilon fracture. Calcaneum intact.",
            Why::Present,
        ),
    ]);
}

#[test]
fn what_is_old_beside_a_fracture_does_not_make_it_old() {
    for text in [
        "XR Chest\nFall\nFracture of the left 7th rib, no pulmonary oedema.",
        "XR Chest\nFall\nRib fractures, old scarring at the apices.",
        "XR Wrist\nFall\nFracture of the distal radius. Seen on the oblique view in keeping with a Colles injury.",
        "XR Wrist\nFall\nFracture of the distal radius, also seen on the CT.",
        "MRI pelvis\nPain\nLeft sacral fracture, elsewhere the bones are of normal marrow signal.",
        "MRI pelvis\nPain\nUndisplaced femoral neck fracture with no oedema elsewhere.",
        "CT pelvis\nFall\nFracture of the left pubic ramus, no change in the bladder.",
        "XR ribs\nFall\nRib fractures on the right. The other lung is clear and unchanged.",
        "CT abdomen\nFall\nL2 collapse. Physiological uptake elsewhere.",
        "CT pelvis\nFall\nFracture of the left pubic ramus, no difference in leg length.",
    ] {
        assert_eq!(read(text).why, Why::Present, "{text}");
    }
    decided(&[
        (
            "MRI lumbar spine\nPain\nL2 fracture with no marrow oedema.",
            Why::VertebralOld,
        ),
        (
            "XR femur\nMetastatic breast cancer\nStep in the cortex of the femoral neck in known myeloma.",
            Why::Possible,
        ),
    ]);
}

/// A mask over a bone, a denial, an age or a cause of something else: most of these were lost to one once.
#[test]
fn no_phrase_reaches_a_fracture_that_it_does_not_name() {
    for text in [
        "XR spine\nPain\nCompression fracture 40% height loss of L1.",
        "XR spine\nPain\nWedge fracture 30% loss at T8.",
        "MRI spine\nPain\nT8 is compressed to 5 mm.",
        "MRI spine\nPain\nThe cord is normal, L1 is compressed.",
        "MRI spine\nPain\nT8 compression, no signal change.",
        "XR spine\nPain\nDisc space narrowing at L4/5 and loss of height of L1.",
        "XR spine\nPain\nThe L4/5 disc is normal, L1 is reduced in height.",
        "XR spine\nPain\nCollapse of the L1 vertebral body with narrowing of the L4/5 disc space.",
        "XR elbow\nFall\nThere is an undisplaced fracture of the radial head, easily missed on the AP view.",
        "XR elbow\nFall\nThe fracture of the radial head is easily missed on the AP view.",
        "XR wrist\nFall\nFracture of the distal radius in a lady aged 72.",
        "XR hip\nFall\nNeck of femur fracture in a patient who had a stroke years ago.",
        "XR wrist\nFall\nFracture of the distal radius, there is no evidence at the elbow.",
        "XR spine\nFall\nWedge fracture of T12, there is no sign at other levels.",
        "XR ankle\nFall\nWhat looked like a sprain is a fracture of the fibula.",
        "XR wrist\nFall\nShe was taken for CT and a fracture of the distal radius is seen.",
        "CT TAP\nCancer\nMetastases in the liver, and the left hip has fractured.",
        "XR hip\nPost op\nScrews across the fracture and the distal fragment is well held.",
        "XR hip\nPost op\nPlate over the femoral fracture with broken ends of bone.",
        "XR clavicle\nFall\nFixation is not indicated for the undisplaced fracture of the clavicle.",
        "XR tibia\nFall\nThe tibia is broken through a bone infarct.",
        "XR spine\nKnown L1 fracture, pain at the level below\nWedge fracture of L2.",
        "XR wrist\nWandering, found outside, police informed\nFracture of the distal radius.",
        "XR wrist\nTripped, cleaning a cupboard\nFracture of the distal radius.",
        "XR hip\nFall\nFractured neck of femur, on the list for theatre.",
        "XR spine\nFall\nFractures of L 1 and a rib.",
        "XR ankle\nFoot rolled, it rolled over\nFracture of the lateral malleolus.",
        "XR wrist\nHit by a falling bottle\nFracture of the scaphoid.",
        "XR hip\nFall\nThere is nothing wrong with the stem but a fracture of the greater trochanter.",
        "XR hip\nFall\nNone of the metal is loose and there is a fracture of the pubic ramus.",
        "XR wrist\nFall\nFracture of the distal radius, FRAX below the treatment threshold.",
        "MRI spine\nPain\nL1 fracture, cord not compressed.",
        "MRI spine\nPain\nNothing compresses the cord. L1 has collapsed.",
        "XR spine\nPain\nOsteoporotic compression fracture of 40% height at L1.",
        "XR wrist\nTripped passing a tray through the hatch. PTO\nFracture of the distal radius.",
    ] {
        assert_eq!(read(text).list, Listing::Yes, "{text}");
    }
}
