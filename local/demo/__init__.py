"""The demo: what a user of the fleet sees, run for real on the embedded engine, one module per system."""
