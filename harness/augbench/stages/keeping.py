"""Keep the state of a long stage, so that it goes on where it was after a kill, or after it was asked to stop."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from augbench.plan.tasks import Stage
from augbench.stages import contents
from augbench.stages.costs import Costs, Reading, added
from augbench.store.artefacts import Store
from augbench.store.files import write_json
from augbench.values.failing import Halted
from augbench.values.synthesis import Fitted

KEEP_SECONDS, CHEAP_SECONDS = 60.0, 3.0
"""What a kill may cost, and how long keeping a state may take before it is done the less often; neither moves a bit."""
_ABOUT = "about.json"


Keep = Callable[[Callable[[], Fitted | None]], None]
"""What a long stage calls with its state wherever it could go on from."""


def keeps_nothing(state: Callable[[], Fitted | None]) -> None:
    """Stand in for a keeper where nobody will go on."""


def never() -> bool:
    """Ask no stage to stop."""
    return False


@dataclass(kw_only=True)
class Keeper:
    """Keeps the state of a stage that is under way: every now and then, and when it is asked to stop."""

    stage: Stage
    store: Store
    device: torch.device
    halt: Callable[[], bool] = never
    spent: Reading = dict
    """What this part of the stage has cost so far."""
    before: Costs | None = None
    """What the parts before it cost, up to their last checkpoints; None where it did not go on from any."""
    clock: Callable[[], float] = time.monotonic
    last: float = field(init=False)
    took: float = field(default=0.0, init=False)
    """Seconds of the last keeping."""

    def __post_init__(self) -> None:
        self.last = self.clock()

    def __call__(self, state: Callable[[], Fitted | None]) -> None:
        """Call for the state and keep it where it is time to; then raise ``Halted`` if the stage was asked to stop.

        A state of None cannot be kept: the stage has to go on to its end.
        """
        halted, now = self.halt(), self.clock()
        if not halted and now - self.last < KEEP_SECONDS * max(1.0, self.took / CHEAP_SECONDS):
            return
        found = state()
        if found is not None:
            self._save(found)
            if halted:
                raise Halted
        self.last = self.clock()
        self.took = self.last - now

    def kept(self) -> Fitted | None:
        """Return the last state of a stage that was cut short; one that is damaged, or of another device, counts for nothing."""
        folder = self.store.kept(self.stage.key)
        try:
            about = json.loads((folder / _ABOUT).read_text(encoding="utf-8")) if folder else {}
            if folder is None or about["made-on"] != self._made_on():
                return None
            state, self.before = contents.load_fitted(folder), about["costs"]
        except (OSError, ValueError, KeyError):  # an older version's
            return None
        return state

    def costs(self) -> Costs:
        """Return what the whole stage has cost so far."""
        return self.spent() if self.before is None else added(self.before, self.spent())

    def _save(self, state: Fitted) -> None:
        with self.store.keep(self.stage) as folder:
            contents.save_fitted(folder, state)
            write_json(folder / _ABOUT, {"made-on": self._made_on(), "costs": dict(self.costs())})

    def _made_on(self) -> dict[str, str]:
        """Tell what decides bits beside the key: a result is not to be half of one device and half of another."""
        device = torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else self.device.type
        return {"device": device, "cpu": torch.backends.cpu.get_cpu_capability(), "torch": str(torch.__version__)}
