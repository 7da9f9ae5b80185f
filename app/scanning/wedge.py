"""Telling a keyboard-wedge scanner from a person, key by key. Pure; the window's event filter feeds it.

A scanner types faster than any hand. A key that may begin a burst is held back; when the next one comes too
late, or the quiet time passes, the held keys are released in order to the widget that has the focus, so
nothing typed is ever lost. A burst that ends in a terminator becomes a scan and no widget sees any of it.

The contract with the window's event filter. It keeps held key events in a queue and acts on the outcomes of
each call in order; every key given is answered for exactly once:

- `Hold`: eat the event just given and queue it;
- `Release(keys, text)`: deliver the first `keys` queued events (the one just given may be the last of them);
- `Scan(raw, keys, ...)`: discard that many; `raw` is a scan;
- `Drop(keys)`: discard that many; they were the rest of a scan's terminator.

Give only key presses with text, once each (X11 shows a key again to parent widgets: drop equal events), never
auto-repeats, never Shift alone. After each `Hold`, start a timer of `limits.quiet_ms`; when it fires and no
key event is waiting, call `quiet()`. Times are the events' own stamps: a busy window handles keys late, but
the stamps keep the true gaps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

_NEVER = float("-inf")
# Ctrl+] is how a group separator is typed. The other control signs a code may hold are RS and US.
_CODE_CONTROLS = frozenset("\x1d\x1e\x1f")


@dataclass(frozen=True, slots=True)
class BurstLimits:
    """How one wedge scanner types; times in milliseconds.

    `max_gap_ms`: the longest time between two keys of a burst; fast typists stay above 40.
    `min_length`: the fewest signs of a scan. `min_length_quiet`: the same where only quiet time ends it.
    `quiet_ms`: a pause this long ends whatever is held; a terminator may come this late.
    `quiet_ends`: a long enough burst without terminator is a scan too; else it is released as typing.
    `terminators`: signs that end a scan and are swallowed. `trailing_ms`: further terminators this soon after
    a scan's last key belong to it (the LF of CR LF, a slow Enter) and press no button.
    `prefix`: one sign that the scanner sends first; when set, only what follows it can be a scan and other
    typing is never held. `prefix_is_data`: it belongs to the scan, as the `]` of an AIM identifier does.
    `longest`: a longer burst is cut there and given as a scan, to be refused by its length.
    """

    max_gap_ms: float = 30.0
    min_length: int = 4
    min_length_quiet: int = 6
    quiet_ms: float = 50.0
    quiet_ends: bool = True
    terminators: str = "\r\n\t\x04"
    trailing_ms: float = 150.0
    prefix: str = ""
    prefix_is_data: bool = False
    longest: int = 4096


@dataclass(frozen=True, slots=True)
class Hold:
    """The key just given is held back."""


@dataclass(frozen=True, slots=True)
class Release:
    """The oldest `keys` keys were typing: deliver them. `text` is theirs."""

    keys: int
    text: str


@dataclass(frozen=True, slots=True)
class Scan:
    """The oldest `keys` keys were a scanner's: `raw` has neither prefix nor terminator."""

    raw: str
    keys: int
    first_ms: float
    last_ms: float


@dataclass(frozen=True, slots=True)
class Drop:
    """The oldest `keys` keys belong to a scan already given: discard them."""

    keys: int


Outcome: TypeAlias = Hold | Release | Scan | Drop


@dataclass(slots=True)
class WedgeDetector:
    """The burst detector of one keyboard; not thread-safe, lives in the window's thread."""

    limits: BurstLimits = field(default_factory=BurstLimits)
    _held: list[str] = field(default_factory=list)
    _first_ms: float = _NEVER
    _last_ms: float = _NEVER
    # The last key of the scan just given, until another key comes.
    _scan_end_ms: float = _NEVER

    @property
    def holding(self) -> int:
        """How many keys are held back now."""
        return len(self._held)

    def key(self, text: str, timestamp_ms: float) -> tuple[Outcome, ...]:
        """One key press: its text (empty does nothing) and its event's own time stamp.

        A stamp earlier than the last one counts as a pause.
        """
        if not text:
            return ()
        gap = timestamp_ms - self._last_ms
        ends = text in self.limits.terminators
        close = 0 <= gap <= (self.limits.quiet_ms if ends else self.limits.max_gap_ms)
        before = () if close else self._end(scan_ok=True)
        after_scan = timestamp_ms - self._scan_end_ms
        self._last_ms = timestamp_ms
        if ends and not self._held and 0 <= after_scan <= self.limits.trailing_ms:
            return (*before, Drop(1))
        if ends:
            return (*before, *self._terminator(text))
        self._scan_end_ms = _NEVER
        if not self._may_be_scanned(text):
            return (*before, *self._release(text))
        return (*before, *self._hold(text, timestamp_ms))

    def quiet(self) -> tuple[Outcome, ...]:
        """`quiet_ms` have passed without a key: ends what is held."""
        return self._end(scan_ok=True)

    def release_all(self) -> tuple[Outcome, ...]:
        """The focus moves or the window closes: what is held goes where it was typed, never into a scan."""
        return self._end(scan_ok=False)

    def _may_be_scanned(self, text: str) -> bool:
        if self.limits.prefix and not self._held:
            return text == self.limits.prefix
        printable = len(text) == 1 and text.isprintable()
        return printable or text in _CODE_CONTROLS or text == self.limits.prefix

    def _hold(self, text: str, timestamp_ms: float) -> tuple[Outcome, ...]:
        if not self._held:
            self._first_ms = timestamp_ms
        self._held.append(text)
        if len(self._held) > self.limits.longest:
            return (Hold(), self._scan(0))
        return (Hold(),)

    def _data(self) -> str:
        skip_prefix = self.limits.prefix and not self.limits.prefix_is_data
        return "".join(self._held[1:] if skip_prefix else self._held)

    def _terminator(self, text: str) -> tuple[Outcome, ...]:
        if len(self._data()) >= self.limits.min_length:
            return (self._scan(1),)
        return self._release(text)

    def _scan(self, terminators: int) -> Scan:
        scan = Scan(self._data(), len(self._held) + terminators, self._first_ms, self._last_ms)
        self._held.clear()
        self._scan_end_ms = self._last_ms
        return scan

    def _release(self, *further: str) -> tuple[Outcome, ...]:
        texts = [*self._held, *further]
        self._held.clear()
        return (Release(len(texts), "".join(texts)),)

    def _end(self, *, scan_ok: bool) -> tuple[Outcome, ...]:
        if not self._held:
            return ()
        if scan_ok and self.limits.quiet_ends and len(self._data()) >= self.limits.min_length_quiet:
            return (self._scan(0),)
        return self._release()
