//! Made-up people. Every NHS number is from the range that is never given to anybody.

use jiff::civil::{Date, date};
use terms::NhsNumber;
use web::view::{
    admin, candidate, care, entry,
    evidence::{CodeLine, FindingLine, Passage, Sighting},
    feeds,
    form::{Choice, Choices, DateInput, FieldError, Hidden, Input},
    imports, oversight,
    page::{AssetLinks, Chrome, NavLink, Notice, SignedIn},
    parts::{self, Act, Banner, Bar, Fact, Link, OneButton, Pagination, Tag},
    people, question,
    text::{DateText, NhsText},
    worklist,
};

pub fn nhs(stem: u32) -> NhsText {
    let number: NhsNumber = (0..10)
        .filter_map(|check| format!("{stem:09}{check}").parse().ok())
        .next()
        .expect("a stem that has a check digit");
    NhsText::from(Some(&number))
}

fn on(day: Date) -> DateText {
    DateText::from(day)
}

fn nav(current: &str, links: &[(&str, &str)]) -> Vec<NavLink> {
    links
        .iter()
        .map(|(href, text)| NavLink {
            link: Link::new(*href, *text),
            current: *href == current,
        })
        .collect()
}

const NURSE: &[(&str, &str)] = &[
    ("/today", "Today"),
    ("/patients/find", "Find a patient"),
    ("/patients/add", "Add a person"),
    ("/help", "Help"),
];
const LEAD: &[(&str, &str)] = &[
    ("/today", "Today"),
    ("/patients/find", "Find a patient"),
    ("/patients/add", "Add a person"),
    ("/said-no", "Said no"),
    ("/imports", "Imports"),
    ("/help", "Help"),
];

pub fn chrome(current: &str, who: (&str, &str, &str), links: &[(&str, &str)]) -> Chrome {
    Chrome {
        path: current.to_owned(),
        version: "0.1.0".to_owned(),
        assets: AssetLinks {
            css: "/assets/herald.css".to_owned(),
            js: "/assets/herald.js".to_owned(),
            icon: "/assets/herald.svg".to_owned(),
        },
        demo: true,
        user: Some(SignedIn {
            name: who.0.to_owned(),
            role: who.1.to_owned(),
            sites: who.2.to_owned(),
            csrf: "sample".to_owned(),
            idle_seconds: 900,
            shortcuts: false,
        }),
        nav: nav(current, links),
        ..Chrome::default()
    }
}

pub fn nurse(current: &str) -> Chrome {
    chrome(
        current,
        ("Ngozi Okafor", "Nurse", "Southend, Basildon"),
        NURSE,
    )
}

fn lead(current: &str) -> Chrome {
    chrome(
        current,
        ("Dr Helen Marsh", "Lead clinician", "All sites"),
        LEAD,
    )
}

fn coordinator(current: &str) -> Chrome {
    chrome(
        current,
        ("Priya Shah", "Coordinator", "All sites"),
        &[
            ("/today", "Today"),
            ("/patients/find", "Find a patient"),
            ("/imports", "Imports"),
            ("/help", "Help"),
        ],
    )
}

fn administrator(current: &str) -> Chrome {
    chrome(
        current,
        ("Tom Byrne", "Administrator", ""),
        &[
            ("/admin/users", "Users"),
            ("/admin/sites", "Sites"),
            ("/help", "Help"),
        ],
    )
}

fn open_chrome() -> Chrome {
    Chrome {
        user: None,
        nav: vec![],
        ..nurse("/sign-in")
    }
}

pub fn csrf() -> Vec<Hidden> {
    vec![Hidden::new("csrf", "sample")]
}

pub fn sign_in(wrong: bool) -> entry::SignIn {
    let message = "The user name or the password is not right".to_owned();
    let errors = if wrong {
        vec![FieldError {
            target: "username".into(),
            message: message.clone(),
        }]
    } else {
        vec![]
    };
    entry::SignIn {
        chrome: open_chrome().with_errors(errors).titled("Sign in", None),
        heading: "Sign in",
        lead: String::new(),
        action: "/sign-in",
        hidden: csrf(),
        inputs: vec![
            Input::text("username", "User name")
                .autocomplete("username")
                .error(wrong.then_some(message)),
            Input::password("password", "Password"),
        ],
        button: "Continue",
        demo: vec![
            entry::DemoSignIn {
                role: "Fracture liaison nurse".into(),
                username: "nurse".into(),
                password: "abcd-efgh-jkmn-pqrs".into(),
            },
            entry::DemoSignIn {
                role: "Lead clinician".into(),
                username: "lead".into(),
                password: "tuvw-xyz2-3456-789a".into(),
            },
        ],
    }
}

pub fn sign_in_code() -> entry::SignIn {
    entry::SignIn {
        chrome: open_chrome().titled("Enter your code", None),
        heading: "Enter your code",
        lead: "From the authenticator app on your phone or computer.".into(),
        action: "/sign-in/code",
        hidden: csrf(),
        inputs: vec![
            Input::text("code", "6-digit code")
                .autocomplete("one-time-code")
                .inputmode("numeric")
                .class("nhsuk-input--width-5"),
        ],
        button: "Sign in",
        demo: vec![],
    }
}

struct Sample(
    &'static str,
    u32,
    &'static str,
    &'static str,
    Option<Date>,
    &'static str,
    &'static str,
    &'static str,
);

