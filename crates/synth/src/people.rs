//! Made-up people. Every NHS number is in the 999 range, which is never issued; every telephone number is in the
//! range that Ofcom keeps for drama.

use jiff::{ToSpan, civil::Date};
use terms::{NhsNumber, OdsCode, PersonName, Sex};

use crate::{
    dice::Dice,
    places::{self, Hospital},
};

/// How many different numbers [`nhs_number`] has.
pub const NHS_NUMBERS: u32 = 9 * 99_999;

/// The `n`th made-up NHS number, all different for `n` below [`NHS_NUMBERS`]; beyond that they come round again.
///
/// Of the ten numbers that share their first eight digits nine are used, so that those without a valid check
/// digit can be skipped by arithmetic alone.
pub fn nhs_number(n: u32) -> NhsNumber {
    let n = n % NHS_NUMBERS;
    let (prefix, nth) = (99_900_000 + n / 9, n % 9);
    let sum: u32 = digits(prefix, 8)
        .zip((3..=10).rev())
        .map(|(digit, weight)| digit * weight)
        .sum();
    let check = |last: u32| match 11 - (sum + 2 * last) % 11 {
        11 => Some(0),
        10 => None,
        digit => Some(digit),
    };
    let text = (0..10)
        .filter_map(|last| check(last).map(|digit| format!("{prefix}{last}{digit}")))
        .nth(nth as usize)
        .unwrap_or_default();
    #[expect(
        clippy::expect_used,
        reason = "at most one of ten has no check digit; a test walks them all"
    )]
    text.parse().expect("the check digit was computed")
}

fn digits(number: u32, count: u32) -> impl Iterator<Item = u32> {
    (0..count)
        .rev()
        .map(move |place| number / 10u32.pow(place) % 10)
}

/// One made-up person, the same for the same seed and index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeUpPerson {
    pub index: u32,
    /// A few people have none, as visitors and the newly arrived do.
    pub nhs_number: Option<NhsNumber>,
    pub name: PersonName,
    pub born: Date,
    /// False for the few whose date of birth no hospital knows.
    pub born_known: bool,
    pub sex: Sex,
    pub address: Vec<String>,
    pub postcode: String,
    pub phone: Option<String>,
    pub practice: Option<OdsCode>,
    /// Registered with a practice of the area.
    pub in_area: bool,
    /// The hospital nearest to home.
    pub hospital: Hospital,
}

impl MadeUpPerson {
    /// The number that a hospital knows this person by.
    pub fn mrn(&self, hospital: Hospital) -> String {
        // Multiplying by a number without a factor in common keeps them all different.
        let spread = |by: u64, modulus: u64| (u64::from(self.index) * by + 104_729) % modulus;
        match hospital {
            Hospital::Southend => format!("S{:07}", spread(7_919, 10_000_000)),
            Hospital::Basildon => format!("{:07}", 1_000_000 + spread(6_101, 8_999_999)),
            Hospital::Broomfield => format!("H{:07}", spread(9_311, 9_999_991)),
        }
    }

    pub fn age_on(&self, day: Date) -> i16 {
        terms::age_on(self.born, day)
    }
}

/// Made-up people without end, as they would be on 30 June 2026, with 90 practices among them.
pub fn people(seed: u64) -> impl Iterator<Item = MadeUpPerson> {
    let town = Town {
        seed,
        as_of: Date::constant(2026, 6, 30),
        practices: 90,
    };
    (0..u32::MAX).map(move |index| town.person(index))
}

/// Everybody who could turn up: people are made when asked for and never kept.
#[derive(Debug, Clone, Copy)]
pub struct Town {
    pub seed: u64,
    /// Ages are as on this day.
    pub as_of: Date,
    pub practices: usize,
}

