"""Corrections of a trained classifier's predictions."""
