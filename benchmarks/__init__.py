"""Measurements: each a ratio against a peer or a limit in one run, or a score on evaluation data whose path is given."""
