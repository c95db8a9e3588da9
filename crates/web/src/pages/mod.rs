//! One module per page: read the request, call one use case, render one template.

pub mod account;
pub mod add;
pub mod assessment;
pub mod candidate;
pub mod decision;
pub mod entry;
pub mod episode;
pub mod find;
pub mod imports;
pub mod kpi;
pub mod letter;
pub mod needs;
pub mod overview;
pub mod patient;
pub mod privacy;
pub mod question;
pub mod questionnaire;
pub mod reader;
pub mod resume;
pub mod review;
pub mod said_no;
pub mod sign_in;
pub mod sites;
pub mod today;
pub mod users;
