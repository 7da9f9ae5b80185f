"""The solver takes one pattern an order, within what is left, and the cheapest so."""

from __future__ import annotations

import builtins
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings

from sync.central.rules.sourcing.case import Left, case_of, ways_of
from sync.central.rules.sourcing.shapes import Wave
from sync.central.rules.sourcing.solver import Candidate, SolverError, highs
from tests.architecture.source_rules import ROOT
from tests.sync.central.rules.sourcing.test_prices import cheapest
from tests.sync.central.rules.sourcing.waves import every_pattern, line, need, site, wave, waves


def candidates(asked: Wave, left: Left) -> list[Candidate]:
    return [
        Candidate(order, pattern, pattern.cost)
        for order, one in enumerate(asked.needs)
        for pattern in every_pattern(case_of(asked, one), left)
    ]


@settings(max_examples=25)
@given(waves(orders=3, lines_each=1))
def test_it_finds_the_cheapest_there_is(asked: Wave) -> None:
    left = Left(asked)
    found = candidates(asked, left)
    taken = highs()(found, left, 10.0)
    assert taken is not None
    assert [found[place].order for place in taken] == list(range(len(asked.needs)))
    best = cheapest([case_of(asked, one) for one in asked.needs], Left(asked))
    for place in taken:
        assert left.fits(found[place].pattern)
        left.take(found[place].pattern)
    assert sum(found[place].pattern.cost for place in taken) == best


def test_what_cannot_be_has_no_answer() -> None:
    asked = wave([site("S1", 300)], [need("1", line("A")), need("2", line("A"))], {("S1", "A"): 1})
    left = Left(asked)
    shipped = [one for one in candidates(asked, left) if one.pattern.sites]
    assert len(shipped) == 2
    assert highs()(shipped, left, 10.0) is None


def test_a_quantity_beyond_the_solver_is_an_error_and_no_answer() -> None:
    beyond = 10**16
    asked = wave([site("S1", 300)], [need("1", line("A", beyond))], {("S1", "A"): beyond})
    left = Left(asked)
    case = case_of(asked, asked.needs[0])
    pattern = case.pattern(ways_of(case, 0, "S1", left.stock))
    with pytest.raises(SolverError, match="HiGHS failed"):
        highs()([Candidate(0, pattern, pattern.cost)], left, 10.0)


def test_it_is_missing_where_its_library_is(monkeypatch: pytest.MonkeyPatch) -> None:
    importing = builtins.__import__

    def without(
        name: str,
        globals_: Mapping[str, Any] | None = None,
        locals_: Mapping[str, Any] | None = None,
        names: Sequence[str] = (),
        level: int = 0,
    ) -> Any:
        if name == "highspy":
            raise ModuleNotFoundError("No module named 'highspy'", name=name)
        return importing(name, globals_, locals_, names, level)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SolverError, match="highspy is not installed"):
        highs()


@pytest.mark.parametrize("module", ["wave", "prices", "solver", "rounds"])
def test_the_library_is_not_loaded_before_it_is_used(module: str) -> None:
    code = (
        f"import sys, sync.central.rules.sourcing.{module}; "
        "sys.exit(bool({'highspy', 'numpy'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_it_says_nothing_on_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    asked = wave([site("S1", 300)], [need("1", line("A"))], {("S1", "A"): 1})
    left = Left(asked)
    assert highs()(candidates(asked, left), left, 10.0) is not None
    assert capfd.readouterr() == ("", "")
