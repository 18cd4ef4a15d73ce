"""The backbones that come with augbench."""
