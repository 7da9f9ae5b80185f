"""A strict reader of the ZPL that labels may use: anything else, or anything malformed, is an error.

Written from the language's manual, not from the builder: it knows positions, escapes and Code 128
invocation codes, and gives back what a printer would put on paper.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_COMMAND = re.compile(r"\^([A-Z]{2}|A[0@])([^^]*)")
_WHOLE = re.compile(r"\d+")
_B_SPECIAL = {">0": ">", "><": "^", ">=": "~"}


@dataclass(frozen=True)
class ZplText:
    """A text field; `right` is the width of its right-aligned block, None when it begins at `x`."""

    text: str
    x: int
    baseline: int
    size: int
    font: str
    white: bool
    right: int | None


@dataclass(frozen=True)
class ZplBox:
    """A filled box."""

    x: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class ZplBars:
    """A Code 128: what it says, and how many symbol characters its data and start take."""

    text: str
    x: int
    top: int
    module: int
    height: int
    characters: int

    @property
    def width(self) -> int:
        """From first to last bar in dots: check and stop included."""
        return (11 * (self.characters + 1) + 13) * self.module


@dataclass
class ZplLabel:
    """One format."""

    width: int = 0
    length: int = 0
    texts: list[ZplText] = field(default_factory=list)
    boxes: list[ZplBox] = field(default_factory=list)
    bars: list[ZplBars] = field(default_factory=list)


def read(data: bytes) -> ZplLabel:
    """Reads exactly one format.

    Raises:
        ValueError: with the command that is wrong.
    """
    text = data.decode("utf-8")
    if "~" in text or any(ord(sign) < 32 and sign != "\n" for sign in text):
        raise ValueError("a control sign outside an escape")
    if _COMMAND.sub("", text).strip():
        raise ValueError("text outside commands")
    commands = [(found[1], found[2].rstrip("\n")) for found in _COMMAND.finditer(text)]
    names = [name for name, _ in commands]
    if (names[0], names[-1]) != ("XA", "XZ") or names.count("XA") != 1 or names.count("XZ") != 1:
        raise ValueError("not one format from ^XA to ^XZ")
    if names.count("FD") != names.count("FS") - names.count("GB"):
        raise ValueError("a field without its ^FS")
    label = ZplLabel()
    at = _header(commands[1:-1], label)
    while at < len(commands) - 1:
        stop = names.index("FS", at)
        _field(dict(commands[at:stop]), stop - at, label)
        at = stop + 1
    return label


def _header(commands: list[tuple[str, str]], label: ZplLabel) -> int:
    expected = ("CI", "PW", "LL", "LH")
    if (
        tuple(name for name, _ in commands[:4]) != expected
        or commands[0][1] != "28"
        or commands[3][1] != "0,0"
    ):
        raise ValueError("the format must begin with its character set and size")
    label.width, label.length = int(commands[1][1]), int(commands[2][1])
    return 1 + len(expected)


def _field(parts: dict[str, str], count: int, label: ZplLabel) -> None:
    if len(parts) != count:
        raise ValueError("a command twice in one field")
    origin = parts.pop("FO", None) or parts.pop("FT", None)
    if origin is None:
        raise ValueError("a field without a place")
    x, y = _numbers(origin, 2)
    if "GB" in parts:
        width, height, thick = _numbers(parts.pop("GB"), 3)
        if thick != min(width, height):
            raise ValueError("a box that is not filled")
        label.boxes.append(ZplBox(x, y, width, height))
    elif "BC" in parts:
        module, _, height = _numbers(parts.pop("BY"), 3)
        if parts.pop("BC") != f"N,{height},N,N,N,N":
            raise ValueError("bars of another kind")
        said, characters = _code128(parts.pop("FD"))
        label.bars.append(ZplBars(said, x, y, module, height, characters))
    else:
        label.texts.append(_text(parts, x, y))
    if parts:
        raise ValueError(f"not understood: {sorted(parts)}")


def _text(parts: dict[str, str], x: int, y: int) -> ZplText:
    font, size = "0", parts.pop("A0", "")
    if not size:
        size, font = parts.pop("A@").rsplit(",", 1)
    orientation, height, width = size.split(",")
    if orientation != "N" or width not in ("", height):
        raise ValueError(f"a turned or stretched font: {size}")
    right = None
    if "FB" in parts:
        wide, lines, spacing, justified = parts.pop("FB").split(",")
        if (lines, spacing, justified) != ("1", "0", "R"):
            raise ValueError("a block of another kind")
        right = int(wide)
    white = parts.pop("FR", None) is not None
    data = parts.pop("FD")
    if parts.pop("FH", None) is not None:
        data = _unescape(data)
    elif "\\" in data:
        raise ValueError("a bare backslash")
    if right is not None and "\\" in data:
        raise ValueError("a backslash in a block is an escape of the block")
    return ZplText(data, x, y, int(height), font, white, right)


def _unescape(data: str) -> str:
    """Reads `_XX` as a byte; an underscore that escapes nothing is an error."""
    if re.search(r"_(?![0-9A-F]{2})", data):
        raise ValueError("an underscore that escapes nothing")
    raw = re.sub(rb"_([0-9A-F]{2})", lambda found: bytes([int(found[1], 16)]), data.encode())
    return raw.decode("utf-8")


def _code128(data: str) -> tuple[str, int]:
    """The text of ^BC field data in mode N, and its symbol characters with the start."""
    subset = {">:": "B", ">;": "C"}[data[:2]]
    said, at, characters = "", 2, 1
    while at < len(data):
        pair = data[at : at + 2]
        characters += 1
        if subset == "C" and pair == ">6":
            subset, at = "B", at + 2
        elif subset == "C":
            if len(pair) != 2 or not pair.isdigit():
                raise ValueError(f"not a pair of digits: {pair}")
            said, at = said + pair, at + 2
        elif pair == ">5":
            subset, at = "C", at + 2
        elif data[at] == ">":
            said, at = said + _B_SPECIAL[pair], at + 2
        else:
            said, at = said + data[at], at + 1
    return said, characters


def _numbers(text: str, count: int) -> list[int]:
    parts = text.split(",")
    if len(parts) != count or not all(_WHOLE.fullmatch(part) for part in parts):
        raise ValueError(f"expected {count} whole numbers: {text}")
    return [int(part) for part in parts]
