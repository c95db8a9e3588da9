//! The pages, used as a browser uses them.

mod app;
mod calculators;
mod care;
mod evidence;
mod guidance;
mod kpi;
mod leaflets;
mod live_use;
mod logs;
mod nurse;
mod reader;
mod routes;
mod rules;