fn rows() -> Vec<worklist::Row> {
    let list = [
        Sample(
            "AMEND, Alan (Mr)",
            999_000_001,
            "81",
            "Left hip",
            Some(date(2026, 10, 3)),
            "50",
            "Femoral neck fracture present, after a fall from standing",
            "Inpatient record and X-ray report · Southend",
        ),
        Sample(
            "BRACKENBURY-HOLLINGSWORTH, Margaret Elizabeth (Mrs)",
            999_000_002,
            "77",
            "Vertebra T12, L1",
            Some(date(2026, 10, 9)),
            "44",
            "Wedge compression of T12 and L1, said to be recent",
            "CT report · Basildon",
        ),
        Sample(
            "CHOWDHURY, Farida (Mrs)",
            999_000_003,
            "68",
            "Left wrist",
            Some(date(2026, 10, 17)),
            "36",
            "Distal radius fracture present",
            "Emergency record · Southend",
        ),
        Sample(
            "DOYLE, Patrick (Mr)",
            999_000_004,
            "72",
            "Vertebra L3",
            None,
            "31",
            "Possible loss of height at L3; the report is not sure",
            "CT report · Southend",
        ),
        Sample(
            "EZE, Chidinma (Ms)",
            999_000_005,
            "54",
            "Right ankle",
            Some(date(2026, 10, 28)),
            "25",
            "Lateral malleolus fracture present",
            "Fracture clinic list · Basildon",
        ),
        Sample(
            "FAIRWEATHER, Jean (Miss)",
            999_000_006,
            "90",
            "Pelvis",
            Some(date(2026, 11, 1)),
            "21",
            "Pubic ramus fracture present",
            "X-ray report · Southend",
        ),
        Sample(
            "GRIFFITHS, Owen (Mr)",
            999_000_007,
            "63",
            "Right upper arm",
            Some(date(2026, 11, 7)),
            "15",
            "Surgical neck of humerus fracture present, after a trip",
            "Emergency record and X-ray report · Southend",
        ),
        Sample(
            "HARGREAVES, Sylvia (Mrs)",
            999_000_008,
            "85",
            "Left wrist",
            Some(date(2026, 11, 11)),
            "11",
            "Colles fracture present",
            "X-ray report · Basildon",
        ),
        Sample(
            "IQBAL, Nasreen (Mrs)",
            999_000_009,
            "59",
            "Foot",
            Some(date(2026, 11, 14)),
            "8",
            "Fifth metatarsal fracture present",
            "Emergency record · Southend",
        ),
        Sample(
            "JOHANSSON, Lars (Mr)",
            999_000_010,
            "74",
            "Rib",
            Some(date(2026, 11, 17)),
            "5",
            "Rib fractures present, after a fall in the bathroom",
            "X-ray report · Southend",
        ),
        Sample(
            "KAMARA, Isatu (Mrs)",
            999_000_011,
            "66",
            "Left wrist",
            Some(date(2026, 11, 19)),
            "3",
            "Distal radius fracture present",
            "Emergency record · Basildon",
        ),
    ];
    list.into_iter()
        .enumerate()
        .map(|(at, s)| worklist::Row {
            id: format!("row-{}", at + 1),
            href: format!("/candidates/5f0c{at}?list=new"),
            name: s.0.into(),
            nhs: if at == 3 {
                NhsText::from(None)
            } else {
                nhs(s.1)
            },
            age: s.2.into(),
            fracture: s.3.into(),
            fracture_date: s.4.map(on),
            days: s.5.into(),
            why: s.6.into(),
            source: s.7.into(),
            tags: match at {
                1 => vec![Tag::new("Earlier fracture", parts::ORANGE)],
                3 => vec![Tag::new("Needs a look", parts::PURPLE)],
                6 => vec![Tag::new("Similar name in this list", parts::GREY)],
                _ => vec![],
            },
            aside: String::new(),
            aside_sub: String::new(),
        })
        .collect()
}

fn tabs(current: usize) -> Vec<worklist::Tab> {
    [
        ("New to confirm", "43", "/today"),
        ("Set aside", "6", "/today?list=set-aside"),
        ("Possible duplicates", "3", "/today?list=duplicates"),
    ]
    .into_iter()
    .enumerate()
    .map(|(at, (text, count, href))| worklist::Tab {
        text,
        count: count.into(),
        href: href.into(),
        current: at == current,
    })
    .collect()
}

fn filters(site: &str, fracture: &str) -> Vec<Choices> {
    vec![
        Choices::new(
            "site",
            "Hospital",
            vec![
                Choice::new("", "All my sites"),
                Choice::new("RAJ01", "Southend"),
                Choice::new("RDDH0", "Basildon"),
            ],
        )
        .choose(site),
        Choices::new(
            "fracture",
            "Fracture",
            vec![
                Choice::new("", "All"),
                Choice::new("hip", "Hip"),
                Choice::new("vertebra", "Vertebra"),
                Choice::new("wrist", "Wrist"),
            ],
        )
        .choose(fracture),
    ]
}

fn column(text: &'static str, class: &'static str, sort: &'static str) -> worklist::Column {
    worklist::Column {
        text,
        class,
        href: if sort.is_empty() {
            String::new()
        } else {
            "/today?sort=age&order=desc".into()
        },
        sort,
    }
}

pub fn today() -> worklist::Today {
    worklist::Today {
        chrome: nurse("/today").titled("Today", None),
        heading: "New to confirm".into(),
        day: "Sunday 22 November 2026".into(),
        forecast: "3 pass 60 days this week".into(),
        warnings: vec![],
        tabs: tabs(0),
        filters: filters("", ""),
        filter_hidden: vec![Hidden::new("list", "new")],
        filter_words: String::new(),
        filter_clear: "/today?list=new".into(),
        showing: "1 to 11 of 43".into(),
        order_words: "oldest fracture first".into(),
        refreshed: "as of 16:05".into(),
        columns: vec![
            column("Name and NHS number", "", "none"),
            column("Age", "app-number", "none"),
            column("Fracture", "", "ascending"),
            column("Days since", "app-number", ""),
            column("Why listed", "", "none"),
        ],
        rows: rows(),
        pagination: Pagination::new(1, 4, |n| format!("/today?list=new&page={n}")),
        empty: worklist::Empty::default(),
    }
}

pub fn today_filtered() -> worklist::Today {
    let mut page = today();
    page.chrome = page
        .chrome
        .with_notice(Some(Notice {
            good: true,
            text: "AMEND, Alan was accepted.".into(),
            undo: Some(OneButton {
                action: "/candidates/5f0c1/undo".into(),
                fields: csrf(),
                text: "Undo".into(),
            }),
        }))
        .titled("Today", Some(2));
    page.filters = filters("RAJ01", "wrist");
    page.filter_words = "Southend, wrist: 2 of 43.".into();
    page.showing = "All 2".into();
    page.rows.retain(|row| row.fracture.contains("wrist"));
    page.pagination = None;
    page.warnings = vec![worklist::Warning {
        text: "Basildon, imaging reports: nothing since 16 November (6 days); the longest gap before was 3 days".into(),
        link: Link::new("/feeds", "See the feeds"),
    }];
    page
}

pub fn today_empty() -> worklist::Today {
    worklist::Today {
        rows: vec![],
        pagination: None,
        tabs: vec![
            worklist::Tab { text: "New to confirm", count: "0".into(), href: "/today".into(), current: true },
            worklist::Tab { text: "Set aside", count: "6".into(), href: "/today?list=set-aside".into(), current: false },
        ],
        empty: worklist::Empty {
            heading: "Nobody new to confirm".into(),
            text: "Everybody whom the feeds brought has a decision. The last message came in at 15:58.".into(),
            href: "/today?list=set-aside".into(),
            link: "See the 6 set aside".into(),
        },
        ..today()
    }
}

