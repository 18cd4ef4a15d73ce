"""What pages of pictures have in common: colours, sizes of text, and how both get into a PNG file."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw

from augbench.stages.lettering import letters

INK, MUTED, RULE, PAPER = "#1f2328", "#59636e", "#d1d9e0", "#ffffff"
TITLE, NAME, TEXT = 40, 26, 21
MARGIN = 56
HEAD = MARGIN + 96
"""Height that margin, title and facts take."""
LEAST = 1000
"""Width of a page at least."""
_DPI = 200


class Page:
    """A white page, to be drawn and written on."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.image = Image.new("RGB", (width, height), PAPER)
        self.draw = ImageDraw.Draw(self.image)

    @property
    def room(self) -> int:
        """Return how wide a line of text may be."""
        return self.width - 2 * MARGIN

    def write(self, where: tuple[float, float], text: str, size: int, colour: str, anchor: str = "ls", room: float | None = None) -> None:
        """Write a text on its baseline."""
        written, font = letters(text, size, room)
        self.draw.text(where, written, fill=colour, font=font, anchor=anchor)

    def head(self, title: str, facts: str, aside: float = 0) -> None:
        """Write a title, with so much room left behind it, and a line of facts below."""
        self.write((MARGIN, MARGIN + 30), title, TITLE, INK, room=self.room - aside)
        self.write((MARGIN, MARGIN + 68), facts, TEXT, MUTED, room=self.room)

    def rule(self, top: int) -> None:
        """Draw a line from margin to margin."""
        self.draw.line((MARGIN, top, self.width - MARGIN, top), fill=RULE, width=1)

    def png(self) -> bytes:
        """Return the page as a file."""
        buffer = BytesIO()
        self.image.save(buffer, format="PNG", optimize=True, dpi=(_DPI, _DPI))
        return buffer.getvalue()
