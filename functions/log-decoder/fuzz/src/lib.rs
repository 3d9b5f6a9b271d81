//! The decoder's messages without the rest of it: so the fuzzer is built in seconds, without the SDKs, and what it
//! explores is only this.

#[path = "../../src"]
mod decoder {
    pub mod message;
}

pub use decoder::message;
