"""Generators: adversarial networks that learn the images of one class."""
