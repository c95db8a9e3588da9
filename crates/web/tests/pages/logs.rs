//! What is written to the log names routes, never people.

use std::{
    io::Write,
    sync::{Mutex, Once},
};

use service::Role;

use crate::app::TestApp;

/// Everything that any test of this program logs.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

#[derive(Clone, Copy)]
struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// From the first test on, so that none is missed.
pub fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let subscriber = tracing_subscriber::fmt()
            .with_writer(|| Log)
            .with_ansi(false)
            .finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
}

pub fn so_far() -> String {
    String::from_utf8(LOG.lock().unwrap().clone()).unwrap()
}

#[tokio::test]
async fn a_log_names_routes_and_nobody() {
    let test = TestApp::full();
    let mut nurse = test.sign_in(Role::Nurse).await;
    let first = nurse
        .get("/today?fracture=wrist")
        .await
        .link("/candidates/");
    let page = nurse.get(&first).await;
    let name = page
        .body
        .split("app-patient__name\"><a href=\"")
        .nth(1)
        .unwrap();
    let (person, rest) = name.split_once("\">").unwrap();
    let name = rest.split('<').next().unwrap();
    let number = page
        .body
        .split("app-nhs__number\">")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap();
    nurse.post("/patients/find", &[("term", number)]).await;
    nurse.get(person).await;
    nurse.get("/nowhere/999-000-0018?q=amend").await;

    let log = so_far();
    assert!(log.contains("/candidates/{episode}") && log.contains("status=200"));
    let id = person.rsplit('/').next().unwrap();
    let episode = first.split('?').next().unwrap().rsplit('/').next().unwrap();
    let family = name.split(',').next().unwrap();
    for secret in [
        name,
        family,
        number,
        &number.replace(' ', ""),
        id,
        episode,
        "fracture=wrist",
        "999-000-0018",
        "amend",
    ] {
        assert!(!log.contains(secret), "the log holds {secret}");
    }
}
