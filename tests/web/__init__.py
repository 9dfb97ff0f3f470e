"""Tests of what comes from the web."""
