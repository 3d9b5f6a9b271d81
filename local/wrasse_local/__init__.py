"""The embedded engine: what of AWS the fleet needs, on one machine."""
