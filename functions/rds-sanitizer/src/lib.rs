#![doc = include_str!("../README.md")]

pub mod command;
pub mod config;
pub mod error;
mod evidence;
mod postgres;
mod progress;
mod run;
mod s3;
mod secrets;
mod tls;

pub use run::run;
