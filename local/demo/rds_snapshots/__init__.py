"""The demo of rds-snapshots: a production database goes in, a sanitized snapshot comes out."""
