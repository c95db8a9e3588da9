//! What the templates are given: text that is ready to show. No rule, no query and no clock is here.

pub mod admin;
pub mod calculators;
pub mod candidate;
pub mod care;
pub mod entry;
pub mod evidence;
pub mod feeds;
pub mod form;
pub mod guidance;
pub mod imports;
pub mod kpi;
pub mod leaflets;
pub mod oversight;
pub mod page;
pub mod parts;
pub mod people;
pub mod question;
pub mod questionnaire;
pub mod questions;
pub mod reader;
pub mod rules;
pub mod text;
pub mod worklist;
