"""The types that every part of augbench shares; light to import: no torch, no numpy, no pydantic."""
