//! The pages, used as a browser uses them.

mod app;
mod care;
mod kpi;
mod live_use;
mod logs;
mod nurse;
mod routes;
