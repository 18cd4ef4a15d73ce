"""Sample sheets on a page: the most needed inside it, the others as links to where they lie."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from augbench_reports.document import Document, Picture

INLINE = 3_000_000
"""Bytes of picture data that a page holds at most."""
WHOLE = 5_000_000
"""Bytes of a page: pictures take what its tables and figures leave."""


def sources(page: Document, folder: Path, room: int) -> dict[str, str]:
    """Return by path what a page shows of each picture: data as long as there is room, then links; a picture that is gone has none."""
    there = [each for each in _wanted(page) if (folder / each.path).is_file()]
    inline = _inline(there, folder, min(room, INLINE))
    return {each.path: inline.get(each.path) or beside(each.path) for each in there}


def beside(path: str) -> str:
    """Return the relative address of a file beside the page, whatever its name holds."""
    return f"./{quote(path)}"


def smallest(png: bytes) -> bytes:
    """Return a colour picture with a palette of 256 where that takes less room, else as it was; equal pictures give equal bytes."""
    from PIL import Image

    with Image.open(BytesIO(png)) as picture:
        if picture.mode != "RGB":
            return png
        buffer = BytesIO()
        picture.quantize(256, Image.Quantize.MEDIANCUT).save(buffer, format="PNG", optimize=True)
    return min(png, buffer.getvalue(), key=len)


def _wanted(page: Document) -> Iterable[Picture]:
    pictures = (block for section in page.sections for block in section.blocks if isinstance(block, Picture))
    return sorted(pictures, key=lambda each: each.need)


def _inline(pictures: Iterable[Picture], folder: Path, room: int) -> Mapping[str, str]:
    """Stop at the first picture that does not fit: the less needed ones behind it are not even read."""
    found: dict[str, str] = {}
    for each in pictures:
        data = "data:image/png;base64," + b64encode(smallest((folder / each.path).read_bytes())).decode("ascii")
        room -= len(data)
        if room < 0:
            break
        found[each.path] = data
    return found
