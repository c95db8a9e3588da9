//! A file on its way in: streamed to the data directory, never held in memory, then taken in as any other file.

use std::time::Duration;

use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State, multipart::Field};
use service::imports;
use tempfile::TempPath;
use tokio::io::AsyncWriteExt;

use crate::{
    caller::Caller,
    config::WebState,
    cookies::same_token,
    failure::Failure,
    pages::imports::{PROFILES, page},
    respond::{self, Answer},
    view::page::Notice,
};

const FILE_LIMIT: u64 = 512 * 1024 * 1024;
const FIELD_LIMIT: usize = 1024;
/// A file is looked through before its record is made; after so many looks the list of imports is shown instead.
const LOOKS: u32 = 100;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

pub async fn take(State(state): State<WebState>, caller: Caller, mut request: Request) -> Answer {
    // The limit counts while the file streams by; axum's own is for bodies held in memory.
    DefaultBodyLimit::max(usize::try_from(FILE_LIMIT).unwrap_or(usize::MAX)).apply(&mut request);
    let mut form = Multipart::from_request(request, &state)
        .await
        .map_err(|_| Failure::StaleForm)?;

    let csrf = match next(&mut form).await? {
        Some(field) if field.name() == Some("csrf") => small(field).await?,
        _ => return Err(Failure::StaleForm),
    };
    if !same_token(&csrf, &caller.csrf) {
        return Err(Failure::StaleForm);
    }
    let mut profile = String::new();
    while let Some(field) = next(&mut form).await? {
        match field.name() {
            Some("profile") => profile = small(field).await?,
            Some("file") => return file(&state, &caller, &profile, field).await,
            _ => {}
        }
    }
    choose(&state, &caller).await
}

async fn choose(state: &WebState, caller: &Caller) -> Answer {
    page(state, caller, 1, Some("Choose a file".to_owned())).await
}

async fn next(form: &mut Multipart) -> Result<Option<Field<'_>>, Failure> {
    form.next_field().await.map_err(|_| Failure::TooLarge)
}

async fn small(mut field: Field<'_>) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|_| Failure::TooLarge)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > FIELD_LIMIT {
            return Err(Failure::TooLarge);
        }
    }
    String::from_utf8(bytes).map_err(|_| Failure::StaleForm)
}

async fn file(state: &WebState, caller: &Caller, profile: &str, mut field: Field<'_>) -> Answer {
    let name = plain_name(field.file_name().unwrap_or_default());
    if name.is_empty() {
        return choose(state, caller).await;
    }
    let spool = state.config.spool_dir.clone();
    let kept = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(&spool)?;
        tempfile::Builder::new()
            .prefix("upload-")
            .tempfile_in(&spool)
    })
    .await
    .map_err(|_| Failure::Internal)?
    .map_err(|error| cannot_keep(&error))?;
    let (handle, path) = kept.into_parts();
    let mut handle = tokio::fs::File::from_std(handle);
    let mut size: u64 = 0;
    while let Some(chunk) = field.chunk().await.map_err(|_| Failure::TooLarge)? {
        size += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        if size > FILE_LIMIT {
            return Err(Failure::TooLarge);
        }
        handle
            .write_all(&chunk)
            .await
            .map_err(|error| cannot_keep(&error))?;
    }
    // Whoever sees the page of the import may throw the original away.
    handle
        .sync_all()
        .await
        .map_err(|error| cannot_keep(&error))?;
    drop(handle);

    let profile = PROFILES
        .iter()
        .map(|(code, _)| *code)
        .find(|code| *code == profile && *code != "auto");
    take_in(state, caller, path, name, profile).await
}

/// Begins in the background and shows the import's own page as soon as there is one. It goes on when the browser
/// has gone; after a restart Herald goes on with what was stored.
async fn take_in(
    state: &WebState,
    caller: &Caller,
    path: TempPath,
    name: String,
    profile: Option<&'static str>,
) -> Answer {
    let kept = path.to_path_buf();
    let id = respond::blocking(state, move |_| imports::id_of(&kept)).await?;
    let (app, scope, shown) = (state.app.clone(), caller.scope.clone(), name.clone());
    let work = tokio::task::spawn_blocking(move || {
        let result = imports::take_in(&app, &scope, &path, &name, profile, &mut |_| {});
        if let Err(error) = &result {
            tracing::error!(%error, "an upload was not taken in");
        }
        drop(path);
        result.map(|_| ())
    });
    for _ in 0..LOOKS {
        if work.is_finished() {
            break;
        }
        let scope = caller.scope.clone();
        if respond::blocking(state, move |app| imports::view(app, &scope, id, 1))
            .await
            .is_ok()
        {
            return respond::see(&format!("/imports/{id}"));
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    if work.is_finished() {
        work.await.map_err(|_| Failure::Internal)??;
        return respond::see(&format!("/imports/{id}"));
    }
    let text = format!(
        "{shown} was uploaded and is being looked through. Reload this page to see how far it is."
    );
    state.notices.leave(
        &caller.token,
        Notice {
            good: true,
            text,
            undo: None,
        },
    );
    respond::see("/imports")
}

fn cannot_keep(error: &std::io::Error) -> Failure {
    tracing::error!(%error, "an upload could not be kept");
    Failure::Unavailable("The file could not be kept: the disk may be full.".to_owned())
}

/// The last part of the name, as some browsers send the whole path; nothing that could upset a log or a page.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars()
        .filter(|c| !c.is_control())
        .take(120)
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_only_a_name() {
        assert_eq!(plain_name("C:\\feeds\\ed 2026.csv"), "ed 2026.csv");
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("a\r\nb.csv"), "ab.csv");
        assert_eq!(plain_name("  "), "");
    }
}
