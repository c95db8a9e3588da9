//! The pages, used as a browser uses them.

mod app;
mod care;
mod kpi;
mod logs;
mod nurse;
mod reader;
mod routes;
