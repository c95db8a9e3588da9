//! Herald's pages. A handler reads the request, calls one use case of `service` and renders one template;
//! rules live elsewhere.
//!
//! [`routes`] holds the one table of addresses, from which the router and the gate are made. [`gate`] lets nobody
//! past who may not. `view` is what templates show, `present` and `pages` fill it, `templates/` lays it out.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod assets;
mod caller;
mod config;
mod cookies;
mod demo;
mod failure;
mod gate;
mod headers;
mod kpi_cards;
mod list_query;
mod notices;
mod pages;
mod present;
mod questions;
mod respond;
pub mod routes;
mod session;
mod typed;
mod upload;
pub mod view;

pub use config::{WebConfig, WebState};
pub use routes::router;