pub fn today_set_aside() -> worklist::Today {
    let mut page = today();
    page.heading = "Set aside".into();
    page.tabs = tabs(1);
    page.columns.push(column("Comes back", "", "none"));
    page.rows.truncate(3);
    for row in &mut page.rows {
        row.aside = "30-Nov-2026".into();
        row.aside_sub = "Waiting for the CT report · Ngozi Okafor".into();
    }
    page.showing = "All 3".into();
    page.pagination = None;
    page
}

pub fn today_duplicates() -> worklist::Today {
    let mut page = today();
    page.heading = "Possible duplicates".into();
    page.tabs = tabs(2);
    page.rows.truncate(2);
    for row in &mut page.rows {
        row.why = "The NHS number belongs to somebody with another date of birth".into();
    }
    page.showing = "All 2".into();
    page.pagination = None;
    page
}

pub fn banner() -> Banner {
    Banner {
        name: "BRACKENBURY-HOLLINGSWORTH, Margaret Elizabeth (Mrs)".into(),
        href: "/patients/77ab".into(),
        born: Some(on(date(1949, 7, 14))),
        age: "77y".into(),
        died: None,
        age_at_death: String::new(),
        gender: "Female".into(),
        nhs: nhs(999_000_002),
        needs: vec!["Do not ring".into(), "Large print".into()],
        more: vec![
            Fact::new("Address", "12 Marine Parade, Leigh-on-Sea"),
            Fact::new("Postcode", "SS9 2NA"),
            Fact::new("Phone", "01632 960123"),
            Fact::new("GP practice", "F81001"),
        ],
    }
}

fn plain(text: &str) -> Passage {
    Passage {
        text: text.into(),
        mark: "",
        label: String::new(),
    }
}

fn marked(text: &str, mark: &'static str, label: &str) -> Passage {
    Passage {
        text: text.into(),
        mark,
        label: label.into(),
    }
}

fn sightings() -> Vec<Sighting> {
    vec![
        Sighting {
            id: "sighting-1".into(),
            kind: "CT report".into(),
            exam: "CT Thorax abdomen pelvis with contrast".into(),
            date: Some(on(date(2026, 10, 9))),
            hospital: "Basildon".into(),
            feed: "HL7 v2 radiology".into(),
            weight: "",
            strongest: false,
            findings: vec![
                FindingLine {
                    mark: "present",
                    status: "Present".into(),
                    what: "Vertebra T12, L1".into(),
                    code: None,
                    rule: "vertebral-wedge".into(),
                },
                FindingLine {
                    mark: "denied",
                    status: "Denied".into(),
                    what: "Rib".into(),
                    code: None,
                    rule: "no-fracture".into(),
                },
            ],
            indication: "?PE. Short of breath, pleuritic pain.".into(),
            texts: vec![vec![
                plain(
                    "No pulmonary embolus. Mild emphysema, no focal consolidation. Heart size normal.\nBones: there is ",
                ),
                marked(
                    "wedge compression of T12 and L1 with about 40% loss of anterior height",
                    "present",
                    "Vertebra T12, L1, present",
                ),
                plain(", new since the previous study of March 2024. "),
                marked(
                    "Old healed fracture of the left clavicle",
                    "old",
                    "Left collarbone, old or healed",
                ),
                plain(". "),
                marked("No rib fracture", "denied", "Rib, denied"),
                plain(". Appearances at L4 "),
                marked(
                    "may represent an early endplate fracture",
                    "possible",
                    "Vertebra L4, possible",
                ),
                plain(
                    ".\nConclusion: no PE. Osteoporotic vertebral fractures as described; suggest referral to the fracture liaison service.",
                ),
            ]],
            mechanism: "Not stated".into(),
            injured: "9 October 2026".into(),
            read_again: None,
        },
        Sighting {
            id: "sighting-2".into(),
            kind: "Emergency record".into(),
            exam: String::new(),
            date: Some(on(date(2026, 10, 8))),
            hospital: "Basildon".into(),
            feed: "Emergency attendances file".into(),
            weight: "",
            strongest: false,
            findings: vec![FindingLine {
                mark: "present",
                status: "Present".into(),
                what: "Vertebra".into(),
                code: Some(CodeLine {
                    system: "ICD-10".into(),
                    code: "S22.0".into(),
                    title: "Fracture of thoracic vertebra".into(),
                }),
                rule: "code.fracture".into(),
            }],
            indication: String::new(),
            texts: vec![],
            mechanism: "Low-energy injury: W01 Fall on same level".into(),
            injured: String::new(),
            read_again: None,
        },
    ]
}

/// As the page of a candidate shows them.
fn weighed() -> Vec<Sighting> {
    let weights = [
        "An imaging report states the fracture and its side or level",
        "Coded in the emergency department or on admission, often before the film is reported",
    ];
    let mut sightings = sightings();
    for (sighting, weight) in sightings.iter_mut().zip(weights) {
        sighting.weight = weight;
    }
    sightings[0].strongest = true;
    sightings
}

fn decision() -> candidate::Decision {
    candidate::Decision {
        action: "/candidates/5f0c1".into(),
        hidden: vec![Hidden::new("csrf", "sample"), Hidden::new("version", "7")],
        open: "",
        reject: Choices::new(
            "reason",
            "Why is this not for the service?",
            vec![
                Choice::new("not-fracture", "No fracture after all"),
                Choice::new("trauma", "High-energy injury"),
                Choice::new("pathological", "Cancer or another disease of the bone"),
                Choice::new("old", "Old fracture, already dealt with"),
                Choice::new("elsewhere", "Already under another bone service"),
                Choice::new("other", "Another reason"),
            ],
        )
        .id("reject-reason"),
        reject_note: Input::text("note", "Note (needed for another reason)").id("reject-note"),
        aside: Choices::new(
            "reason",
            "Why set aside?",
            vec![
                Choice::new("report", "Waiting for a report"),
                Choice::new("notes", "Waiting for the notes"),
                Choice::new("inpatient", "Still in hospital"),
            ],
        )
        .id("aside-reason"),
        aside_note: Input::text("note", "Note (needed for another reason)").id("aside-note"),
        until: DateInput::new("until", "Until").hint("For example, 30 11 2026"),
        belongs: Some(
            Choices::new(
                "episode",
                "Which episode?",
                vec![
                    Choice::new("e1", "Vertebra L1, 2 August 2026")
                        .hint("Accepted by Ngozi Okafor"),
                ],
            )
            .id("belongs-episode"),
        ),
    }
}

