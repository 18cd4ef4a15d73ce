"""What a plugin does to the process in one stage is undone before the next."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from augbench.plan.tasks import PrepareTask, Stage
from augbench.stages.run import execute
from augbench.store.local import LocalStore
from support.toys import Dots

CPU = torch.device("cpu")


@dataclass(frozen=True, kw_only=True)
class Careless(Dots):
    """Leaves everything where it does not belong."""

    folder: Path

    def load(self) -> Any:
        loaded = super().load()
        os.chdir(self.folder)
        torch.set_default_dtype(torch.float64)
        torch.set_default_device("meta")
        torch.set_grad_enabled(False)
        return loaded


def test_the_folder_and_torch_s_settings_are_put_back(tmp_path: Path):
    task = PrepareTask(dataset=Careless(folder=tmp_path), resize=None, name="dots")
    stage = Stage(kind="prepare", key="0" * 64, label="prepare dots", settings="{}", template=task, resample=None, inputs={})
    before = Path.cwd()
    execute(stage, LocalStore(root=tmp_path / "store"), CPU, lambda done, total, **numbers: None)
    assert Path.cwd() == before
    assert torch.zeros(1).dtype == torch.float32
    assert torch.zeros(1).device == CPU
    assert torch.is_grad_enabled()
