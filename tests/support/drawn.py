"""What a figure shows, read back from its SVG."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from augbench_reports.figures.drawing import Drawing

SVG = "{http://www.w3.org/2000/svg}"


def parsed(drawing: Drawing) -> ElementTree.Element:
    return ElementTree.fromstring(drawing.file(dark=False).encode())


def words(drawing: Drawing) -> list[str]:
    return [text.text or "" for text in parsed(drawing).iter(f"{SVG}text")]


def titles(drawing: Drawing) -> list[str]:
    """What hovering tells."""
    root = parsed(drawing)
    return [title.text or "" for title in root.iter(f"{SVG}title") if title not in list(root)]


def drawn_rows(drawing: Drawing) -> list[str]:
    """Names of rows, each once, in the order in which they are drawn."""
    return list(dict.fromkeys(element.attrib["data-row"] for element in parsed(drawing).iter() if "data-row" in element.attrib))


def numberless(drawing: Drawing) -> set[str]:
    """Words that no coordinate may be."""
    return {"nan", "inf"} & set(re.findall(r"[a-z]+", " ".join(re.findall(r' (?:d|x|y|transform|width|height)="([^"]*)"', drawing.svg))))
