"""Whatever process is killed, whenever: a continued run ends with the bytes of one that nobody disturbed."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

from support import light
from support.left import artefacts, results
from support.runs import MATRIX, run, session

PATH = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
TRAININGS = MATRIX.replace("length = { steps = 70 }", "length = { steps = 1280 }").replace("seed = [0, 1]", "seed = [0]")


class Executioner:
    """Runs a command, kills its processes at random moments, and runs it again until it has come to its end."""

    def __init__(self, seed: int, pause: float) -> None:
        self.random = random.Random(seed)
        self.pause = pause
        self.kills: Counter[str] = Counter()

    @property
    def killed(self) -> int:
        """Return how many processes are dead by now."""
        return self.kills.total()

    def see_through(self, command: list[str], most: int, **environment: str) -> None:
        """Kill at most so many processes, the driver or any of its children, until one attempt ends well."""
        left = most
        for _ in range(most + 1):
            process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": PATH, **environment}, stderr=subprocess.PIPE)
            while process.poll() is None:
                time.sleep(self.random.uniform(0, self.pause))
                left -= self._kill_one(process.pid) if left else 0
            if process.returncode == 0:
                return
            assert process.returncode == -9, process.stderr.read().decode()
        raise AssertionError("not even an undisturbed attempt came to its end")

    def _role(self, victim: psutil.Process, driver: psutil.Process) -> str:
        if victim == driver:
            return "driver"
        if "resource_tracker" in " ".join(victim.cmdline()):
            return "resource tracker"
        return "fork server" if victim.parent() == driver else "worker"

    def _kill_one(self, pid: int) -> int:
        try:
            driver = psutil.Process(pid)
            roles: dict[str, list[psutil.Process]] = {}
            for process in (driver, *driver.children(recursive=True)):
                roles.setdefault(self._role(process, driver), []).append(process)
            # Most of a driver's life goes by before it has workers: mostly it is spared then, and dies often enough later.
            if "worker" not in roles and self.random.random() < 0.8:
                return 0
            victim = self.random.choice(roles[self.random.choice(sorted(roles))])
            what = self._role(victim, driver)
            victim.kill()
        except psutil.NoSuchProcess:
            return 0
        self.kills[what] += 1
        return 1


@pytest.mark.parametrize("kills", [pytest.param(60, marks=pytest.mark.slow), pytest.param(180, marks=pytest.mark.long)])
def test_kills_at_random_moments_change_no_byte(kills, tmp_path):
    light.run(tmp_path / "whole")
    whole = artefacts(tmp_path / "whole"), results(tmp_path / "whole")
    assert len(whole[0]) > 40
    executioner = Executioner(seed=1, pause=0.4)
    folders = (tmp_path / str(number) for number in range(kills))
    while (left := kills - executioner.killed) > 0:
        folder = next(folders)
        executioner.see_through([sys.executable, "-m", "support.light", str(folder)], most=min(left, 12), LIGHT_STEP="0.02")
        assert (artefacts(folder), results(folder)) == whole
    print(f"\n{executioner.killed} kills in {int(folder.name) + 1} runs: {dict(executioner.kills)}")


@pytest.mark.parametrize("kills", [pytest.param(10, marks=pytest.mark.slow), pytest.param(20, marks=pytest.mark.long)])
def test_kills_of_real_trainings_change_no_byte(kills, tmp_path):
    (tmp_path / "whole").mkdir()
    run(tmp_path / "whole", TRAININGS, engine="local")
    whole = artefacts(tmp_path / "whole"), results(tmp_path / "whole")
    executioner = Executioner(seed=2, pause=3.0)
    folders = (tmp_path / str(number) for number in range(kills))
    while (left := kills - executioner.killed) > 0:
        folder = next(folders)
        folder.mkdir()
        session(folder, TRAININGS)
        executioner.see_through([sys.executable, "-m", "support.runs", str(folder)], most=min(left, 10))
        assert (artefacts(folder), results(folder)) == whole
    print(f"\n{executioner.killed} kills in {int(folder.name) + 1} runs: {dict(executioner.kills)}")