pub fn candidate() -> candidate::Candidate {
    candidate::Candidate {
        chrome: nurse("/today")
            .with_notice(Some(Notice {
                good: true,
                text: "AMEND, Alan was accepted.".into(),
                undo: Some(OneButton {
                    action: "/candidates/5f0c0/undo".into(),
                    fields: csrf(),
                    text: "Undo".into(),
                }),
            }))
            .titled("Vertebra T12, L1: decide", None),
        banner: banner(),
        back: Link::new("/today?list=new#row-2", "New to confirm"),
        position: "2 of 43".into(),
        next: Some("/candidates/5f0c2?list=new".into()),
        heading: "Vertebra T12, L1".into(),
        status: Tag::new("New to confirm", parts::BLUE),
        when: "Fractured about 9 October 2026, 44 days ago".into(),
        age: "aged 77".into(),
        hospitals: "Basildon".into(),
        why: "Wedge compression of T12 and L1, said to be recent (CT report, 9 October 2026)"
            .into(),
        alerts: vec![Fact::new(
            "Earlier fracture",
            "left wrist, March 2021: this would be a re-fracture",
        )],
        decision: Some(decision()),
        decided: String::new(),
        undo: None,
        disagreements: vec![],
        settled: vec![],
        sightings: weighed(),
        against: vec![],
        operation: String::new(),
        earlier: vec![candidate::EarlierFracture {
            what: "Left wrist".into(),
            when: "14 March 2021".into(),
            source: "X-ray report, Southend".into(),
        }],
        earlier_none: "None known from the feeds. Nobody has asked the patient yet.".into(),
        duplicates: vec![],
        duplicates_none: "None found by NHS number, or by name and date of birth.".into(),
        history: vec![Act {
            what: "Set aside until 1 November 2026".into(),
            who: "Ngozi Okafor".into(),
            when: "12 October 2026, 09:14".into(),
        }],
    }
}

/// The emergency department coded what the report denies, and a CT settled what a film denied.
pub fn candidate_disputed() -> candidate::Candidate {
    let mut page = candidate();
    let party = |place: &str, source: &str, said: &str| candidate::Party {
        source: Link::new(place, source),
        said: said.into(),
    };
    let emergency = || {
        party(
            "#sighting-2",
            "Emergency attendance, 8 October 2026, Basildon",
            "Vertebra: fracture (S22.0 Fracture of thoracic vertebra)",
        )
    };
    page.chrome = nurse("/today").titled("Vertebra T12, L1: decide", None);
    page.disagreements = vec![candidate::Disagreement {
        about: "One source says fracture, a report of that bone says none",
        says: emergency(),
        but: party(
            "#sighting-3",
            "Imaging report, XR Thoracic spine, 8 October 2026, Basildon",
            "Vertebra: no fracture (“No vertebral fracture”)",
        ),
        outcome: "Look at both sources.",
    }];
    page.settled = vec![candidate::Disagreement {
        about: "One source says fracture, a report of that bone says none",
        says: emergency(),
        but: party(
            "#sighting-3",
            "Imaging report, XR Thoracic spine, 8 October 2026, Basildon",
            "Vertebra: no fracture (“No vertebral fracture”)",
        ),
        outcome: "A later CT, MRI or bone scan shows it, which outweighs the earlier examination.",
    }];
    page.operation = "V44.5 Balloon kyphoplasty of a fractured vertebra".into();
    page.against = vec![Sighting {
        id: "sighting-3".into(),
        kind: "Imaging report".into(),
        exam: "XR Thoracic spine".into(),
        weight: "Speaks against the fracture; it closes nothing by itself",
        strongest: false,
        indication: String::new(),
        findings: vec![],
        texts: vec![vec![marked(
            "No vertebral fracture",
            "denied",
            "Vertebra, denied",
        )]],
        ..sightings().remove(0)
    }];
    page
}

pub fn candidate_error() -> candidate::Candidate {
    let mut page = candidate();
    let message = "Choose why this is not for the service".to_owned();
    page.chrome = nurse("/today")
        .with_errors(vec![FieldError {
            target: "reject-reason".into(),
            message: message.clone(),
        }])
        .titled("Vertebra T12, L1: decide", None);
    if let Some(decision) = &mut page.decision {
        decision.open = "reject";
        decision.reject = decision.reject.clone().error(Some(message));
    }
    page
}

pub fn candidate_decided() -> candidate::Candidate {
    let mut page = candidate();
    page.chrome = nurse("/today").titled("Vertebra T12, L1", None);
    page.banner.died = Some("2 November 2026".into());
    page.banner.age.clear();
    page.banner.age_at_death = "77y".into();
    page.decision = None;
    page.decided = "Rejected by Dr Helen Marsh on 3 November 2026: died before assessment.".into();
    page.undo = Some(OneButton {
        action: "/candidates/5f0c1/undo".into(),
        fields: csrf(),
        text: "Undo this decision".into(),
    });
    page.status = Tag::new("Rejected", parts::GREY);
    page
}

pub fn conflict() -> candidate::Conflict {
    candidate::Conflict {
        chrome: nurse("/today").titled("This changed while you were looking at it", None),
        banner: Some(banner()),
        yours: "Reject".into(),
        yours_facts: vec![Fact::new("Reason", "High-energy injury")],
        changes: vec![Act {
            what: "Accepted".into(),
            who: "Dr Helen Marsh".into(),
            when: "Today, 16:02".into(),
        }],
        again: Link::new("/candidates/5f0c1", "Look again"),
        back: Link::new("/today", "Back to Today"),
    }
}

pub fn question() -> question::Question {
    let row = |label: &str, incoming: &str, known: [&str; 2]| question::Row {
        label: label.into(),
        incoming: incoming.into(),
        cells: known
            .into_iter()
            .map(|known| question::Cell::compared(incoming, known))
            .collect(),
    };
    question::Question {
        chrome: coordinator("/today").titled("Is this the same person?", None),
        back: Link::new("/today?list=duplicates", "Possible duplicates"),
        position: "1 of 3".into(),
        question:
            "The hospital sent an NHS number that belongs to somebody with another date of birth."
                .into(),
        incoming_heading: "What the hospital sent".into(),
        incoming_source: "HL7 v2 patient administration, Southend, 20-Nov-2026".into(),
        people: vec![
            question::PersonColumn {
                id: "p1".into(),
                heading: "DOYLE, Patrick (Mr)".into(),
                sub: "Same NHS number".into(),
            },
            question::PersonColumn {
                id: "p2".into(),
                heading: "DOYLE, Padraig (Mr)".into(),
                sub: "Same name and postcode".into(),
            },
        ],
        rows: vec![
            row("Family name", "DOYLE", ["Doyle", "Doyle"]),
            row("Given name", "Patrick", ["Patrick", "Padraig"]),
            row(
                "Born",
                "12 March 1954",
                ["3 December 1954", "12 March 1954"],
            ),
            row("Gender", "Male", ["Male", "Male"]),
            row("NHS number", "999 000 0042", ["999 000 0042", ""]),
            row("Hospital numbers", "RAJ 4410023", ["RAJ 3300871", ""]),
            row("Postcode", "SS2 6AB", ["CM1 4QR", "SS2 6AB"]),
            row("Phone", "", ["01632 960771", ""]),
            row("GP practice", "F81022", ["F81022", "F81141"]),
        ],
        also: String::new(),
        can_decide: true,
        action: "/questions/9a".into(),
        hidden: csrf(),
        new_text: "Neither: a new person".into(),
        sightings: sightings().into_iter().skip(1).collect(),
        results: Vec::new(),
    }
}

