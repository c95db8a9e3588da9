//! Letters as they were approved: the very bytes, and the data they were made from.

use jiff::Timestamp;
use pathway::{EpisodeId, LetterId, PersonId};

use crate::{
    Scope,
    db::{Row, Tx},
    error::Result,
};

#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    pub letter: LetterId,
    pub person: PersonId,
    pub episode: EpisodeId,
    pub at: Timestamp,
    /// SHA-256 of the PDF, in hexadecimal.
    pub digest: String,
    pub data: serde_json::Value,
    pub html: String,
    pub words: String,
    pub pdf: Vec<u8>,
}

/// Freeze it. An approved letter is never written again.
pub fn put(tx: &mut Tx<'_>, document: &Document) -> Result<()> {
    tx.execute(
        "INSERT INTO document (letter, person, episode, at, digest, data, html, words, pdf)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            document.letter.into(),
            document.person.into(),
            document.episode.into(),
            document.at.into(),
            document.digest.as_str().into(),
            document.data.clone().into(),
            document.html.as_str().into(),
            document.words.as_str().into(),
            document.pdf.clone().into(),
        ],
    )?;
    Ok(())
}

pub fn get(tx: &mut Tx<'_>, scope: &Scope, letter: LetterId) -> Result<Option<Document>> {
    let mut args = vec![letter.into()];
    let clause = scope.clause("s.site", &mut args);
    let seen = if clause.is_empty() {
        clause
    } else {
        format!(" AND EXISTS (SELECT 1 FROM person_site s WHERE s.person = d.person{clause})")
    };
    let sql = format!(
        "SELECT letter, person, episode, at, digest, data, html, words, pdf FROM document d
         WHERE d.letter = $1{seen}"
    );
    tx.query_one(&sql, &args)?.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Result<Document> {
    Ok(Document {
        letter: row.get(0)?,
        person: row.get(1)?,
        episode: row.get(2)?,
        at: row.get(3)?,
        digest: row.get(4)?,
        data: row.get(5)?,
        html: row.get(6)?,
        words: row.get(7)?,
        pdf: row.get(8)?,
    })
}
