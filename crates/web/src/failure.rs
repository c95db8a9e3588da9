//! What a page answers when it cannot show what was asked. The gate turns it into a page with the reader's own
//! navigation around it.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

/// Carried from a handler to the gate as an extension of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    NotFound,
    Forbidden,
    /// The form did not carry this session's token: it is stale, or was sent from elsewhere.
    StaleForm,
    TooLarge,
    /// Nothing was changed; the words say why and what to do.
    Unavailable(String),
    /// Something else; the cause is in the log under the request's reference.
    Internal,
}

impl Failure {
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::StaleForm => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub fn heading(&self) -> &'static str {
        match self {
            Self::NotFound => "Page not found",
            Self::Forbidden => "You may not open this",
            Self::StaleForm => "Nothing was saved",
            Self::TooLarge => "This is too large",
            Self::Unavailable(_) => "This cannot be done now",
            Self::Internal => "Something went wrong",
        }
    }

    pub fn paragraphs(&self) -> Vec<String> {
        let words: &[&str] = match self {
            Self::NotFound => &[
                "There is nothing at this address, or it belongs to a hospital that you were not given.",
            ],
            Self::Forbidden => &[
                "Your role does not include this page. If it should, ask the person who looks after users.",
            ],
            Self::StaleForm => &[
                "The page was too old, or it was not sent from here. Go back, reload it, and try again.",
            ],
            Self::TooLarge => &["A form may be 256 KB and a file 512 MB. Nothing was saved."],
            Self::Unavailable(why) => return vec![why.clone(), "Nothing was changed.".to_owned()],
            Self::Internal => &[
                "Herald could not do this. Nothing you did is half done: a change is saved whole or not at all.",
                "Try again. If it happens again, tell the people who look after Herald the reference below.",
            ],
        };
        words.iter().map(|&text| text.to_owned()).collect()
    }
}

impl From<service::Error> for Failure {
    fn from(error: service::Error) -> Self {
        use service::Error;
        match error {
            Error::NotFound => Self::NotFound,
            Error::Forbidden => Self::Forbidden,
            Error::Unavailable(why) => Self::Unavailable(why),
            // A page that can meet these handles them itself.
            Error::Conflict { .. } => Self::Unavailable(
                "Somebody else changed this at the same time. Open it again.".to_owned(),
            ),
            Error::Invalid(fields) => {
                let words: Vec<String> = fields.into_iter().map(|field| field.message).collect();
                Self::Unavailable(words.join(". "))
            }
            error @ (Error::Store(_) | Error::Io(_) | Error::Internal(_)) => {
                tracing::error!(error = %Chain(&error), "use case failed");
                Self::Internal
            }
        }
    }
}

/// An error with its causes, for the log.
struct Chain<'a>(&'a dyn std::error::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