fn found() -> Vec<people::FoundRow> {
    vec![people::FoundRow {
        href: "/patients/77ab".into(),
        name: "BRACKENBURY-HOLLINGSWORTH, Margaret Elizabeth (Mrs)".into(),
        nhs: nhs(999_000_002),
        born: Some(on(date(1949, 7, 14))),
        age: "77y".into(),
        gender: "Female".into(),
        postcode: "SS9 2NA".into(),
    }]
}

fn term(value: &str) -> Input {
    Input::text(
        "term",
        "NHS number, or family name and part of the given name",
    )
    .hint("For example, 999 123 4567 or amend al")
    .value(value)
}

pub fn find() -> people::Find {
    people::Find {
        chrome: nurse("/patients/find").titled("Find a patient", None),
        hidden: csrf(),
        term: term("brackenbury"),
        searched: true,
        can_add: true,
        showing: "1 person".into(),
        none_words: String::new(),
        rows: found(),
    }
}

pub fn find_none() -> people::Find {
    people::Find {
        rows: vec![],
        none_words: "Nobody at your sites has this name or number. Somebody at another site would not show here.".into(),
        ..find()
    }
}

pub fn patient() -> people::Patient {
    let fact =
        |class, what: &str, detail: &str, by: &str, source: Vec<Fact>| people::TimelineFact {
            class,
            what: what.into(),
            detail: detail.into(),
            by: by.into(),
            source,
        };
    people::Patient {
        chrome: nurse("/patients/find").titled("Record", None),
        banner: Banner {
            href: String::new(),
            ..banner()
        },
        alerts: vec![Fact::new(
            "Re-fracture",
            "vertebra after left wrist of March 2021",
        )],
        episodes: vec![
            people::EpisodeLine {
                href: "/candidates/5f0c1".into(),
                what: "Vertebra T12, L1".into(),
                status: Tag::new("New to confirm", parts::BLUE),
                when: "About 9 October 2026".into(),
                sightings: "2 sightings".into(),
                next: "Next: confirm or reject, 44 days waiting".into(),
                steps: Vec::new(),
            },
            people::EpisodeLine {
                href: "/candidates/5f0c9".into(),
                what: "Left wrist".into(),
                status: Tag::new("Accepted", parts::GREEN),
                when: "14 March 2021".into(),
                sightings: "3 sightings".into(),
                next: "Next: assessment".into(),
                steps: [
                    ("Found", "done", "Done 14-Mar-2021"),
                    ("Assessed", "now", "Due 11-Jun-2021"),
                    ("Decided", "later", "Later"),
                ]
                .map(|(name, class, words)| care::Step {
                    name: name.into(),
                    class,
                    words: words.into(),
                })
                .to_vec(),
            },
        ],
        timeline: vec![
            people::TimelineDay {
                date: on(date(2026, 10, 12)),
                facts: vec![fact(
                    "staff",
                    "Set aside until 1 November 2026",
                    "Waiting for a report",
                    "Ngozi Okafor, 12 October 2026, 09:14",
                    vec![],
                )],
            },
            people::TimelineDay {
                date: on(date(2026, 10, 9)),
                facts: vec![
                    fact(
                        "seen",
                        "Fracture seen: vertebra T12, L1, present",
                        "“wedge compression of T12 and L1 with about 40% loss of anterior height”",
                        "CT report, Basildon: where this came from",
                        vec![
                            Fact::new("Message", "ORU^R01, control id 20261009-118"),
                            Fact::new("Received", "9 October 2026, 17:40"),
                            Fact::new("File", "basildon-radiology-2026-10.hl7, line 2,210"),
                            Fact::new("Rule", "vertebral-wedge"),
                        ],
                    ),
                    fact(
                        "system",
                        "Listed as a candidate",
                        "Aged 50 or over, fracture present",
                        "Herald 0.1.0",
                        vec![],
                    ),
                ],
            },
            people::TimelineDay {
                date: on(date(2026, 10, 8)),
                facts: vec![fact(
                    "seen",
                    "Fracture seen: vertebra, present",
                    "S22.0 Fracture of thoracic vertebra",
                    "Emergency record, Basildon: where this came from",
                    vec![Fact::new("File", "ed-2026-10.csv, line 88")],
                )],
            },
        ],
        pagination: None,
        details: vec![
            Fact::new("Address", "12 Marine Parade\nLeigh-on-Sea\nSS9 2NA"),
            Fact::new("Phone", "01632 960123"),
            Fact::new("GP practice", "F81001"),
            Fact::new("Hospital numbers", "RDD 1182003"),
        ],
        lookers: vec![
            Act {
                what: "opened the candidate".into(),
                who: "Ngozi Okafor".into(),
                when: "today, 16:01".into(),
            },
            Act {
                what: "opened the record".into(),
                who: "Dr Helen Marsh".into(),
                when: "12 October 2026, 11:30".into(),
            },
        ],
        lookers_more: "The privacy officer sees all 14.".into(),
        needs: "/patients/77ab/needs".into(),
    }
}

