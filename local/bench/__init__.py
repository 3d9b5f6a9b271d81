"""Measurements that `make bench` prints and writes to target/bench/."""
