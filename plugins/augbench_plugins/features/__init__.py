"""Frozen networks by whose features generated images are judged."""