impl Town {
    pub fn person(&self, index: u32) -> MadeUpPerson {
        // Every 131st person is the twin of the one before.
        let twin = index % 131 == 130;
        let first = if twin { index - 1 } else { index };
        let mut shared = Dice::new(self.seed, "family", u64::from(first));
        let mut own = Dice::new(self.seed, "person", u64::from(index));

        let age = age(&mut shared);
        let born = self
            .as_of
            .saturating_sub((age as i32).years())
            .saturating_sub(shared.between(0, 364).days());
        let people = background(&mut shared, age);
        let family = family_name(&mut shared, people);
        let home = places::home(&mut shared, self.practices, age as i16);

        let sex = if own.percent(70) {
            Sex::Female
        } else {
            Sex::Male
        };
        let sex = if own.per_mille(2) { Sex::NotKnown } else { sex };
        let mut given = given_name(&mut own, people, sex, age);
        if twin
            && given
                == given_name(
                    &mut Dice::new(self.seed, "person", u64::from(first)),
                    people,
                    sex,
                    age,
                )
        {
            given.push_str(" Jean");
        }
        let title = match (sex, own.below(20)) {
            (_, 0) => Some("Dr"),
            (_, 1) => None,
            (Sex::Male, _) => Some("Mr"),
            (Sex::Female, 2..=12) => Some("Mrs"),
            (Sex::Female, 13..=15) => Some("Miss"),
            (Sex::Female, _) => Some("Ms"),
            _ => None,
        };
        let offset = Dice::new(self.seed, "numbers", 0).below(NHS_NUMBERS);
        // 7,919 has no factor in common with how many there are, so nobody shares a number.
        let n = (u64::from(index) * 7_919 + u64::from(offset)) % u64::from(NHS_NUMBERS);
        let has_number = !own.percent(3);
        let phone = own
            .percent(88)
            .then(|| format!("01632 960{:03}", own.below(1000)));
        MadeUpPerson {
            index,
            nhs_number: has_number.then(|| nhs_number(n as u32)),
            name: PersonName {
                family,
                given,
                title: title.map(str::to_owned),
            },
            born,
            born_known: !own.per_mille(5),
            sex,
            address: home.address,
            postcode: home.postcode,
            phone,
            practice: home.practice,
            in_area: home.in_area,
            hospital: home.hospital,
        }
    }
}

/// Ages as in a fracture service: 15 in 100 under 50, the most in their seventies.
fn age(dice: &mut Dice) -> u32 {
    const BANDS: &[((i32, i32), u32)] = &[
        ((18, 29), 50),
        ((30, 39), 45),
        ((40, 49), 55),
        ((50, 59), 180),
        ((60, 69), 200),
        ((70, 79), 230),
        ((80, 89), 180),
        ((90, 96), 50),
        ((97, 101), 10),
    ];
    let (low, high) = dice.weighted(BANDS, (70, 79));
    dice.between(low, high).unsigned_abs()
}

#[derive(Clone, Copy)]
enum Background {
    English,
    Irish,
    SouthAsian,
    African,
    Polish,
    Accented,
}

fn background(dice: &mut Dice, age: u32) -> Background {
    let mix = [
        (Background::English, if age > 70 { 86 } else { 72 }),
        (Background::Irish, 5),
        (Background::SouthAsian, if age > 70 { 3 } else { 9 }),
        (Background::African, if age > 70 { 2 } else { 7 }),
        (Background::Polish, if age > 70 { 1 } else { 4 }),
        (Background::Accented, 3),
    ];
    dice.weighted(&mix, Background::English)
}

const ENGLISH: &[&str] = &[
    "Smith",
    "Jones",
    "Taylor",
    "Brown",
    "Wilson",
    "Davies",
    "Evans",
    "Thomas",
    "Johnson",
    "Roberts",
    "Walker",
    "Wright",
    "Robinson",
    "Thompson",
    "White",
    "Hughes",
    "Edwards",
    "Green",
    "Hall",
    "Wood",
    "Harris",
    "Clarke",
    "Jackson",
    "Turner",
    "Hill",
    "Cooper",
    "Ward",
    "Morris",
    "Moore",
    "Clark",
    "Baker",
    "Harrison",
    "King",
    "Lee",
    "Allen",
    "Mitchell",
    "Cook",
    "Shaw",
    "Bennett",
    "Parker",
    "Young",
    "Carter",
    "Bailey",
    "Webb",
    "Rogers",
    "Gray",
    "Hunt",
    "Mills",
    "Palmer",
    "Knight",
    "Chapman",
    "Barker",
    "Fisher",
    "Stevens",
    "Jenkins",
    "Murray",
    "Dixon",
    "Harvey",
    "Pearson",
    "Fletcher",
    "Barnes",
    "Ball",
    "Lowe",
    "Saunders",
    "Payne",
    "Cox",
    "Wheeler",
    "Bird",
    "Francis",
    "Marsh",
    "Barton",
    "Stone",
    "Nicholls",
    "Rayner",
    "Cutbush",
    "Went",
    "Quilter",
    "Sawkins",
    "Threadgold",
    "Bearman",
    "Cottis",
    "Hockley",
    "Mascall",
    "Pettit",
    "Tabor",
    "Wiffen",
    "Frost",
    "Lungley",
    "Ketley",
    "Sibley",
    "MacDonald",
    "McKenzie",
    "McLeod",
    "Stewart",
    "Campbell",
    "Owen",
    "Griffiths",
    "Pritchard",
    "Rees",
];
const IRISH: &[&str] = &[
    "O'Brien",
    "O'Connor",
    "O'Sullivan",
    "O'Neill",
    "O'Reilly",
    "O'Shea",
    "Murphy",
    "Kelly",
    "Walsh",
    "Byrne",
    "Ryan",
    "Doyle",
    "Gallagher",
    "Kennedy",
    "McCarthy",
    "Brennan",
    "Fitzgerald",
    "Nolan",
    "Keane",
];
const SOUTH_ASIAN: &[&str] = &[
    "Patel",
    "Khan",
    "Singh",
    "Kaur",
    "Begum",
    "Hussain",
    "Ahmed",
    "Ali",
    "Shah",
    "Rahman",
    "Chowdhury",
    "Sharma",
    "Mistry",
    "Iqbal",
    "Nair",
    "Malik",
    "Bhatt",
    "Gill",
    "Desai",
    "Uddin",
];
const AFRICAN: &[&str] = &[
    "Okafor", "Adeyemi", "Mensah", "Okonkwo", "Nwosu", "Owusu", "Boateng", "Balogun", "Moyo",
    "Ndlovu", "Kamara", "Osei", "Eze", "Adebayo", "Chukwu", "Abiola",
];
const POLISH: &[&str] = &[
    "Nowak",
    "Kowalska",
    "Kowalski",
    "Wisniewska",
    "Wojcik",
    "Kaminski",
    "Lewandowska",
    "Zielinska",
    "Szymanski",
    "Dabrowski",
    "Mazur",
    "Krawczyk",
    "Popescu",
    "Ionescu",
    "Kazlauskas",
];
const ACCENTED: &[&str] = &[
    "García",
    "Núñez",
    "Müller",
    "Lefèvre",
    "Gonçalves",
    "Brontë",
    "Fernández",
    "Hübner",
    "Béranger",
    "Åkesson",
    "Ní Bhriain",
    "D'Souza",
    "de la Cruz",
    "van der Berg",
    "St John",
];

