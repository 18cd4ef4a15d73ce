"""What goes wrong while a component is tried out: wording in one place."""

from __future__ import annotations

from collections.abc import Sequence

from augbench.values.errors import AugbenchError, placed, reason


class TrialError(AugbenchError):
    """A component that cannot be tried out, or does what it should not."""

    def __init__(self, kind: str, name: str, text: str) -> None:
        self.kind, self.name, self._text = kind, name, text
        super().__init__(f"{kind} '{name}' {text}")

    def call(self, name: str) -> None:
        """Give the component another name, such as that of a matrix to one that was known by its class."""
        self.name, self.args = name, (f"{self.kind} '{name}' {self._text}",)


class ComponentRaises(TrialError):
    """A component's code raises while it is tried out."""

    def __init__(self, kind: str, name: str, error: BaseException, where: str = "") -> None:
        super().__init__(kind, name, f"fails: {reason(error)}{placed(where)}")


class ComponentHangs(TrialError):
    """A component's code does not come to an end."""

    def __init__(self, kind: str, name: str, seconds: float, where: str = "") -> None:
        super().__init__(kind, name, f"has not ended after {seconds:g} s{placed(where)}; mend it, or give it longer with --limit TIME")


class OddResult(TrialError):
    """What a component gives is not what its kind gives; ``expected`` may be clear from what was found."""

    def __init__(self, kind: str, name: str, found: str, expected: str = "", where: str = "") -> None:
        super().__init__(kind, name, f"gives {found}{f', not {expected}' if expected else ''}{placed(where)}")


class Unsuited(TrialError):
    """A component says that it cannot serve what it is tried out on."""

    def __init__(self, kind: str, name: str, reason: str, hint: str) -> None:
        super().__init__(kind, name, f"does not suit what it is shown on: {reason}; {hint}")


class NothingToShow(AugbenchError):
    """No picture can be drawn of a component of this kind."""

    def __init__(self, kind: str, name: str, kinds: Sequence[str], hint: str) -> None:
        super().__init__(f"{kind} '{name}' cannot be drawn: pictures show {', '.join(kinds[:-1])} and {kinds[-1]}; {hint}")


class NothingToTime(AugbenchError):
    """There is no measure of the speed of a component of this kind."""

    def __init__(self, kind: str, name: str, kinds: Sequence[str]) -> None:
        super().__init__(f"{kind} '{name}' cannot be timed by itself: what can is {', '.join(kinds[:-1])} and {kinds[-1]}")


class UnknownClass(AugbenchError):
    """A data set has no class of this name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        from augbench.values.errors import suggestion

        super().__init__(f"the data set has no class '{name}'; {suggestion(name, known)}")
