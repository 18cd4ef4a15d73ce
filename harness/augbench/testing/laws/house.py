"""What a component of any kind obeys together with all that is installed."""