fn family_name(dice: &mut Dice, background: Background) -> String {
    let names = match background {
        Background::English => ENGLISH,
        Background::Irish => IRISH,
        Background::SouthAsian => SOUTH_ASIAN,
        Background::African => AFRICAN,
        Background::Polish => POLISH,
        Background::Accented => ACCENTED,
    };
    let name = dice.word(names);
    if dice.percent(4) {
        let other = dice.word(ENGLISH);
        if other != name {
            return format!("{name}-{other}");
        }
    }
    name.to_owned()
}

const WOMEN_OLD: &[&str] = &[
    "Margaret",
    "Jean",
    "Mary",
    "Joan",
    "Patricia",
    "Sheila",
    "Barbara",
    "Doreen",
    "June",
    "Shirley",
    "Dorothy",
    "Joyce",
    "Maureen",
    "Elizabeth",
    "Audrey",
    "Brenda",
    "Kathleen",
    "Sylvia",
    "Eileen",
    "Pamela",
    "Betty",
    "Beryl",
    "Iris",
    "Edna",
    "Marjorie",
    "Ivy",
    "Winifred",
    "Hazel",
    "Rita",
    "Mary Ann",
    "Jean Elizabeth",
];
const WOMEN_MIDDLE: &[&str] = &[
    "Susan",
    "Linda",
    "Christine",
    "Carol",
    "Jacqueline",
    "Janet",
    "Julie",
    "Gillian",
    "Ann",
    "Anne",
    "Denise",
    "Lesley",
    "Karen",
    "Deborah",
    "Jane",
    "Tracey",
    "Sharon",
    "Alison",
    "Beverley",
    "Lorraine",
    "Wendy",
    "Hilary",
    "Zoë",
    "Renée",
    "Helen Jane",
];
const WOMEN_YOUNG: &[&str] = &[
    "Emma", "Sarah", "Laura", "Claire", "Rebecca", "Gemma", "Rachel", "Kelly", "Victoria", "Katie",
    "Lauren", "Jade", "Chloë", "Hannah", "Danielle", "Siân",
];
const MEN_OLD: &[&str] = &[
    "John",
    "Peter",
    "Ronald",
    "Kenneth",
    "Derek",
    "Dennis",
    "Brian",
    "Roy",
    "Raymond",
    "Donald",
    "Gordon",
    "Eric",
    "Stanley",
    "Frederick",
    "Albert",
    "Leonard",
    "Alan",
    "Douglas",
    "Norman",
    "Reginald",
    "George William",
];
const MEN_MIDDLE: &[&str] = &[
    "David", "Michael", "Stephen", "Paul", "Robert", "Keith", "Graham", "Kevin", "Ian", "Martin",
    "Nigel", "Trevor", "Colin", "Barry", "Terence", "Geoffrey", "Philip",
];
const MEN_YOUNG: &[&str] = &[
    "James",
    "Daniel",
    "Matthew",
    "Christopher",
    "Lee",
    "Ryan",
    "Thomas",
    "Adam",
    "Luke",
    "Craig",
    "Jamie",
    "André",
];

