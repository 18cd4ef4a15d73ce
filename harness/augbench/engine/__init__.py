"""Carry out a plan: sessions, executors, events."""
