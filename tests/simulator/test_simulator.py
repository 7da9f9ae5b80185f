"""A few histories hold, replay bit by bit, and bugs that were put in are found, made short and told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from app.ledger import outbox
from app.ledger.writer import Ledger
from tests.simulator.ground import ground
from tests.simulator.mutants import MUTANTS, mutated
from tests.simulator.run import happen, run
from tests.simulator.shrink import law_of, shrunk, story
from tests.simulator.signing import Signing
from tests.simulator.steps import plan

_ROOT = Path(__file__).resolve().parents[2]
_DIGEST = (
    "from tests.simulator.run import happen; from tests.simulator.steps import plan; "
    "from tests.simulator.signing import Signing; "
    "print(happen(plan(7, length=40), Signing.STANDIN, digested=True).digest)"
)


def test_a_history_holds_with_real_signatures() -> None:
    outcome = happen(plan(11, length=60), Signing.REAL)
    assert outcome.broken == []
    assert outcome.acts > 20


def test_a_long_history_holds() -> None:
    """Carries every law of the simulator into the suite, in two seconds."""
    outcome = run(12, Signing.STANDIN, length=160)
    assert outcome.broken == []
    assert outcome.acts > 60


def test_a_seed_is_one_history_whatever_the_process() -> None:
    here = happen(plan(7, length=40), Signing.STANDIN, digested=True)
    assert here.digest == happen(plan(7, length=40), Signing.STANDIN, digested=True).digest
    other = subprocess.run(
        [sys.executable, "-c", _DIGEST],
        cwd=_ROOT,
        env={**os.environ, "PYTHONHASHSEED": "4711"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.strip() == here.digest


def test_a_bug_is_found_made_short_and_told() -> None:
    ground(Signing.STANDIN)
    with mutated("page_one_short"):
        planned, worst = shrunk(
            plan(1, length=40), lambda fewer: happen(fewer, Signing.STANDIN), most_runs=12
        )
    assert law_of(worst) == "I6"
    assert len(planned.steps) < 15
    assert "than the feed" in story(planned, worst)
    assert happen(planned, Signing.STANDIN).broken == []


def test_every_mutant_says_what_is_wrong_with_it() -> None:
    assert len(MUTANTS) >= 75
    assert len({mutant.what for mutant in MUTANTS.values()}) == len(MUTANTS)


def test_a_mutant_is_gone_after_its_block() -> None:
    before = Ledger.record, outbox.acknowledge
    for name in MUTANTS:
        with mutated(name):
            pass
    assert (Ledger.record, outbox.acknowledge) == before
