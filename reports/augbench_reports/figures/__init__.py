"""Figures as SVG: one drawing serves light and dark pages and files."""
