"""A simulated allocation policy as text: a table by channel, then the lines that gain and lose most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_HEAD = ("channel", "orders +", "-", "=", "lines +", "-", "=", "units +", "-", "=", "days waited", "then")
_PARTS = ("better", "worse", "same")


def said(found: Mapping[str, Any]) -> Iterator[str]:
    """The lines of text for a person at a terminal."""
    over, policy = found["over"], found["policy"]
    when = f"open orders at {over['open_at']}" if "open_at" in over else f"{over['from']} to {over['to']}"
    yield f"{found['owner']}, {when}: policy {policy['after']} instead of {policy['before']}."
    yield "+ would be better off, - worse off, = the same; units gained, lost, promised either way."
    rows = [_HEAD, *(_row(name, tally) for name, tally in found["channels"].items())]
    rows.append(_row("all", found["all"]))
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    for row in rows:
        name, *cells = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join((row[0].ljust(len(name)), *cells))
    for title, key in (("Gain most:", "gain_most"), ("Lose most:", "lose_most")):
        if found[key]:
            yield title
            yield from (f"  {entry['why']}" for entry in found[key])
    if not found["gain_most"] and not found["lose_most"]:
        yield "Nobody would gain or lose."


def _row(name: str, tally: Mapping[str, Any]) -> tuple[str, ...]:
    waits = tally["average_wait_days"]
    counts = (str(tally[what][part]) for what in ("orders", "lines", "units") for part in _PARTS)
    return (name, *counts, f"{waits['before']:.2f}", f"{waits['after']:.2f}")
