//! The cookies: the session's token, a short-lived one that ties a form to its browser before anybody has signed in,
//! and a patient's ticket to their questionnaire.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::config::WebConfig;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    Session,
    /// Before anybody has signed in, the form's token must come back with this cookie.
    Start,
    /// A patient who has opened their questionnaire with their date of birth.
    Questionnaire,
}

impl Cookie {
    fn name(self, behind_https: bool) -> &'static str {
        match (self, behind_https) {
            (Self::Session, true) => "__Host-herald",
            (Self::Session, false) => "herald",
            (Self::Start, true) => "__Host-herald-start",
            (Self::Start, false) => "herald-start",
            (Self::Questionnaire, true) => "__Host-herald-questionnaire",
            (Self::Questionnaire, false) => "herald-questionnaire",
        }
    }

    pub fn read(self, config: &WebConfig, headers: &HeaderMap) -> Option<String> {
        let name = self.name(config.behind_https);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, value)| *key == name && !value.is_empty())
            .map(|(_, value)| value.to_owned())
    }

    pub fn set(self, config: &WebConfig, value: &str) -> Option<HeaderValue> {
        self.line(config, value, "")
    }

    pub fn clear(self, config: &WebConfig) -> Option<HeaderValue> {
        self.line(config, "", "; Max-Age=0")
    }

    fn line(self, config: &WebConfig, value: &str, age: &str) -> Option<HeaderValue> {
        let secure = if config.behind_https { "; Secure" } else { "" };
        let name = self.name(config.behind_https);
        HeaderValue::from_str(&format!(
            "{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}"
        ))
        .ok()
    }
}

/// Letters of a token: 32 bytes in base64.
pub const TOKEN_LENGTH: usize = 43;

/// 256 bits from the operating system, as text that fits a cookie.
pub fn random_token() -> Option<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).ok()?;
    Some(data_encoding::BASE64URL_NOPAD.encode(&bytes))
}

/// Compares without telling by its time where two tokens differ.
pub fn same_token(a: &str, b: &str) -> bool {
    !a.is_empty()
        && a.len() == b.len()
        && a.bytes()
            .zip(b.bytes())
            .fold(0, |acc, (x, y)| acc | (x ^ y))
            == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(behind_https: bool) -> WebConfig {
        WebConfig {
            behind_https,
            demo: false,
            spool_dir: "".into(),
            version: String::new(),
        }
    }

    #[test]
    fn behind_https_the_cookie_is_bound_to_the_host() {
        let line = Cookie::Session.set(&config(true), "t").unwrap();
        assert_eq!(
            line,
            "__Host-herald=t; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        let line = Cookie::Session.set(&config(false), "t").unwrap();
        assert_eq!(line, "herald=t; Path=/; HttpOnly; SameSite=Lax");
    }

    #[test]
    fn reads_its_own_cookie_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            HeaderValue::from_static("a=b; herald-start=s; herald=t"),
        );
        assert_eq!(
            Cookie::Session.read(&config(false), &headers).as_deref(),
            Some("t")
        );
        assert_eq!(
            Cookie::Start.read(&config(false), &headers).as_deref(),
            Some("s")
        );
        assert_eq!(Cookie::Session.read(&config(true), &headers), None);
    }

    #[test]
    fn a_token_has_its_length() {
        assert_eq!(random_token().unwrap().len(), TOKEN_LENGTH);
        assert_ne!(random_token(), random_token());
    }

    #[test]
    fn an_empty_token_matches_nothing() {
        assert!(!same_token("", ""));
        assert!(same_token("abc", "abc"));
        assert!(!same_token("abc", "abd"));
    }
}
