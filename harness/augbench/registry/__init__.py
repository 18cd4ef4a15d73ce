"""The names that a matrix may use, and where each comes from."""
