//! Small facts about this installation, and its hospital sites.

use crate::{Scope, db::Tx, error::Result};

pub fn get(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>> {
    tx.query_one("SELECT value FROM setting WHERE name = $1", &[name.into()])?
        .map(|row| row.get(0))
        .transpose()
}

pub fn set(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO setting (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        &[name.into(), value.into()],
    )?;
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    pub code: String,
    pub name: String,
}

/// The hospital sites this scope covers.
pub fn sites(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<Site>> {
    let mut args = Vec::new();
    let clause = scope.clause("code", &mut args);
    let sql = format!("SELECT code, name FROM site WHERE 1 = 1{clause} ORDER BY name");
    tx.query(&sql, &args)?
        .iter()
        .map(|row| {
            Ok(Site {
                code: row.get(0)?,
                name: row.get(1)?,
            })
        })
        .collect()
}

/// All sites: names of hospitals are no secret.
pub fn all_sites(tx: &mut Tx<'_>) -> Result<Vec<Site>> {
    tx.query("SELECT code, name FROM site ORDER BY name", &[])?
        .iter()
        .map(|row| {
            Ok(Site {
                code: row.get(0)?,
                name: row.get(1)?,
            })
        })
        .collect()
}

pub fn put_site(tx: &mut Tx<'_>, code: &str, name: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO site (code, name) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET name = excluded.name",
        &[code.into(), name.into()],
    )?;
    Ok(())
}
