//! Looking people up: for matching, for the search box, and for the line that names somebody in a list.

use jiff::civil::Date;
use pathway::{Details, LocalId, PersonId, matching::Known};
use terms::{NhsNumber, PersonName};

use crate::{
    Scope,
    db::{Row, Tx},
    error::Result,
};

/// Enough to name somebody in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    pub id: PersonId,
    pub name: PersonName,
    pub nhs_number: Option<NhsNumber>,
    pub born: Option<Date>,
    pub sex: String,
    pub postcode: Option<String>,
    pub died: bool,
}

const CARD: &str =
    "p.id, p.family, p.given, p.title, p.nhs_number, p.born, p.sex, p.postcode, p.died";

fn card(row: &Row) -> Result<Card> {
    Ok(Card {
        id: row.get(0)?,
        name: PersonName {
            family: row.get(1)?,
            given: row.get(2)?,
            title: row.get(3)?,
        },
        nhs_number: row.get(4)?,
        born: row.get(5)?,
        sex: row.get(6)?,
        postcode: row.get(7)?,
        died: row.get(8)?,
    })
}

/// Everybody who could be meant by these details: same number, same local number, same birth date with the same
/// family name, or the same names.
pub fn alike(tx: &mut Tx<'_>, _: &Scope, claim: &Details) -> Result<Vec<Known>> {
    let mut found: Vec<Card> = Vec::new();
    let mut add = |rows: Vec<Row>| -> Result<()> {
        for row in &rows {
            let card = card(row)?;
            if found.iter().all(|held| held.id != card.id) {
                found.push(card);
            }
        }
        Ok(())
    };
    if let Some(number) = &claim.nhs_number {
        let sql = format!("SELECT {CARD} FROM person p WHERE p.nhs_number = $1");
        let holder = tx.query(&sql, &[number.into()])?;
        let settled = match holder.first() {
            Some(row) => claim.born.is_some() && card(row)?.born == claim.born,
            None => false,
        };
        add(holder)?;
        if settled {
            return known(tx, found);
        }
    }
    for id in &claim.local_ids {
        let sql = format!(
            "SELECT {CARD} FROM local_id l JOIN person p ON p.id = l.person WHERE l.system = $1 AND l.value = $2"
        );
        add(tx.query(&sql, &[id.system.as_str().into(), id.value.as_str().into()])?)?;
    }
    if let Some(name) = &claim.name {
        let (family, given) = name.keys();
        if let Some(born) = claim.born {
            let sql = format!(
                "SELECT {CARD} FROM person p WHERE p.born = $1 AND p.family_key = $2 LIMIT 20"
            );
            add(tx.query(&sql, &[born.into(), family.as_str().into()])?)?;
        }
        if !family.is_empty() && !given.is_empty() {
            let sql = format!(
                "SELECT {CARD} FROM person p WHERE p.family_key = $1 AND p.given_key = $2 LIMIT 20"
            );
            add(tx.query(&sql, &[family.into(), given.into()])?)?;
        }
    }
    known(tx, found)
}

fn known(tx: &mut Tx<'_>, cards: Vec<Card>) -> Result<Vec<Known>> {
    cards
        .into_iter()
        .map(|card| {
            let rows = tx.query(
                "SELECT system, value FROM local_id WHERE person = $1",
                &[card.id.into()],
            )?;
            let local_ids = rows
                .iter()
                .map(|row| {
                    Ok(LocalId {
                        system: row.get(0)?,
                        value: row.get(1)?,
                    })
                })
                .collect::<Result<_>>()?;
            Ok(Known {
                id: card.id,
                nhs_number: card.nhs_number,
                name: card.name,
                born: card.born,
                postcode: card.postcode,
                local_ids,
            })
        })
        .collect()
}

/// Cards by id, in the order asked for; people outside the scope are left out.
pub fn cards(tx: &mut Tx<'_>, scope: &Scope, ids: &[PersonId]) -> Result<Vec<Card>> {
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        let mut args = vec![(*id).into()];
        let seen = seen_by(scope, &mut args);
        let sql = format!("SELECT {CARD} FROM person p WHERE p.id = $1{seen}");
        if let Some(row) = tx.query_one(&sql, &args)? {
            all.push(card(&row)?);
        }
    }
    Ok(all)
}

