"""Which laws of its kind a component breaks; those of every kind are tried with all that is installed."""

from augbench import Component
from augbench.testing import Verdict, checks_of, judge


def broken(component: Component) -> list[Verdict]:
    own = [check for check in checks_of(component.kind) if check.function.__module__.endswith(f".{component.kind}")]
    return [verdict for verdict in judge(component, own) if not verdict.passed]
