use std::{collections::BTreeSet, fmt::Display};

use super::ServiceRules;

pub(super) fn differences(from: &ServiceRules, to: &ServiceRules) -> Vec<String> {
    let mut words = Vec::new();
    for site in from.sites_not_taken.difference(&to.sites_not_taken) {
        words.push(format!("{}: taken from now on", site.words()));
    }
    for site in to.sites_not_taken.difference(&from.sites_not_taken) {
        words.push(format!("{}: no longer taken", site.words()));
    }
    if from.steps_low_energy != to.steps_low_energy {
        words.push(format!(
            "A fall counts as low energy down up to {}, not {}",
            steps(to.steps_low_energy),
            steps(from.steps_low_energy)
        ));
    }
    if from.youngest != to.youngest {
        words.push(format!(
            "Youngest age at the fracture: {}, not {}",
            to.youngest, from.youngest
        ));
    }
    words.extend(set(
        "practice",
        "practices",
        &from.area.practices,
        &to.area.practices,
    ));
    words.extend(set(
        "postcode",
        "postcodes",
        &from.area.postcodes,
        &to.area.postcodes,
    ));
    words
}

fn steps(number: u8) -> String {
    match number {
        0 => "no step".to_owned(),
        1 => "1 step".to_owned(),
        more => format!("{more} steps"),
    }
}

/// An empty set takes everything in, so emptying one and filling one are more than a difference in members.
fn set<T: Ord + Display>(
    one: &str,
    many: &str,
    from: &BTreeSet<T>,
    to: &BTreeSet<T>,
) -> Vec<String> {
    let listed = |members: Vec<&T>| {
        let shown: Vec<String> = members.iter().take(20).map(|m| m.to_string()).collect();
        let more = match members.len() - shown.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let named = if members.len() == 1 { one } else { many };
        format!("{} {named}: {}{more}", members.len(), shown.join(", "))
    };
    if from == to {
        return Vec::new();
    }
    if to.is_empty() {
        return vec![format!(
            "Any {one} counts as inside the area, not only {}",
            listed(from.iter().collect())
        )];
    }
    if from.is_empty() {
        return vec![format!(
            "Inside the area only {}",
            listed(to.iter().collect())
        )];
    }
    let parts = [
        ("Added to the area", to.difference(from).collect::<Vec<_>>()),
        ("Taken out of the area", from.difference(to).collect()),
    ];
    parts
        .into_iter()
        .filter(|(_, members)| !members.is_empty())
        .map(|(what, members)| format!("{what}, {}", listed(members)))
        .collect()
}

#[cfg(test)]
mod tests {
    use terms::Site;

    use super::*;

    #[test]
    fn every_rule_that_differs_is_named_once() {
        let from = ServiceRules::default();
        assert!(from.differences(&from).is_empty());
        let mut to = from.clone();
        to.sites_not_taken.remove(&Site::Finger);
        to.sites_not_taken.insert(Site::Rib);
        to.steps_low_energy = 1;
        to.youngest = 55;
        to.area.practices = ["F81001".parse().unwrap()].into();
        to.area.postcodes = ["SS".to_owned(), "CM".to_owned()].into();
        assert_eq!(
            from.differences(&to),
            [
                "Finger: taken from now on",
                "Rib: no longer taken",
                "A fall counts as low energy down up to 1 step, not 3 steps",
                "Youngest age at the fracture: 55, not 50",
                "Inside the area only 1 practice: F81001",
                "Inside the area only 2 postcodes: CM, SS",
            ]
        );
        let mut third = to.clone();
        third.area.practices.clear();
        third.area.postcodes = ["CM".to_owned(), "RM".to_owned()].into();
        assert_eq!(
            to.differences(&third),
            [
                "Any practice counts as inside the area, not only 1 practice: F81001",
                "Added to the area, 1 postcode: RM",
                "Taken out of the area, 1 postcode: SS",
            ]
        );
    }
}
