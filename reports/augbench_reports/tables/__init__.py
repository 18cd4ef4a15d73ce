"""The comparison as tables of text: numbers are written here, once for every format."""
