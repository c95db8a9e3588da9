//! The pages, used as a browser uses them.

mod app;
mod care;
mod evidence;
mod kpi;
mod live_use;
mod logs;
mod nurse;
mod reader;
mod routes;
mod rules;