pub fn add() -> people::Add {
    people::Add {
        chrome: nurse("/patients/add")
            .with_errors(vec![FieldError {
                target: "family".into(),
                message: "Enter a family name or an NHS number".into(),
            }])
            .titled("Add a person whom no feed brought", None),
        hidden: csrf(),
        who: vec![
            Input::text("nhs", "NHS number")
                .class("nhsuk-input--width-10")
                .inputmode("numeric"),
            Input::text("title", "Title").class("nhsuk-input--width-5"),
            Input::text("family", "Family name")
                .error(Some("Enter a family name or an NHS number".into())),
            Input::text("given", "Given names"),
            Input::text("postcode", "Postcode").class("nhsuk-input--width-10"),
            Input::text("phone", "Phone").class("nhsuk-input--width-20"),
        ],
        born: DateInput::new("born", "Date of birth").hint("For example, 14 7 1945"),
        sex: Choices::new(
            "sex",
            "Gender",
            vec![
                Choice::new("female", "Female"),
                Choice::new("male", "Male"),
                Choice::new("not-known", "Not known"),
            ],
        )
        .inline(),
        fracture: vec![
            Choices::new(
                "site",
                "Which bone",
                vec![Choice::new("", "Choose"), Choice::new("hip", "Hip")],
            ),
            Choices::new(
                "side",
                "Side",
                vec![
                    Choice::new("", "Not known or not paired"),
                    Choice::new("left", "Left"),
                ],
            ),
            Choices::new(
                "hospital",
                "Hospital",
                vec![Choice::new("RAJ01", "Southend")],
            ),
        ],
        fractured: DateInput::new("fractured", "Date of the fracture")
            .hint("Leave the day, or day and month, empty when not known"),
        levels: Input::text("levels", "Vertebrae, if any").class("nhsuk-input--width-10"),
        how: Input::text("how", "How it happened"),
        source: Choices::new(
            "source",
            "Source",
            vec![
                Choice::new("ward", "Ward"),
                Choice::new("gp", "GP"),
                Choice::new("radiologist", "Radiologist"),
                Choice::new("self", "The patient or family"),
            ],
        )
        .inline(),
    }
}

pub fn imports() -> imports::Imports {
    imports::Imports {
        chrome: coordinator("/imports").titled("Imports", None),
        showing: "All 3".into(),
        rows: vec![
            imports::FileRow {
                href: "/imports/4".into(),
                name: "basildon-radiology-2026-10.hl7".into(),
                kind: "HL7 v2".into(),
                when: "today, 16:02".into(),
                state: Tag::new("Reading", parts::BLUE),
                counts: ["18,400", "9,120", "0", "4", "511", "2"].map(String::from),
            },
            imports::FileRow {
                href: "/imports/3".into(),
                name: "ed-2026-10.csv".into(),
                kind: "Emergency attendances (ECDS)".into(),
                when: "today, 09:10".into(),
                state: Tag::new("Done", parts::GREEN),
                counts: ["1,204", "1,180", "0", "6", "15", "3"].map(String::from),
            },
            imports::FileRow {
                href: "/imports/2".into(),
                name: "payroll.csv".into(),
                kind: "Not known".into(),
                when: "21 November 2026, 17:00".into(),
                state: Tag::new("Refused", parts::RED),
                counts: ["0", "0", "0", "0", "0", "0"].map(String::from),
            },
        ],
        pagination: None,
        upload: Some(imports::Upload {
            hidden: csrf(),
            profile: Choices::new(
                "profile",
                "What it is",
                vec![
                    Choice::new("auto", "Let Herald tell"),
                    Choice::new("hl7", "HL7 v2 messages"),
                    Choice::new("ecds", "Emergency attendances (ECDS)"),
                ],
            ),
            file_error: None,
        }),
    }
}

fn sum(class: &'static str, label: &str, count: &str, note: &str) -> imports::Sum {
    imports::Sum {
        class,
        label: label.into(),
        count: count.into(),
        note: note.into(),
        ..imports::Sum::default()
    }
}

fn import(state: Tag, running: bool) -> imports::Import {
    imports::Import {
        chrome: coordinator("/imports").titled("ed-2026-10.csv", None),
        name: "ed-2026-10.csv".into(),
        state,
        kind: "Emergency attendances (ECDS)".into(),
        when: "uploaded by Priya Shah, 22 November 2026, 09:10".into(),
        running,
        refused: String::new(),
        refused_advice: String::new(),
        progress: running.then(|| imports::Progress {
            words: "820 of 1,204 rows read".into(),
            thousandths: 681,
        }),
        bar: Bar::new(
            "1,204 received: 1,180 new, 0 already had, 6 held, 15 ignored, 3 rejected".into(),
            &[
                ("new", 1180),
                ("had", 0),
                ("held", 6),
                ("ignored", 15),
                ("rejected", 3),
            ],
        ),
        sums: vec![
            sum("new", "New", "1,180", "Stored and read."),
            sum("had", "Already had", "0", "The same row came before."),
            imports::Sum {
                href: "/today?list=duplicates".into(),
                link: "Answer them".into(),
                ..sum("held", "Held", "6", "Waits for a person to say who it is.")
            },
            sum("ignored", "Ignored", "15", "With these reasons:"),
            imports::Sum {
                row_class: "app-sums__part",
                ..sum("ignored", "Under the age that the service takes", "13", "")
            },
            imports::Sum {
                row_class: "app-sums__part",
                ..sum("ignored", "Outside the area", "2", "")
            },
            imports::Sum {
                href: "#errors".into(),
                link: "See the rows".into(),
                ..sum("rejected", "Rejected", "3", "Could not be used.")
            },
        ],
        total: "1,204".into(),
        balance: "1,180 + 0 + 6 + 15 + 3 = 1,204".into(),
        fault_count: "4".into(),
        faults: vec![
            imports::FaultRow {
                line: "14".into(),
                column: "F".into(),
                header: "INJURY_DATE".into(),
                value: "31/02/2026".into(),
                problem: "31/02/2026 is not a real date".into(),
                advice: "Correct the date at the source and send the row again.".into(),
                severity: Tag::new("Rejected", parts::RED),
            },
            imports::FaultRow {
                line: "88".into(),
                column: "B".into(),
                header: "NHS_NUMBER".into(),
                value: "999 000 0017".into(),
                problem: "The check digit is wrong: a digit was probably mistyped".into(),
                advice: "The row is kept without the number and goes to Possible duplicates."
                    .into(),
                severity: Tag::new("Used without it", parts::YELLOW),
            },
        ],
        faults_none: "None.".into(),
        showing: "All 2".into(),
        errors_csv: "/imports/3/errors.csv".into(),
        pagination: None,
    }
}

pub fn import_running() -> imports::Import {
    import(Tag::new("Reading", parts::BLUE), true)
}

pub fn import_done() -> imports::Import {
    import(Tag::new("Done", parts::GREEN), false)
}

pub fn import_refused() -> imports::Import {
    imports::Import {
        refused: "Only 2 of the first 200 rows have a valid NHS number, and no header is known."
            .into(),
        refused_advice:
            "This is probably another file. If it is right, name its headers in a profile file."
                .into(),
        bar: None,
        sums: vec![],
        faults: vec![],
        fault_count: "0".into(),
        ..import(Tag::new("Refused", parts::RED), false)
    }
}

