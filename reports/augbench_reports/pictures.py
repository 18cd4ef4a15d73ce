"""Sample sheets on a page: the most needed inside it, the others as links to where they lie."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from augbench_reports.document import Document, Picture

INLINE = 3_000_000
"""Bytes of picture data that a page holds at most."""
WHOLE = 5_000_000
"""Bytes of a page: pictures take what its tables and figures leave."""


def addresses(page: Document, folder: Path) -> dict[str, str]:
    """Return by path the address of every picture that lies beside a page in a folder."""
    return {each.path: beside(each.path) for each in _there(page, folder)}


def embedded(page: Document, folder: Path, room: int) -> dict[str, str]:
    """Return by path the data of the pictures that stand in a page.

    It stops at the first that does not fit: the less needed ones behind it are not even read.
    """
    found: dict[str, str] = {}
    room = min(room, INLINE)
    for each in sorted(_there(page, folder), key=lambda each: each.need):
        data = "data:image/png;base64," + b64encode(smallest((folder / each.path).read_bytes())).decode("ascii")
        room -= len(data)
        if room < 0:
            break
        found[each.path] = data
    return found


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


def _there(page: Document, folder: Path) -> list[Picture]:
    pictures = (block for section in page.sections for block in section.blocks if isinstance(block, Picture))
    return [each for each in pictures if (folder / each.path).is_file()]
