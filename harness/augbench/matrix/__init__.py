"""From a matrix file to validated trials."""

from augbench.matrix.check import check, look, minority
from augbench.matrix.load import load_matrix, plugins_of
from augbench.matrix.model import Matrix

__all__ = ["Matrix", "check", "load_matrix", "look", "minority", "plugins_of"]
