"""The table of a soak, for people, and the same figures for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields

from tests.soak.tally import CARELESS, FULL, Tally

_EXAMPLES = 10
_LOSSES = ("lost", "doubled", "unsurfaced")


def table(tally: Tally, seconds: float, why: Sequence[str]) -> str:
    """One line for each figure, then why it is red, if it is."""
    undecided = f" ({tally.undecided} not decided in the time)" if tally.undecided else ""
    rows = [
        ("seconds", f"{seconds:.0f}"),
        ("seeds, real signing", f"{tally.histories['real']:,}"),
        ("seeds, stand-in signing", f"{tally.histories['standin']:,}"),
        ("of these with copied disks", f"{tally.copied:,}"),
        ("physical acts", f"{tally.acts:,}"),
        *((what, f"{tally.broken[what]:,}") for what in _LOSSES),
        ("other laws broken", f"{tally.broken['other']:,}"),
        ("mutants caught", f"{tally.caught} of {tally.tried} tried{undecided}"),
        *((f"power-cut images, {mode}", _cut(tally, mode)) for mode in (FULL, *CARELESS)),
        ("injected I/O faults", f"{tally.io_faults:,} in {tally.io_tests} tests"),
        ("SIGKILLs of a real station", f"{tally.kills:,}, with {tally.saved:,} scans said to be saved"),
        ("approval cases right", f"{tally.cases_right} of {tally.cases}"),
        ("mutated approvals", f"{tally.mutations:,}, {tally.still_valid} still valid"),
    ]
    wide = max(len(name) for name, _ in rows)
    lines = [f"{name:<{wide}}  {value}" for name, value in rows]
    if why:
        lines += ["RED", *(f"  {reason}" for reason in why)]
        lines += [f"    {example}" for example in tally.examples[:_EXAMPLES]]
    else:
        lines.append("Nothing was lost, doubled or passed over in silence.")
    return "\n".join(lines) + "\n"


def _cut(tally: Tally, mode: str) -> str:
    broken = f", {tally.cut_broken[mode]:,} broken" if tally.cut_broken[mode] else ""
    return f"{tally.images[mode]:,}, {tally.cut_lost[mode]:,} lost something{broken}"


def as_json(tally: Tally, seconds: float, why: Sequence[str]) -> str:
    """One object: every figure by its name, and why it is red."""
    figures = {part.name: getattr(tally, part.name) for part in fields(tally)}
    return json.dumps({"seconds": round(seconds, 1), **figures, "red": list(why)}) + "\n"
