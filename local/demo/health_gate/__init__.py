"""The demo of health-gate: releases meet an incident, and go on when it is over."""
