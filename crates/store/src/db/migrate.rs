use terms::id::digest;

use super::{Connection, Value};
use crate::error::{Error, Result};

pub struct Migration {
    pub name: &'static str,
    sql: &'static str,
}

macro_rules! migrations {
    ($folder:literal: $($name:literal),+ $(,)?) => {
        &[$(Migration {
            name: $name,
            sql: include_str!(concat!("../../migrations/", $folder, "/", $name, ".sql")),
        }),+]
    };
}

pub const SQLITE: &[Migration] = migrations!(
    "sqlite": "0001_timelines", "0002_people_at_work", "0003_pathway", "0004_rules", "0005_codes_and_text",
    "0006_live_use", "0007_guidance"
);
pub const POSTGRES: &[Migration] = migrations!(
    "postgres": "0001_timelines", "0002_people_at_work", "0003_pathway", "0004_rules", "0005_codes_and_text",
    "0006_live_use", "0007_guidance"
);

/// Bring the schema up to this version, each step in a transaction of its own. A schema that this version does
/// not know, or a step that was edited after it had run, is refused.
pub fn run(connection: &mut dyn Connection, known: &[Migration]) -> Result<()> {
    connection.batch(
        "CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, checksum text NOT NULL)",
    )?;
    connection.begin(true)?;
    let outcome = step_up(connection, known);
    connection.batch(if outcome.is_ok() {
        "COMMIT"
    } else {
        "ROLLBACK"
    })?;
    outcome
}

fn step_up(connection: &mut dyn Connection, known: &[Migration]) -> Result<()> {
    connection.lock("migrate")?;
    let done = connection.query("SELECT name, checksum FROM migration ORDER BY name", &[])?;
    for (at, row) in done.iter().enumerate() {
        let name: String = row.get(0)?;
        let Some(step) = known.get(at).filter(|step| step.name == name) else {
            return Err(Error::Refused(format!(
                "this data was written by a newer Herald (schema step {name}); use that version or a later one"
            )));
        };
        if row.get::<String>(1)? != checksum(step) {
            return Err(Error::Refused(format!(
                "schema step {name} was changed after it had run on this data; use the version that wrote it"
            )));
        }
    }
    for step in known.iter().skip(done.len()) {
        connection.batch(step.sql)?;
        connection.execute(
            "INSERT INTO migration (name, checksum) VALUES ($1, $2)",
            &[Value::from(step.name), Value::from(checksum(step))],
        )?;
    }
    Ok(())
}

fn checksum(step: &Migration) -> String {
    digest(&[step.sql.as_bytes()])
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