fn seen_by(scope: &Scope, args: &mut Vec<crate::db::Value>) -> String {
    let clause = scope.clause("s.site", args);
    if clause.is_empty() {
        clause
    } else {
        format!(" AND EXISTS (SELECT 1 FROM person_site s WHERE s.person = p.id{clause})")
    }
}

pub fn by_number(tx: &mut Tx<'_>, scope: &Scope, number: &NhsNumber) -> Result<Option<Card>> {
    let mut args = vec![number.into()];
    let seen = seen_by(scope, &mut args);
    let sql = format!("SELECT {CARD} FROM person p WHERE p.nhs_number = $1{seen}");
    tx.query_one(&sql, &args)?.as_ref().map(card).transpose()
}

/// Whoever's timeline holds a sighting or a result with this key.
pub fn by_sighting(tx: &mut Tx<'_>, _: &Scope, key: &str) -> Result<Vec<PersonId>> {
    tx.query(
        "SELECT person FROM sighting_key WHERE key = $1 ORDER BY person",
        &[key.into()],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// People whose family name begins so, and whose given name begins so if one was typed.
pub fn by_name(
    tx: &mut Tx<'_>,
    scope: &Scope,
    family: &str,
    given: &str,
    most: u32,
) -> Result<Vec<Card>> {
    let (family, given) = PersonName::new(family, given).keys();
    let mut args = vec![
        family.as_str().into(),
        format!("{family}\u{10ffff}").into(),
        given.as_str().into(),
        format!("{given}\u{10ffff}").into(),
    ];
    let seen = seen_by(scope, &mut args);
    args.push(most.into());
    let sql = format!(
        "SELECT {CARD} FROM person p WHERE p.family_key >= $1 AND p.family_key < $2
           AND p.given_key >= $3 AND p.given_key < $4{seen}
         ORDER BY p.family_key, p.given_key, p.born, p.id LIMIT ${}",
        args.len()
    );
    tx.query(&sql, &args)?.iter().map(card).collect()
}

pub fn by_birth(tx: &mut Tx<'_>, scope: &Scope, born: Date, most: u32) -> Result<Vec<Card>> {
    let mut args = vec![born.into()];
    let seen = seen_by(scope, &mut args);
    args.push(most.into());
    let sql = format!(
        "SELECT {CARD} FROM person p WHERE p.born = $1{seen} ORDER BY p.family_key, p.given_key, p.id LIMIT ${}",
        args.len()
    );
    tx.query(&sql, &args)?.iter().map(card).collect()
}

/// Who else on record might be this person, for the candidate page.
pub fn possible_duplicates(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: &pathway::Person,
) -> Result<Vec<Card>> {
    let Some(name) = &person.details.name else {
        return Ok(Vec::new());
    };
    let (family, given) = name.keys();
    let mut args = vec![
        person.id.into(),
        person.details.born.into(),
        family.into(),
        given.into(),
    ];
    let seen = seen_by(scope, &mut args);
    let sql = format!(
        "SELECT {CARD} FROM person p WHERE p.id <> $1 AND p.family_key = $3
           AND (p.born = $2 OR p.given_key = $4){seen}
         ORDER BY p.given_key, p.id LIMIT 8"
    );
    let alike: Vec<Card> = tx
        .query(&sql, &args)?
        .iter()
        .map(card)
        .collect::<Result<_>>()?;
    Ok(alike
        .into_iter()
        .filter(|card| {
            let same_birth = card.born.is_some() && card.born == person.details.born;
            let same_given = card.name.keys().1 == name.keys().1;
            let different_numbers = card.nhs_number.is_some()
                && person.details.nhs_number.is_some()
                && card.nhs_number != person.details.nhs_number;
            (same_birth && same_given) || (!different_numbers && (same_birth || same_given))
        })
        .collect())
}
