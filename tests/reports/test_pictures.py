"""Sample sheets: small ones, the most needed inside the page, the others beside it."""

from base64 import b64decode
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from augbench import Comparison
from augbench_reports.building import document
from augbench_reports.document import Document, Picture, Section
from augbench_reports.html import written
from augbench_reports.pictures import INLINE, addresses, beside, embedded, smallest


def png(seed: int = 0, mode: str = "RGB", size: int = 48) -> bytes:
    """Draw noise, of which no compression makes less."""
    levels = np.random.default_rng(seed).integers(0, 256, (size, size, 3), dtype=np.uint8)
    buffer = BytesIO()
    Image.fromarray(levels).convert(mode).save(buffer, format="PNG")
    return buffer.getvalue()


def album(folder: Path, needs: dict[str, int]) -> Document:
    """Lay out pictures, each of a need, whose files lie in a folder."""
    (folder / "generators").mkdir(exist_ok=True)
    for place, name in enumerate(needs):
        (folder / "generators" / name).write_bytes(png(place))
    pictures = tuple(Picture(path=f"generators/{name}", alternative=name, caption=name, need=need) for name, need in needs.items())
    return Document(title="t", summary="s", flags=(), cards=(), sections=(Section(slug="s", title="s", level=2, blocks=pictures),))


def photograph() -> bytes:
    """Draw what a microscope shows: soft light and a little noise."""
    across, down = np.meshgrid(np.linspace(0, 1, 96), np.linspace(0, 1, 96))
    light = np.stack([170 + 60 * across, 120 + 80 * down, 190 - 70 * across * down], axis=2)
    levels = light + np.random.default_rng(0).normal(0, 3, light.shape)
    buffer = BytesIO()
    Image.fromarray(levels.astype(np.uint8)).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def test_a_colour_picture_gets_a_palette_and_looks_the_same() -> None:
    made = smallest(photograph())
    assert len(made) < 0.65 * len(photograph())
    small, large = (np.asarray(Image.open(BytesIO(data)).convert("RGB"), dtype=float) for data in (made, photograph()))
    assert np.abs(small - large).mean() < 4
    assert smallest(photograph()) == made


@pytest.mark.parametrize("mode", ["L", "P", "RGBA"])
def test_a_picture_that_is_not_of_three_colours_stays_as_it_is(mode: str) -> None:
    assert smallest(png(mode=mode)) == png(mode=mode)


def test_a_picture_that_a_palette_would_not_shrink_stays_as_it_is() -> None:
    assert smallest(png(size=4)) == png(size=4)


def test_what_is_needed_most_stands_in_the_page_and_the_others_beside_it(tmp_path: Path) -> None:
    page = album(tmp_path, {"late.png": 3, "first.png": 0, "second.png": 1, "also first.png": 0})
    room = 3 * len(embedded(page, tmp_path, INLINE)["generators/first.png"]) - 10
    found = embedded(page, tmp_path, room)
    assert list(found) == ["generators/first.png", "generators/also first.png"]
    assert Image.open(BytesIO(b64decode(found["generators/first.png"].removeprefix("data:image/png;base64,")))).size == (48, 48)
    assert addresses(page, tmp_path)["generators/also first.png"] == "./generators/also%20first.png"
    assert embedded(page, tmp_path, -1) == {}


def test_the_page_says_where_the_pictures_lie_that_it_has_no_room_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("augbench_reports.html.WHOLE", 0)
    page = album(tmp_path, {"a b.png": 0})
    text = written(page, tmp_path)
    assert "<summary>Kept beside this page: 1 sample sheet</summary>" in text
    assert '<li>a b.png <a href="./generators/a%20b.png">generators/a b.png</a></li>' in text
    assert "<img" not in text
    (tmp_path / "generators" / "a b.png").unlink()
    assert "<li>a b.png The file is missing: generators/a b.png</li>" in written(page, tmp_path)


@pytest.mark.parametrize("path", ["javascript:alert(1)", "//example.org/x.png", "https://example.org/x.png"])
def test_no_name_of_a_file_leads_elsewhere(path: str) -> None:
    assert beside(path).startswith("./")
    assert ":" not in beside(path)


def test_unsound_generators_come_first_then_minority_classes_of_the_control(comparison: Comparison) -> None:
    (column,) = comparison.columns
    judged = tuple(replace(each, word="collapsed" if each.name == "gan" else "sound") for each in column.generators)
    page = document(replace(comparison, columns=(replace(column, generators=judged),)))
    needs = {block.path: block.need for section in page.sections for block in section.blocks if isinstance(block, Picture)}
    controls = {each.sheet for each in judged if "ours" in each.rows}
    assert {each.sheet for each in judged if each.name == "gan"} == {path for path, need in needs.items() if need == 0}
    assert controls == {path for path, need in needs.items() if need == 1}
    assert set(needs.values()) == {0, 1, 2}
