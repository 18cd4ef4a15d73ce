"""From TOML text to validated values: positions, layers, components, wording."""
