use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
pub type Answers = BTreeMap<String, Value>;
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    One(String),
    Many(Vec<String>),
}
terms::vocabulary! { FormKind { Assessment="assessment","Assessment"; Review16="review_16","16-week review"; Review52="review_52","52-week review"; Questionnaire="questionnaire","Questionnaire"; } }
pub fn exact_date(value: &Value) -> Option<jiff::civil::Date> {
    match value {
        Value::One(text) => text.parse().ok(),
        Value::Many(_) => None,
    }
}
pub struct Form;
pub struct Question {
    pub ask: String,
}
impl Form {
    pub fn get(_: FormKind) -> &'static Form {
        &Form
    }
    pub fn question(&self, _: &str) -> Option<&Question> {
        None
    }
    pub fn words(&self, _: &str, v: &Value) -> String {
        format!("{v:?}")
    }
}
