"""Tests of paired differences keep the laws of their kind."""

from augbench.testing import conformance
from augbench_plugins.tests.paired_t import PairedT
from augbench_plugins.tests.signs import SignedRank, SignFlip


@conformance(SignFlip(), SignedRank(), PairedT(), house=False)
def test_laws_of_tests(component, check):
    check(component)
