"""The augmenters that come with augbench."""
