#![doc = include_str!("../README.md")]

pub mod command;
pub mod config;
pub mod error;
mod evidence;
pub mod fit;
pub mod key;
mod masking;
pub mod masks;
mod postgres;
mod progress;
mod run;
mod s3;
pub mod schema;
mod secrets;
mod tls;

pub use run::run;
