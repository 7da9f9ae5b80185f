"""Keyboard-wedge damage: what a scanner set to a US keyboard becomes on a computer set to another one.

Two uses: noticing such damage in a scan, and the scanner test of the Devices screen, which prints `TEST_CODE`
and names what the reply shows. Damage is named and refused, never undone: two layouts can give the same text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.scanning.faults import Broken, Fault

# One sign for each thing that goes wrong: letters that move, punctuation, digits, a group separator.
TEST_CODE = "yzaq:/_-#12\x1dEND"

# US sign to the sign the same key gives elsewhere; signs left out stay.
_LAYOUTS: dict[str, dict[str, str]] = {
    "German": {"y": "z", "z": "y", ":": "Ö", "/": "-", "_": "?", "-": "ß", "#": "§"},
    "French": {
        "a": "q", "q": "a", "z": "w", ":": "M", "/": "!", "_": "°", "-": ")", "#": "3", "1": "&", "2": "é",
    },
    "UK": {"#": "£"},
    "Spanish": {":": "Ñ", "/": "-", "_": "?", "-": "'", "#": "·"},
    "Italian": {":": "ç", "/": "-", "_": "?", "-": "'", "#": "£"},
    "Swedish": {":": "Ö", "/": "-", "_": "?", "-": "+"},
    "Danish": {":": "Æ", "/": "-", "_": "?", "-": "+"},
    "Norwegian": {":": "Ø", "/": "-", "_": "?", "-": "+"},
}  # fmt: skip

# `https://` where `:` moved: another sign, then one sign twice for the slashes.
_WEB_MOVED = re.compile(r"https?[^:\s](?P<slash>[^\w/])(?P=slash)", re.IGNORECASE)
# An identifier whose `]` moved. Not every `+`: health codes (HIBC) begin with one.
_IDENTIFIER_MOVED = re.compile(r"[+$*¨^](?:E[04][0-9]{8,14}|[CdeQJ][0-3]0[012][0-9]{14}.*)", re.DOTALL)
_FRENCH_DIGITS = re.compile(r"[&é\"'(\-è_çà]{8,}")
_DO = "Set the scanner to this computer's keyboard, to ALT mode or to serial; see the Devices screen."


def check(text: str) -> None:
    """Refuses text that came through a keyboard of another layout.

    Raises:
        Broken: the damage is certain; damage that keeps a plausible text can only be found by the test.
    """
    if _WEB_MOVED.match(text):
        raise Broken(Fault.LAYOUT, "A web address was typed on another keyboard layout.", _DO)
    if _IDENTIFIER_MOVED.fullmatch(text):
        raise Broken(Fault.LAYOUT, "The sign ] before the code was typed on another keyboard layout.", _DO)
    if _FRENCH_DIGITS.fullmatch(text):
        raise Broken(Fault.LAYOUT, "Digits were typed on a French keyboard layout.", _DO)


@dataclass(frozen=True, slots=True)
class ScannerCheck:
    """What the scanner test found.

    `layout` is `US` when all signs came as printed, the name of the layout that explains the reply, or None
    when none does. `separator_kept` tells whether group separators arrive. `caps` tells of a stuck Caps Lock.
    """

    layout: str | None
    separator_kept: bool
    caps: bool

    @property
    def ok(self) -> bool:
        """True when the scanner delivers everything as printed."""
        return self.layout == "US" and self.separator_kept and not self.caps


def judge(received: str) -> ScannerCheck:
    """What the reply to `TEST_CODE` says about scanner and keyboard."""
    separator_kept = "\x1d" in received
    got = received.replace("\x1d", "")
    sent = TEST_CODE.replace("\x1d", "")
    for caps in (False, True):
        for name, moved in {"US": {}, **_LAYOUTS}.items():
            typed = "".join(moved.get(sign, sign) for sign in sent)
            if got == (typed.swapcase() if caps else typed):
                return ScannerCheck(name, separator_kept, caps)
    return ScannerCheck(None, separator_kept, caps=False)
