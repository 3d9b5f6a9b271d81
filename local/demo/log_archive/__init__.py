"""The demo of log-archive: the logs of three accounts go in, and come out of one bucket, counted."""
