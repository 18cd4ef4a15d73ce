"""The losses that come with augbench."""
