//! The rules of the house, each as a test over what is shipped. That each check can fail is shown beside it, on a broken
//! input.

mod crates;
mod environments;
mod errors;
mod policies;
mod templates;
