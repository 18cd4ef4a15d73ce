"""What the driver reads of artefacts needs no torch, whose import takes seconds and hundreds of megabytes."""

import subprocess
import sys

import numpy as np
import pytest

from augbench.stages.contents import NOTES, TEST, save_array
from augbench.stages.prepared import write_prepared
from augbench.store.files import write_json
from support.toys import Dots

CODE = """
import sys
from pathlib import Path
from augbench.plan.tasks import Resample
from augbench.stages.contents import NOTES, SHEET, TEST, VALIDATION, load_array, load_notes
from augbench.stages.prepared import read_prepared
from augbench.stages.subsets import subsets, whole
folder = Path(sys.argv[1])
prepared = read_prepared(folder)
learn, held_out = subsets(prepared, Resample(seed=0, digest="d", folds=3, fold=1))
print(load_notes(folder)["steps"], load_array(folder / TEST).sum(), whole(prepared.test).ids[0])
print(len(learn.labels), len(held_out.labels), len(set(learn.ids) & set(held_out.ids)))
print(subsets(prepared, Resample(seed=0, digest="d"))[1].ids[-1])
print(sorted({"torch", "safetensors.torch", "pandas", "scipy"} & set(sys.modules)))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("prepared")
    write_prepared(Dots().load(), None, path, "dots", lambda done, total, **numbers: None)
    write_json(path / NOTES, {"steps": 70})
    save_array(path / TEST, np.ones(4, dtype=np.float32))
    return path


def test_labels_ids_arrays_and_notes_are_read_without_torch(folder):
    done = subprocess.run([sys.executable, "-c", CODE, str(folder)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["70 4.0 test/0", "25 12 0", "validation/12", "[]"]
