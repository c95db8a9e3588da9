//! The pages, used as a browser uses them.

mod app;
mod logs;
mod nurse;
mod routes;
