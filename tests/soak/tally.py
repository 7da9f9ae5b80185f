"""What a soak came to, and what about it is not as it must be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

FULL = "FULL"
CARELESS = ("NORMAL", "OFF")
"""Ways to write without waiting for the disk: losses must show, or they would be seen nowhere."""

_LAWS = {"I1": "lost", "I2": "doubled", "I3": "unsurfaced", "I5": "unsurfaced"}
"""The simulator's laws (tests/simulator/laws.py); any other that does not hold is counted apart."""

_EXAMPLES = 10


@dataclass(slots=True)
class Tally:
    """Figures of any part, or of all.

    Attributes:
        histories: of the simulator, by what signed them; `copied` of them with disks that were copied.
        broken: laws that did not hold, by what it means: lost, doubled, unsurfaced, other.
        tried: mutants that were decided about, `caught` of them by a law; `undecided` when the time was over.
        images: of power cuts, by mode, and of these `cut_lost` and `cut_broken`.
        io_faults: calls to the disk that failed, in `io_tests`.
        saved: scans that a killed station had said were saved.
        cases: attacks and accidents with approvals, `cases_right` of them judged as by hand.
        still_valid: of the mutated approvals.
        failed: parts, and tests of parts, that ended otherwise than they should.
        examples: the first laws that did not hold, in words, with seeds.
    """

    histories: Counter[str] = field(default_factory=Counter)
    copied: int = 0
    acts: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    caught: int = 0
    tried: int = 0
    lived: list[str] = field(default_factory=list)
    undecided: int = 0
    images: Counter[str] = field(default_factory=Counter)
    cut_lost: Counter[str] = field(default_factory=Counter)
    cut_broken: Counter[str] = field(default_factory=Counter)
    io_faults: int = 0
    io_tests: int = 0
    kills: int = 0
    saved: int = 0
    cases: int = 0
    cases_right: int = 0
    mutations: int = 0
    still_valid: int = 0
    failed: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Counts another part, or another lane of it, in."""
        for part in fields(self):
            mine, theirs = getattr(self, part.name), getattr(other, part.name)
            setattr(self, part.name, mine + theirs)

    def breaks(self, laws: Sequence[str], where: str) -> None:
        """Counts laws that did not hold in a history, each a sentence that begins with its number."""
        for law in laws:
            self.broken[_LAWS.get(law.partition(":")[0], "other")] += 1
        self.examples += [f"{where}: {law}" for law in laws[:_EXAMPLES]]


def red(tally: Tally, parts: Sequence[str]) -> list[str]:
    """Why a soak of these parts failed, a sentence each; empty when all held and each part did work."""
    found = [f"{count} {what} in all" for what, count in sorted(tally.broken.items()) if count]
    found += [f"mutant {name} was not caught" for name in tally.lived]
    lost, broken = tally.cut_lost[FULL], tally.cut_broken[FULL]
    if lost or broken:
        found.append(f"power cuts at {FULL}: {lost} images lost something, {broken} broken")
    if "power cuts" in parts:
        found += [f"power cuts at {mode}: no loss was seen" for mode in CARELESS if not tally.cut_lost[mode]]
    if tally.cases_right != tally.cases:
        found.append(f"{tally.cases - tally.cases_right} approval cases were judged otherwise than by hand")
    if tally.still_valid:
        found.append(f"{tally.still_valid} mutated approvals were still valid")
    found += tally.failed
    found += [f"{part} showed nothing" for part in parts if not _shown(tally)[part]]
    return found


def _shown(tally: Tally) -> dict[str, int]:
    """How much each part did."""
    return {
        "kills": tally.kills,
        "real signing": tally.histories["real"],
        "stand-in": tally.histories["standin"],
        "mutants": tally.tried,
        "I/O faults": tally.io_faults,
        "power cuts": tally.images[FULL],
        "approvals": min(tally.cases, tally.mutations),
    }
