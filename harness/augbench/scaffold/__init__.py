"""A new plugin's distribution, ready to be installed, tested and published."""
