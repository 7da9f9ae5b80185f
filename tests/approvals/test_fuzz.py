"""A short slice of the fuzzer, and a judge that it must catch."""

from __future__ import annotations

import pytest

from app.domain.approvals import verdict
from tests.approvals.__main__ import main, told
from tests.approvals.fuzz import Fuzzer
from tests.approvals.world import sealed


def test_no_mutation_stays_valid(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--fuzz", "1500"]) == 0
    assert "still valid  0" in capsys.readouterr().out


def test_what_it_mutates_was_valid() -> None:
    fuzzer = Fuzzer(1)
    for event, approvals, worth in fuzzer._good:
        assert str(fuzzer.judged(sealed(event, approvals), worth)) == "valid"


def test_it_repeats_by_its_seed() -> None:
    assert Fuzzer(3).run(60).outcomes == Fuzzer(3).run(60).outcomes


def test_a_judge_that_looks_away_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdict._Case, "bound", lambda _: {})
    found = Fuzzer(5).run(600)
    assert found.still_valid
    assert "still valid  0" not in told(found, 1.0)
