"""Measures the log-decoder against four others that make the same answer of the same event.

The others: the logic of the origin in Python, a straightforward Node handler, straightforward Rust, and the floor,
which is base64, inflate and base64 with the fastest libraries and nothing between them. See docs/performance.md.
"""
