/// Why there is no letter. Never carries words of the letter, so that it can be logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotRendered {
    #[error("the letter templates built into this program cannot be read ({0}): report this fault")]
    Templates(String),
    #[error("the template for “{0}” letters is not built into this program: report this fault")]
    NoTemplate(&'static str),
    #[error("the letter fonts built into this program cannot be read: report this fault")]
    Fonts,
    #[error("the words of the letter cannot be written as data: report this fault")]
    Data,
    #[error(
        "the letter could not be laid out ({0}): shorten or retype its longest text and try again"
    )]
    Layout(String),
}
