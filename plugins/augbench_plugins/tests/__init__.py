"""Tests of a difference over paired seeds."""
