"""Text as LaTeX that any engine and font encoding sets as it was written: pure ASCII, no command of its own."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from augbench_reports.words import plain

LONG = 16
"""Letters of a word beyond which a line may break inside it."""
_STEP = 8
_BREAK = r"\allowbreak{}"

# Brackets and stars would be arguments of a line's end before them; quotes and bars differ between font encodings.
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\char34{}",
    "`": r"\textasciigrave{}",
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
}
_SYMBOLS = {
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
    "‐": "-",
    "‑": "-",
    "‘": r"\textquoteleft{}",
    "’": r"\textquoteright{}",
    "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}",
    "…": r"\ldots{}",
    "•": r"\textbullet{}",
    "·": r"$\cdot$",
    "°": r"$^{\circ}$",
    "§": r"\S{}",
    "¶": r"\P{}",
    "©": r"\copyright{}",
    "£": r"\pounds{}",
    "¿": r"\textquestiondown{}",
    "¡": r"\textexclamdown{}",
    "ß": r"\ss{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "œ": r"\oe{}",
    "Œ": r"\OE{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
    "ı": r"\i{}",
    "đ": r"\dj{}",
    "Đ": r"\DJ{}",
    "ð": r"\dh{}",
    "Ð": r"\DH{}",
    "þ": r"\th{}",
    "Þ": r"\TH{}",
    "⁻": "$^{-}$",
    "µ": r"$\mu$",
    "±": r"$\pm$",
    "−": "$-$",
    "×": r"$\times$",
    "÷": r"$\div$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "≠": r"$\neq$",
    "≈": r"$\approx$",
    "∞": r"$\infty$",
    "√": r"$\surd$",
    "∑": r"$\sum$",
    "∈": r"$\in$",
    "→": r"$\rightarrow$",
    "←": r"$\leftarrow$",
    "↔": r"$\leftrightarrow$",
    "↑": r"$\uparrow$",
    "↓": r"$\downarrow$",
}
_ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0323": "d",
    "\u0327": "c",
    "\u0328": "k",
    "\u0331": "b",
}
_GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER (\w+)")
_SMALL = "alpha beta gamma delta epsilon zeta eta theta iota kappa lamda mu nu xi pi rho sigma tau upsilon phi chi psi omega"
# The others look like Latin letters, and have no command.
_CAPITALS = "gamma delta theta lamda xi pi sigma upsilon phi psi omega"


def escaped(text: str, most: int = 2000) -> str:
    """Write text on one line; a letter that LaTeX's usual fonts lack is shown as its number: ``[U+4E2D]``."""
    return " ".join(map(_word, unicodedata.normalize("NFC", plain(text, most)).split()))


def printed(line: str) -> str:
    """Write one line of a file, every space kept."""
    return "".join(r"\ " if letter == " " else letter_of(letter) + _BREAK for letter in line)


def _word(word: str) -> str:
    letters = [letter_of(letter) for letter in word]
    if len(word) > LONG:
        letters = [written + _BREAK if _may_break(word, place) else written for place, written in enumerate(letters)]
    # Two in a row would become one: a dash, a quotation mark.
    return re.sub(r"([-,'])(?=\1)", r"\1{}", "".join(letters))


def _may_break(word: str, place: int) -> bool:
    return place + 1 < len(word) and (place % _STEP == _STEP - 1 or not word[place].isalnum())


@cache
def letter_of(letter: str) -> str:
    """Write one letter."""
    if letter in _SPECIAL:
        return _SPECIAL[letter]
    if " " <= letter <= "~":
        return letter
    if "\ufe00" <= letter <= "\ufe0f":
        # It only chooses how the letter before it looks.
        return ""
    return _SYMBOLS.get(letter) or _greek(letter) or _accented(letter) or _raised(letter) or f"{{[}}U+{ord(letter):04X}{{]}}"


def _greek(letter: str) -> str:
    found = _GREEK.fullmatch(unicodedata.name(letter, ""))
    name = found[2].lower() if found else ""
    if found and name in (_SMALL if found[1] == "SMALL" else _CAPITALS).split():
        name = name.replace("lamda", "lambda")
        return f"$\\{name if found[1] == 'SMALL' else name.capitalize()}$"
    return ""


def _accented(letter: str) -> str:
    # Two accents on one letter do not find their place.
    base, mark, *more = (*unicodedata.normalize("NFD", letter), "")
    if mark not in _ACCENTS or any(more) or not base.isascii():
        return ""
    dotless = base in "ij" and _ACCENTS[mark] not in "dckb"
    return rf"\{_ACCENTS[mark]}{{\{base}{{}}}}" if dotless else rf"\{_ACCENTS[mark]}{{{base}}}"


def _raised(letter: str) -> str:
    kind, _, codes = unicodedata.decomposition(letter).partition(" ")
    command = {"<super>": "textsuperscript", "<sub>": "textsubscript"}.get(kind, "")
    found = "".join(chr(int(code, 16)) for code in codes.split()) if command else ""
    return rf"\{command}{{{found}}}" if found.isascii() and found.isalnum() else ""
