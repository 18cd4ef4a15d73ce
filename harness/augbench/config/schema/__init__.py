"""JSON schema of what the loader accepts: for editors, which complete, explain and underline by it."""
