"""Measurements: ratios against a peer or a limit in one run, or scores on evaluation data whose path is given."""
