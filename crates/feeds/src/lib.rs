pub mod fault;
pub mod message;
