"""Metrics keep the laws of their kind."""

from augbench.testing import conformance
from augbench_plugins.metrics.counts import Accuracy, BalancedAccuracy, MacroF1, Mcc
from augbench_plugins.metrics.probabilities import Brier, Ece, LogLoss
from augbench_plugins.metrics.ranking import Auroc


@conformance(Accuracy(), MacroF1(), BalancedAccuracy(), Mcc(), LogLoss(), Brier(), Ece(), Ece(bins=1), Auroc(), house=False)
def test_laws_of_metrics(component, check):
    check(component)
