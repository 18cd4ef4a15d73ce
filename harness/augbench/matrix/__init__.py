"""From a matrix file to validated trials."""

from augbench.matrix.check import check, look, minority
from augbench.matrix.load import load_matrix
from augbench.matrix.model import Matrix
from augbench.matrix.names import registry_of, wanted

__all__ = ["Matrix", "check", "load_matrix", "look", "minority", "registry_of", "wanted"]
