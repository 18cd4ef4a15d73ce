"""Trials to a graph of stages with keys; pure: it sees the store as a mapping from keys to summaries."""
