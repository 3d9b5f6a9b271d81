//! log-archive.
