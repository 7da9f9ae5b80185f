"""What comes from a scanner, a keyboard or a wedge and is nothing: the bench says so and goes on."""

from __future__ import annotations

import random
from pathlib import Path

from app.ledger.audit import audit
from app.workflows.view import BandState
from tests.app.station.bench_world import MUG_CODE, RMA, BenchWorld

ODD = (
    "",
    "\0",
    "\x1b[2J\x07\r\n",
    "]C1",
    "]C1\x1d\x1d\x1d",
    "]d2010950600013435",
    '=HYPERLINK("http://x","y")',
    "+1+cmd|' /C calc'!A0",
    "'; DROP TABLE event; --",
    "../../station.key",
    "\ud800",
    "\u202eevitisnes",
    "e\u0301" * 400,
    "9" * 5000,
    "XKGRI" * 3,
    "https://id.gs1.org/01/" + "9" * 300,
    "x" * 10_000_000,
)  # fmt: skip


def test_whatever_is_scanned_the_bench_answers_and_goes_on(tmp_path: Path) -> None:
    rng = random.Random(9)
    odd = [*ODD, *("".join(chr(rng.choice(_SIGNS)) for _ in range(rng.randrange(60))) for _ in range(60))]
    world = BenchWorld(tmp_path)
    world.scan(RMA.code)
    events = world.thread.ask(lambda: world.ledger.head.seq)
    for text in odd:
        before = len(world.traces)
        world.bench.submit(text, rng.choice(["scanner", "typed", "wedge"]))
        world.thread.ask(world.bench.screen)
        assert len(world.traces) == before + 1, "each was answered"
    assert world.thread.ask(lambda: world.ledger.head.seq) == events, "and none of it became a fact"
    world.scan(MUG_CODE)
    assert world.say("GRI").bench.band.state is BandState.OK
    assert world.thread.ask(lambda: audit(world.ledger)).clean
    # Its end looks for defects that were reported meanwhile.
    world.close()


# Control signs, figures, separators, letters of several scripts, and signs beyond the first plane.
_SIGNS = (
    *range(32),
    29,
    29,
    34,
    39,
    44,
    48,
    49,
    59,
    61,
    64,
    92,
    93,
    0x7F,
    0xE9,
    0x3B1,
    0x5D0,
    0xFFFD,
    0x1F4E6,
)
