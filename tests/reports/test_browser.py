"""report.html in a real browser: Debian's Chromium, driven by playwright-core, judged by axe-core; ``.ci/viewers`` installs them."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from augbench import Comparison
from augbench.comparison import compare
from augbench.values.results import Results
from augbench_reports.building import document
from augbench_reports.document import Document
from augbench_reports.html import written

pytestmark = pytest.mark.slow

LOOK = Path(__file__).parent / "browser" / "look.mjs"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "augbench-browser"


def missing() -> str:
    """Say what a look at the report lacks; nothing where all is there."""
    programs = [name for name in ("chromium", "node") if shutil.which(name) is None]
    packages = [name for name in ("playwright-core", "axe-core") if not (CACHE / "node_modules" / name).is_dir()]
    return f"no {', '.join([*programs, *packages])}: .ci/viewers installs it" if programs or packages else ""


@pytest.fixture(scope="module")
def seen(
    folder: Path, make: Callable[..., Results], hostile: Document, harmless: Document, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Return what one browser saw of the run's report, of a short one (axe reads each twelve times) and of one full of hostile names."""
    if lacking := missing():
        # On a developer's machine a browser is a matter of taste.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(lacking)
    pages = [folder / "report.html"]
    for name, page in (("short", document(compare(make(rows=2)))), ("hostile", hostile), ("harmless", harmless)):
        pages.append(tmp_path_factory.mktemp("pages") / f"{name}.html")
        pages[-1].write_text(written(page, folder), "utf-8")
    command = ["node", str(LOOK), str(shutil.which("chromium")), str(CACHE), *map(str, pages)]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert finished.returncode == 0, finished.stderr
    found: dict[str, Any] = json.loads(finished.stdout)
    return found


def test_axe_finds_nothing_light_or_dark_narrow_or_wide_with_script_or_without(seen: dict[str, Any]) -> None:
    views = [view for part in seen["report"] for view in part["found"]]
    assert {(view["script"], view["scheme"], view["width"]) for view in views} == {
        (script, scheme, width) for script in (True, False) for scheme in ("light", "dark") for width in (320, 768, 1440)
    }
    assert [(view["width"], view["scheme"], each) for view in views for each in view["violations"]] == []


def test_axe_finds_nothing_where_names_are_hostile(seen: dict[str, Any]) -> None:
    views = [view for part in seen["hostile"] for view in part["found"]]
    assert {view["width"] for view in views} == {320, 768, 1440}
    assert [(view["width"], view["scheme"], each) for view in views for each in view["violations"]] == []


@pytest.mark.parametrize("page", ["report", "hostile"])
def test_no_page_is_wider_than_its_window(page: str, seen: dict[str, Any]) -> None:
    assert {view["overflow"] for part in seen[page] for view in part["found"]} == {0}


def test_no_page_requests_says_or_asks_anything(seen: dict[str, Any]) -> None:
    acts = seen["acts"]
    parts = [*seen["report"], *seen["hostile"], acts, acts["hostile"], acts["harmless"]]
    assert [noise for part in parts for noise in part["noise"]] == []


def test_hostile_names_make_no_element(seen: dict[str, Any]) -> None:
    assert seen["acts"]["hostile"]["tags"] == seen["acts"]["harmless"]["tags"]
    assert seen["acts"]["hostile"]["tags"]["SCRIPT"] == 1


def test_without_script_all_rows_stand_there_and_no_dead_button(seen: dict[str, Any], names: list[str]) -> None:
    assert seen["acts"]["withoutScript"] == {"bar": False, "buttons": 0, "rows": names}


@pytest.fixture(scope="module")
def names(comparison: Comparison) -> list[str]:
    return [row.name for row in comparison.columns[0].rows]


def test_a_heading_sorts_its_table_and_gives_the_order_of_the_report_back(
    seen: dict[str, Any], comparison: Comparison, names: list[str]
) -> None:
    scores = {row.name: row.scores["macro-f1"].mean for row in comparison.columns[0].rows}
    labels = {row.name: row.label.lower() for row in comparison.columns[0].rows}
    falling = sorted(names, key=lambda name: -(scores[name] or 0))
    first, second, third, by_keyboard = seen["acts"]["sorting"]
    assert first == {"rows": falling, "aria": "descending"}
    assert second == {"rows": falling[::-1], "aria": "ascending"}
    assert third == {"rows": names, "aria": None}
    assert by_keyboard["aria"] == "ascending"
    assert by_keyboard["rows"][0] == min(names, key=labels.__getitem__)