fn given_name(dice: &mut Dice, background: Background, sex: Sex, age: u32) -> String {
    let man = sex == Sex::Male;
    let names: &[&'static str] = match (background, man) {
        (Background::Irish, false) => &[
            "Bridget", "Kathleen", "Maeve", "Nora", "Sinéad", "Mary", "Breda", "Noreen",
        ],
        (Background::Irish, true) => &[
            "Patrick", "Seán", "Declan", "Liam", "Michael", "Brendan", "Eamonn",
        ],
        (Background::SouthAsian, false) => &[
            "Fatima", "Shanti", "Parveen", "Sunita", "Nasreen", "Jasbir", "Hansa", "Meena",
            "Rukhsana", "Usha",
        ],
        (Background::SouthAsian, true) => &[
            "Mohammed", "Rajesh", "Harjit", "Abdul", "Ramesh", "Imran", "Suresh", "Gurdeep",
        ],
        (Background::African, false) => &[
            "Grace", "Ngozi", "Abena", "Folake", "Blessing", "Comfort", "Amina", "Ama",
        ],
        (Background::African, true) => &[
            "Emmanuel", "Chidi", "Kwame", "Samuel", "Tunde", "Joseph", "Kofi",
        ],
        (Background::Polish, false) => &[
            "Agnieszka",
            "Barbara",
            "Danuta",
            "Ewa",
            "Halina",
            "Krystyna",
            "Magdalena",
        ],
        (Background::Polish, true) => &["Andrzej", "Jerzy", "Marek", "Piotr", "Tomasz", "Zbigniew"],
        (_, false) if age >= 72 => WOMEN_OLD,
        (_, false) if age >= 48 => WOMEN_MIDDLE,
        (_, false) => WOMEN_YOUNG,
        (_, true) if age >= 72 => MEN_OLD,
        (_, true) if age >= 48 => MEN_MIDDLE,
        (_, true) => MEN_YOUNG,
    };
    dice.word(names).to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn numbers_are_valid_different_and_never_issued() {
        let mut seen = HashSet::new();
        for n in 0..NHS_NUMBERS {
            let number = nhs_number(n);
            assert!(number.digits().starts_with("999"));
            assert!(seen.insert(number.digits().parse::<u64>().unwrap()));
        }
        assert_eq!(nhs_number(NHS_NUMBERS), nhs_number(0));
    }

    #[test]
    fn a_crowd_looks_like_a_fracture_service() {
        let day = Date::constant(2026, 6, 30);
        let crowd: Vec<MadeUpPerson> = people(1).take(20_000).collect();
        let share = |test: &dyn Fn(&MadeUpPerson) -> bool| {
            crowd.iter().filter(|person| test(person)).count() as f64 / crowd.len() as f64
        };
        assert!((0.13..0.17).contains(&share(&|person| person.age_on(day) < 50)));
        assert!((0.68..0.72).contains(&share(&|person| person.sex == Sex::Female)));
        assert!((0.02..0.04).contains(&share(&|person| person.nhs_number.is_none())));
        assert!((0.01..0.03).contains(&share(&|person| !person.in_area)));
        assert!((0.02..0.08).contains(&share(&|person| person.name.family.contains('-'))));
        assert!(share(&|person| person.name.family.starts_with("O'")) > 0.005);
        assert!(
            share(&|person| !person.name.family.is_ascii() || !person.name.given.is_ascii())
                > 0.005
        );
        assert!(
            crowd
                .iter()
                .all(|person| (18..=102).contains(&person.age_on(day)))
        );
        assert!(crowd.iter().all(|person| {
            person
                .practice
                .as_ref()
                .is_some_and(terms::OdsCode::is_practice)
        }));
        assert!(
            crowd
                .iter()
                .filter_map(|p| p.phone.as_ref())
                .all(|phone| phone.starts_with("01632 960"))
        );
        let numbers: HashSet<_> = crowd
            .iter()
            .filter_map(|person| person.nhs_number.clone())
            .collect();
        assert_eq!(
            numbers.len(),
            crowd
                .iter()
                .filter(|person| person.nhs_number.is_some())
                .count()
        );
        for hospital in Hospital::ALL {
            let mrns: HashSet<_> = crowd.iter().map(|person| person.mrn(hospital)).collect();
            assert_eq!(mrns.len(), crowd.len());
        }
    }

    #[test]
    fn twins_share_all_but_name_and_number() {
        let twins: Vec<_> = people(3).skip(129).take(2).collect();
        assert_eq!(twins[0].born, twins[1].born);
        assert_eq!(twins[0].name.family, twins[1].name.family);
        assert_eq!(twins[0].postcode, twins[1].postcode);
        assert_ne!(twins[0].name.given, twins[1].name.given);
        assert_ne!(twins[0].nhs_number, twins[1].nhs_number);
    }

    #[test]
    fn another_seed_gives_other_people() {
        assert_ne!(people(1).next(), people(2).next());
        assert_eq!(people(1).nth(500), people(1).nth(500));
    }
}
