"""A run's files lie in its folder, whatever its trials are called."""

import os
import time

import pytest

from augbench.store.run_folder import RunFolder
from support.stores import KEY


@pytest.mark.parametrize("name", ["../../../evil/s0", "cells/ours[path=../../../../x]/s0", "cells/./s0", "cells//s0", "/etc/s0", ".."])
def test_no_name_and_no_key_leads_out_of_the_folder(tmp_path, name):
    folder = RunFolder(path=tmp_path / "run")
    for path in (folder.predictions(name, KEY), folder.predictions("cells/ours/s0", name), folder.generator(name), folder.log(name, name)):
        assert path.resolve().is_relative_to(folder.path)
        assert ".." not in path.parts


def test_names_that_differ_have_files_that_differ(tmp_path):
    folder = RunFolder(path=tmp_path / "run")
    names = ["a/b/s0", "a/./s0", "a/../s0", "a//s0", "a/s0", "a%2F/s0", "a/%2E/s0", "a/b=c/s0", "a/b%3Dc/s0"]
    assert len({folder.predictions(name, KEY) for name in names}) == len(names)


def test_a_draft_that_a_kill_left_is_cleared_up_and_one_at_work_is_not(tmp_path):
    folder = RunFolder(path=tmp_path)
    (tmp_path / "generators").mkdir()
    for name in (".draft-killed", ".draft-at-work"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "generators").symlink_to(tmp_path / "generators")
    os.utime(tmp_path / ".draft-killed", (0, time.time() - 7200))
    with folder.draft() as draft:
        (draft / "report.md").write_text("new")
    assert {path.name for path in tmp_path.iterdir()} == {"generators", ".draft-at-work", "report.md"}
