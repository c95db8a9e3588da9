//! The pages, used as a browser uses them.

mod app;
mod care;
mod logs;
mod nurse;
mod routes;
