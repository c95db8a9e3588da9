//! One module per page: read the request, call one use case, render one template.

pub mod account;
pub mod add;
pub mod candidate;
pub mod entry;
pub mod find;
pub mod imports;
pub mod kpi;
pub mod patient;
pub mod privacy;
pub mod question;
pub mod resume;
pub mod said_no;
pub mod sign_in;
pub mod sites;
pub mod today;
pub mod users;
