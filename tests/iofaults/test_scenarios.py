"""Some calls of each scenario fail, from the first to the last; `python -m tests.iofaults` takes all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.ledger import bundles
from tests.iofaults.__main__ import main
from tests.iofaults.every_call import every_call
from tests.iofaults.failing import Kind
from tests.iofaults.scenario import Scenario
from tests.iofaults.scenarios import SCENARIOS

PLACES = (0, 7, 19, 31, 43, 55, 67, 79, 88, 94, 97, 100)

# Of works that take long: where something is handed over, and where it takes its place.
FEW = {
    "centre made": (2, 50, 98),
    "centre upgraded": (40, 80, 97),
    "centre put back over damage": (3, 60, 88, 92, 94, 96, 98, 99, 100),
    "centre put back": (3, 60, 90, 96, 99),
    "centre copied": (20, 60, 90, 98, 100),
    "centre erases words": (10, 50, 90, 97, 100),
    "centre receives": (10, 40, 60, 75, 90, 99),
}


@pytest.mark.parametrize(
    ("scenario", "kind", "places"),
    [
        pytest.param(scenario, kind, FEW.get(scenario.name, PLACES), id=f"{scenario.name}, {kind.value}")
        for scenario in SCENARIOS
        for kind in Kind
        # Where each try takes long, an error stands for a full disk too.
        if scenario.name not in FEW or kind is Kind.EIO
    ],
)
def test_whichever_call_fails_nothing_is_half_kept_and_it_goes_on(
    tmp_path: Path, scenario: Scenario, kind: Kind, places: tuple[int, ...], expect_log: Callable[[str], None]
) -> None:
    if scenario.name == "private words erased":
        expect_log("may still hold private words that were erased")
    found = every_call(scenario, kind, tmp_path, lasting=kind is Kind.FULL, places=places)
    assert found.wrong == []
    assert found.failed >= min(found.calls, len(places) - 2)


def test_a_file_that_is_written_in_its_place_is_seen_to_be_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundles, "put_in_place", lambda part, target: target.write_bytes(part.read_bytes()))
    (scenario,) = (one for one in SCENARIOS if one.name == "bundle exported")
    found = every_call(scenario, Kind.SHORT, tmp_path)
    assert any("framing" in wrong or "Refused" in wrong for wrong in found.wrong), found.wrong


@pytest.mark.parametrize("kind", [Kind.FULL, Kind.SHORT])
def test_what_was_not_finished_takes_no_room_on_a_full_disk(tmp_path: Path, kind: Kind) -> None:
    named = ("bundle exported", "copy put back")
    for scenario in (one for one in SCENARIOS if one.name in named):
        found = every_call(scenario, kind, tmp_path / scenario.name, lasting=True, places=(10,))
        assert found.wrong == []
        assert [path.name for path in (tmp_path / scenario.name / "at work").rglob("*.part")] == []


def test_the_command_says_what_failed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--scenario", "photo kept"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "photo kept, input/output error once: 6 of 6 calls failed, 0 refused, 0 wrong"
    assert said[-1] == "20 failures, 0 wrong: green"
