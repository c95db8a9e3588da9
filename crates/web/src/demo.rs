//! A demonstration shows its own sign-ins: nobody has been given a password or an authenticator for made-up people.

use service::App;

use crate::view::entry::DemoSignIn;

/// The file that the demonstration wrote beside its data; without it there is nothing to show.
pub fn sign_ins(app: &App) -> Vec<DemoSignIn> {
    if !app.demo {
        return Vec::new();
    }
    let text = std::fs::read_to_string(app.data_dir.join("sign-ins.json")).unwrap_or_default();
    let all: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let said = |one: &serde_json::Value, name: &str| one.get(name)?.as_str().map(str::to_owned);
    let one = |one: &serde_json::Value| {
        Some(DemoSignIn {
            role: said(one, "role_words")?,
            username: said(one, "username")?,
            password: said(one, "password")?,
        })
    };
    all.get("sign_ins")
        .and_then(|list| list.as_array())
        .map(|list| list.iter().filter_map(one).collect())
        .unwrap_or_default()
}
