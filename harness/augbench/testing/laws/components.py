"""What a component of any kind obeys by itself."""
