"""How text and tables are written in LaTeX."""