def test_the_search_field_filters_every_table_of_rows_and_fades_the_others_in_figures(
    seen: dict[str, Any], comparison: Comparison, names: list[str]
) -> None:
    wanted = [row.name for row in comparison.columns[0].rows if "mixup" in f"{row.label} {row.name}".lower()]
    found = seen["acts"]["filtering"]
    assert 0 < len(wanted) < len(names)
    assert found["rows"] == found["others"] == wanted
    assert set(found["faded"]) == set(names) - set(wanted)
    assert (found["told"], found["hash"]) == (f"{len(wanted)} of {len(names)} rows shown", "#find=MIXUP")
    assert (found["after"], found["field"], found["toldAfter"]) == (names, "", f"{len(names)} of {len(names)} rows shown")


def test_a_pinned_row_stands_first_in_every_table_and_out_in_every_figure(seen: dict[str, Any], names: list[str]) -> None:
    found = seen["acts"]["pinning"]
    assert len(found["first"]) > 5
    assert set(found["first"]) == set(found["marks"]) == {"plain"}
    assert set(found["pressed"]) == {"true"}
    assert found["focused"] == "Pin Plain: no oversampling"
    assert (found["told"], found["hash"]) == (f"{len(names)} of {len(names)} rows shown, 1 pinned", "#pin=plain")
    assert found["filtered"] == ["plain", "repetition"]
    assert (found["after"], found["hashAfter"]) == (names, "")


def test_a_link_holds_the_view(seen: dict[str, Any]) -> None:
    assert seen["acts"]["pinning"]["shared"] == {"rows": ["plain", "repetition"], "field": "repetition"}


def test_an_address_that_somebody_made_up_does_nothing(seen: dict[str, Any], names: list[str]) -> None:
    assert seen["acts"]["misled"] == {"rows": names, "hash": "#nowhere", "noise": []}


def test_a_mark_tells_its_title_to_mouse_and_keyboard_and_its_row_lights_up_in_the_tables(seen: dict[str, Any]) -> None:
    found = seen["acts"]["pointing"]
    first, second = found["tips"]
    assert first.startswith("WGAN-div + mixup + nonlinear mixup: 0.9")
    assert found["hot"] == ["row ours", "mark ours"]
    assert not found["left"]
    assert second == found["focused"] != first
    assert found["dismissed"]
    assert found["native"] == 0, "the browser would tell the same a second time"


def test_a_finger_reads_a_mark_too(seen: dict[str, Any]) -> None:
    found = seen["acts"]["touching"]
    assert found["tip"].startswith("WGAN-div + mixup + nonlinear mixup: 0.9")
    assert found["hot"] > 5


def test_the_arrows_go_from_pin_to_pin_behind_one_stop_of_the_tab_key(seen: dict[str, Any], names: list[str]) -> None:
    assert seen["acts"]["roving"] == {"last": names[-1], "pinned": names[-1], "stops": 1}


def test_a_table_is_copied_as_markdown(seen: dict[str, Any], names: list[str]) -> None:
    head, rule, *rows = seen["acts"]["copying"].splitlines()
    assert head.startswith("| Row | Accuracy; mean ± sd")
    assert len(rows) == len(names)
    assert {line.count(" | ") for line in (head, rule, *rows)} == {head.count(" | ")}
    assert rows[0].startswith("| WGAN-div + mixup + nonlinear mixup; control | 0.9")


def test_the_theme_is_switched_for_this_page_alone(seen: dict[str, Any]) -> None:
    light, dark, again = seen["acts"]["themes"]
    assert light == again != dark


def test_paper_shows_what_is_folded_away_and_no_controls(seen: dict[str, Any]) -> None:
    found = seen["acts"]["printing"]
    assert found["onScreen"]
    assert not any(found["onScreen"])
    assert all(found["onPaper"]["folded"])
    assert found["onPaper"]["controls"] == 0
    assert found["pages"] > 3