pub fn said_no() -> oversight::SaidNo {
    let row = |label: &str, note: &str, counts: [&str; 4], total: &str| oversight::ReasonRow {
        label: label.into(),
        note: note.into(),
        counts: counts.into_iter().map(String::from).collect(),
        total: total.into(),
    };
    oversight::SaidNo {
        chrome: lead("/said-no").titled("What the reader said no to", None),
        sources: ["X-ray and CT reports", "Emergency records", "Inpatient records", "Clinic lists"].map(String::from).to_vec(),
        rows: vec![
            row("No fracture word", "nothing about a fracture in the text", ["6,120", "0", "0", "11"], "6,131"),
            row("No fracture code", "no code of the list", ["0", "1,410", "822", "0"], "2,232"),
            row("All denied", "every fracture spoken of is denied", ["1,904", "0", "0", "6"], "1,910"),
            row("Old only", "old or healed, and not a vertebra", ["208", "3", "12", "0"], "223"),
            row("High energy", "fall from height, road traffic", ["11", "96", "41", "2"], "150"),
        ],
        totals: ["8,243", "1,509", "875", "19", "10,646"].map(String::from).to_vec(),
        estimate: "1.7%".into(),
        estimate_words: "2 of 120 read were missed: between 0.5% and 5.9% (95% interval), which is 50 to 625 people of 10,646.".into(),
        interval: Some(oversight::Interval { words: "1.7%, 95% interval 0.5% to 5.9%, on a line from 0% to 10%".into(), low: 50, width: 540, point: 170, scale: "10%".into() }),
        can_judge_layouts: true,
        sensitivity: [
            ["All", "812", "10,646", "120", "5", "82%", "61% to 94%"],
            ["Southend, imaging reports", "301", "8,243", "90", "4", "Not enough reviewed yet", ""],
        ]
        .map(|row| row.map(String::from).to_vec())
        .to_vec(),
        months: Some(oversight::Months {
            words: "1 of 2 months have an estimate.".into(),
            scale: vec![("188".into(), "0%".into()), ("12".into(), "100%".into())],
            months: vec![
                oversight::Month {
                    at: "64".into(),
                    name: "Oct".into(),
                    drawn: None,
                    row: ["October 2026", "40", "510", "0", "0", "Not enough reviewed yet", ""].map(String::from).to_vec(),
                },
                oversight::Month {
                    at: "694".into(),
                    name: "Nov".into(),
                    drawn: Some(oversight::Drawn { value: "44".into(), lower: "80".into(), upper: "22".into() }),
                    row: ["November 2026", "812", "10,646", "120", "5", "82%", "61% to 94%"].map(String::from).to_vec(),
                },
            ],
        }),
        sample: vec![Fact::new("Drawn", "150, at random by source"), Fact::new("Read", "120"), Fact::new("Agree", "115"), Fact::new("Missed", "2"), Fact::new("Not sure", "3")],
        can_review: true,
    }
}

fn warning(nth: u32, seen: &str) -> feeds::Warning {
    feeds::Warning {
        text: "Southend, imaging reports: 12 came in the week of 9 November, usually 95 to 140"
            .into(),
        seen: seen.into(),
        fields: vec![Hidden::new("site", "RAJ01")],
        note: Input::text("note", "What was found or done").id(&format!("note-{nth}")),
    }
}

pub fn feeds() -> feeds::Feeds {
    feeds::Feeds {
        chrome: lead("/feeds").titled("Feeds and reader", None),
        day: "22 November 2026".into(),
        hidden: csrf(),
        standing: vec![warning(1, ""), warning(2, "")],
        seen: vec![warning(
            3,
            "Cora Made-Up, 20 November 2026, 09:10: the interface was down",
        )],
        feeds: vec![feeds::Feed {
            id: "feed-1".into(),
            name: "Southend: imaging reports".into(),
            line: "Something last came on 22 November 2026.".into(),
            words: "2 weeks.".into(),
            points: vec![
                feeds::Bar {
                    x: "56".into(),
                    y: "20".into(),
                    complete: true,
                    words: "Week of 9 November 2026: 12".into(),
                },
                feeds::Bar {
                    x: "702".into(),
                    y: "60".into(),
                    complete: false,
                    words: "Week of 16 November 2026: 4".into(),
                },
            ],
            path: "56,20 702,60".into(),
            most: "12".into(),
            first: "9 Nov 2026".into(),
            last: "16 Nov 2026".into(),
            rows: vec![
                [
                    "9 November 2026",
                    "12",
                    "8",
                    "2",
                    "1",
                    "5 every fracture denied",
                ]
                .map(String::from)
                .to_vec(),
            ],
        }],
    }
}

pub fn feeds_empty() -> feeds::Feeds {
    feeds::Feeds {
        standing: vec![],
        seen: vec![],
        feeds: vec![],
        ..feeds()
    }
}

pub fn layouts() -> feeds::Layouts {
    feeds::Layouts {
        chrome: lead("/layouts").titled("New report layouts", None),
        rows: vec![feeds::LayoutRow {
            href: "/layouts/1".into(),
            heading: "Peer statement".into(),
            hospital: "Southend".into(),
            state: Tag::new("New", parts::PURPLE),
            reports: "212".into(),
            waiting: "207".into(),
            since: "20 November 2026, 09:10".into(),
            said: String::new(),
        }],
    }
}

pub fn layouts_empty() -> feeds::Layouts {
    feeds::Layouts {
        rows: vec![],
        ..layouts()
    }
}

pub fn layout() -> feeds::Layout {
    let mut sightings = sightings();
    sightings.truncate(1);
    feeds::Layout {
        chrome: lead("/layouts").titled("Report layout", None),
        heading: "Peer statement".into(),
        facts: vec![
            Fact::new("Hospital", "Southend"),
            Fact::new("Waiting", "207"),
        ],
        action: "/layouts/1".into(),
        hidden: csrf(),
        note: Input::text("note", "Note (may be left out)"),
        waiting: "207 reports that wait".into(),
        samples: vec![feeds::Sample {
            name: "TESTPERSON, Alma".into(),
            sightings,
        }],
    }
}

pub fn review() -> oversight::Review {
    let mut sightings = sightings();
    sightings.truncate(1);
    for sighting in &mut sightings {
        sighting.read_again = Some(OneButton {
            action: "/reader".into(),
            fields: csrf(),
            text: "See how this report was read".into(),
        });
    }
    oversight::Review {
        chrome: lead("/said-no").titled("Was no right?", None),
        banner: Some(banner()),
        position: "121 of 150".into(),
        item: Some(oversight::ReviewItem {
            action: "/said-no/review/7c".into(),
            hidden: csrf(),
            reason: "All denied: every fracture spoken of is denied".into(),
            sightings,
        }),
    }
}

pub fn review_finished() -> oversight::Review {
    oversight::Review {
        banner: None,
        item: None,
        position: String::new(),
        ..review()
    }
}

pub fn privacy() -> oversight::Privacy {
    oversight::Privacy {
        chrome: chrome(
            "/privacy",
            ("Grace Addo", "Privacy officer", ""),
            &[("/privacy", "Privacy"), ("/help", "Help")],
        )
        .titled("Privacy", None),
        hidden: csrf(),
        number: Input::text("nhs", "NHS number").inputmode("numeric"),
        user: Choices::new(
            "user",
            "User",
            vec![Choice::new("", "Choose"), Choice::new("u1", "Ngozi Okafor")],
        ),
        result: Some(oversight::AccessTable {
            heading: "Who saw this patient".into(),
            showing: "All 2".into(),
            note: "newest first".into(),
            headers: vec!["When", "Who", "Role", "What", "Page"],
            rows: vec![
                [
                    "22 November 2026, 16:01",
                    "Ngozi Okafor",
                    "Nurse",
                    "Viewed",
                    "Candidate",
                ]
                .map(String::from)
                .to_vec(),
                [
                    "12 October 2026, 11:30",
                    "Dr Helen Marsh",
                    "Lead clinician",
                    "Viewed",
                    "Record",
                ]
                .map(String::from)
                .to_vec(),
            ],
        }),
    }
}

pub fn users() -> admin::Users {
    let row = |name: &str, username: &str, role: &str, sites: &str, state: Tag| admin::UserRow {
        href: format!("/admin/users/{username}"),
        name: name.into(),
        username: username.into(),
        role: role.into(),
        sites: sites.into(),
        state,
    };
    admin::Users {
        chrome: administrator("/admin/users").titled("Users", None),
        showing: "All 3".into(),
        rows: vec![
            row(
                "Ngozi Okafor",
                "nokafor",
                "Nurse",
                "Southend, Basildon",
                Tag::new("Active", parts::GREEN),
            ),
            row(
                "Priya Shah",
                "pshah",
                "Coordinator",
                "All sites",
                Tag::new("Active", parts::GREEN),
            ),
            row(
                "John Smith",
                "jsmith",
                "Nurse",
                "Broomfield",
                Tag::new("Disabled", parts::GREY),
            ),
        ],
    }
}

pub fn user() -> admin::User {
    admin::User {
        chrome: administrator("/admin/users").titled("Ngozi Okafor", None),
        heading: "Ngozi Okafor".into(),
        facts: vec![
            Fact::new("User name", "nokafor"),
            Fact::new("Last signed in", "today, 15:40"),
        ],
        action: "/admin/users/nokafor".into(),
        hidden: csrf(),
        inputs: vec![],
        role: Choices::new(
            "role",
            "Role",
            vec![
                Choice::new("nurse", "Nurse").hint("Confirms, assesses, writes"),
                Choice::new("coordinator", "Coordinator").hint("Feeds, duplicates, appointments"),
            ],
        )
        .choose("nurse"),
        sites: Choices::new(
            "sites",
            "Sites",
            vec![
                Choice::new("RAJ01", "Southend"),
                Choice::new("RDDH0", "Basildon"),
                Choice::new("RQ8L0", "Broomfield"),
            ],
        )
        .choose_all(&["RAJ01".into(), "RDDH0".into()]),
        active: Some(
            Choices::new(
                "active",
                "May sign in",
                vec![Choice::new("yes", "Yes"), Choice::new("no", "No, disabled")],
            )
            .inline()
            .choose("yes"),
        ),
        save: "Save",
        reset: "/admin/users/nokafor/reset".into(),
    }
}

pub fn user_secret() -> admin::UserSecret {
    admin::UserSecret {
        chrome: administrator("/admin/users").titled("Sign-in for Ngozi Okafor", None),
        name: "Ngozi Okafor".into(),
        username: "nokafor".into(),
        password: "candle-orbit-7-lantern-moss".into(),
        secret: "JBSW Y3DP EHPK 3PXP".into(),
        otpauth: "otpauth://totp/Herald:nokafor?secret=JBSWY3DPEHPK3PXP&issuer=Herald".into(),
    }
}

pub fn sites() -> admin::Sites {
    admin::Sites {
        chrome: administrator("/admin/sites").titled("Sites", None),
        rows: vec![
            admin::SiteRow {
                name: "Southend".into(),
                code: "RAJ01".into(),
            },
            admin::SiteRow {
                name: "Basildon".into(),
                code: "RDDH0".into(),
            },
        ],
        hidden: csrf(),
        inputs: vec![
            Input::text("code", "ODS code").class("nhsuk-input--width-10"),
            Input::text("name", "Name"),
        ],
    }
}

pub fn account() -> entry::Account {
    entry::Account {
        chrome: nurse("/account").titled("Your account", None),
        facts: vec![
            Fact::new("Name", "Ngozi Okafor"),
            Fact::new("Role", "Nurse"),
            Fact::new("Sites", "Southend, Basildon"),
        ],
        sessions: vec![
            Act {
                what: "This session".into(),
                who: "since 15:40".into(),
                when: "ends at 03:40 at the latest".into(),
            },
            Act {
                what: "Another session".into(),
                who: "since 08:10".into(),
                when: "last used 11:55".into(),
            },
        ],
        hidden: csrf(),
        shortcuts: Choices::new(
            "shortcuts",
            "Alt and a letter",
            vec![Choice::new("off", "Off"), Choice::new("on", "On")],
        )
        .inline()
        .choose("off"),
    }
}

pub fn help() -> entry::Help {
    entry::Help {
        chrome: nurse("/help").titled("Help", None),
    }
}

pub fn resume() -> entry::Resume {
    entry::Resume {
        chrome: nurse("/resume").titled("What you typed was kept", None),
        about: "It was the form to add a person.".into(),
        typed: vec![
            Fact::new("Family name", "Amend"),
            Fact::new("How it happened", "Tripped on the kerb"),
        ],
        action: "/patients/add".into(),
        hidden: vec![
            Hidden::new("csrf", "sample"),
            Hidden::new("family", "Amend"),
        ],
    }
}

pub fn not_found() -> entry::Failure {
    entry::Failure {
        chrome: nurse("").titled("Page not found", None),
        heading: "Page not found".into(),
        paragraphs: vec![
            "There is nothing at this address, or it belongs to a site that is not yours.".into(),
        ],
        reference: String::new(),
        back: Link::new("/", "Go to your start page"),
    }
}
