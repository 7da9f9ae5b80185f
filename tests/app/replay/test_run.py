"""Whole replays of a generated file, over a real centre and a real bench: once, again, stopped, killed."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.bootstrap.centre import EmbeddedCentre
from app.command.root import run
from app.domain.refusal import Refused
from app.replay import premises
from app.replay.premises import locked
from app.replay.report import Report
from app.replay.rows import BY_FINDING, Kind, Reason
from app.replay.run import Asked, Stopped, replay
from app.replay.stopping import Stopping
from app.station.system import SystemClock
from tests.app.replay.lines import write
from tests.generated_trade import Fault, TradeFigures, write_trade_csv
from tests.trade_papers import Kind as Planned

pytestmark = pytest.mark.slow

SEED = 7
DOUBTS = {Reason.BLIND, *BY_FINDING.values()}


@dataclass(frozen=True)
class Whole:
    """A file, what stands in it, and how its replay without any interruption ended, in `folder`."""

    file: Path
    figures: TradeFigures
    report: Report
    folder: Path
    said: list[str]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = tmp_path_factory.mktemp("whole")
    file = folder / "trade.csv"
    figures = write_trade_csv(file, seed=21, months=2, invoices_per_month=40, malformed=list(Fault))
    said: list[str] = []
    report = replay(Asked(file, None, SEED, folder / "out"), SystemClock(), said.append)
    return Whole(file, figures, report, folder / "out", said)


def quiet(line: str) -> None:
    """Nobody listens."""
    del line


class EveryFew:
    """Asks to stop after so many papers."""

    def __init__(self, papers: int) -> None:
        self._left = papers

    def __call__(self) -> bool:
        self._left -= 1
        return self._left == 0


def result(report: Report) -> dict[str, object]:
    """All of a report but how long it took."""
    return {name: value for name, value in report.to_json().items() if name != "seconds"}


# --- every row in one place ---------------------------------------------------------------------------------


def test_every_row_ends_in_one_place_by_the_figures_of_its_file(whole: Whole) -> None:
    report, kinds = whole.report, whole.figures.kinds
    assert report.rows == whole.figures.rows + len(whole.figures.malformed)
    assert report.accounted == report.rows
    assert list(report.rejected_lines) == sorted(whole.figures.malformed)
    applied, exceptions = Counter(report.applied), Counter(report.exceptions)
    assert applied[Kind.SALE] + exceptions[Reason.NOT_SHIPPED] == kinds[Planned.SALE]
    assert applied[Kind.CREDIT] + sum(exceptions[why] for why in DOUBTS) == kinds[Planned.CREDIT]
    assert applied[Kind.SERVICE] == kinds[Planned.SERVICE] + kinds[Planned.CREDIT_SERVICE]
    lost = kinds[Planned.LOSS_NOTED] + kinds[Planned.LOSS_SILENT]
    assert applied[Kind.WRITE_OFF] + exceptions[Reason.REJECTED] == lost
    found = kinds[Planned.FOUND_NOTED] + kinds[Planned.FOUND_SILENT] + kinds[Planned.FREE]
    assert applied[Kind.ADJUSTMENT] == found
    assert exceptions[Reason.BAD_DEBT] == kinds[Planned.BAD_DEBT] == 3


def test_credits_without_a_sale_are_blind_and_few_others(whole: Whole) -> None:
    exceptions = Counter(whole.report.exceptions)
    blind = sum(exceptions[why] for why in DOUBTS - {Reason.SAME_DAY, Reason.UNUSUAL})
    # Beyond these, only goods that were credited before their backorder was shipped.
    covered = whole.figures.uncovered_credit_rows + whole.figures.partly_covered_credit_rows
    assert covered <= blind <= covered + 5


def test_every_credit_line_has_one_reason_which_the_centre_s_own_cases_say_too(whole: Whole) -> None:
    returned, exceptions = whole.report.returned, Counter(whole.report.exceptions)
    assert returned is not None
    assert whole.report.aftermath is not None
    found = Counter(doubt.reason for doubt in returned.doubts)
    assert returned.applied + found.total() == whole.figures.kinds[Planned.CREDIT]
    assert found == Counter({why: exceptions[why] for why in DOUBTS if exceptions[why]})
    cases = whole.report.aftermath.cases
    for kind, why in BY_FINDING.items():
        assert cases.get(kind, 0) >= found[why], kind
    assert found[Reason.ORPHAN]


def test_returns_of_years_ago_do_not_expire_while_they_are_played(whole: Whole) -> None:
    with sqlite3.connect(whole.folder / "centre" / "centre.db") as db:
        ends = {row[0] for row in db.execute("select send_by from rma")}
    assert ends == {"9999-12-31"}


def test_no_law_is_broken(whole: Whole) -> None:
    assert whole.report.violations == ()


def test_every_credited_unit_went_over_the_bench(whole: Whole) -> None:
    with sqlite3.connect(whole.folder / "station" / "station.db") as db:
        units = db.execute("select sum(units) from event where kind = 'return.dispositioned'").fetchone()[0]
        labels = db.execute("select count(*) from label").fetchone()[0]
    db.close()
    assert units == whole.figures.credited_units
    assert labels >= whole.figures.kinds[Planned.CREDIT]
    assert not (whole.folder / "station" / "labels").exists()


def test_it_says_what_was_merged_and_rejected(whole: Whole) -> None:
    text = "\n".join(whole.said)
    items = whole.figures.codes_in_capitals
    assert f"{whole.figures.codes:,} codes are {items:,} items: letter-case twins merged: " in text
    assert "Line " in text
    assert "is rejected as malformed: " in text


# --- again --------------------------------------------------------------------------------------------------


def test_the_same_file_packed_ends_the_same(whole: Whole, tmp_path: Path) -> None:
    packed = tmp_path / "trade.bin"
    packed.write_bytes(gzip.compress(whole.file.read_bytes()))
    report = replay(Asked(packed, None, SEED, tmp_path / "out"), SystemClock(), quiet)
    assert result(report) == result(whole.report)


def test_stopped_again_and_again_it_ends_the_same(whole: Whole, tmp_path: Path) -> None:
    asked = Asked(whole.file, None, SEED, tmp_path / "out")
    for papers in (1, 40, 23):
        with pytest.raises(Stopped, match="invoices and notes are finished"):
            replay(asked, SystemClock(), quiet, EveryFew(papers))
    said: list[str] = []
    assert result(replay(asked, SystemClock(), said.append)) == result(whole.report)
    assert any(line.startswith("Going on after ") for line in said)


def backhaul(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "app", "replay", *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def until_it_works(program: subprocess.Popen[str]) -> None:
    """Reads until the replay says how far it is, or that it is through already."""
    assert program.stderr is not None
    for line in program.stderr:
        if " rows/s" in line or "Checking" in line:
            return
    pytest.fail("the replay ended without a word")


def test_interrupted_and_then_killed_it_ends_the_same(whole: Whole, tmp_path: Path) -> None:
    arguments = [str(whole.file), "--seed", str(SEED), "--out", str(tmp_path / "out")]
    with backhaul(*arguments) as asked:
        until_it_works(asked)
        asked.send_signal(signal.SIGINT)
        _, rest = asked.communicate()
        # Through already, on a fast machine: then there was nothing to stop.
        if asked.returncode:
            assert asked.returncode == 1
            assert "Stopped after " in rest
            assert "the same command goes on from there" in rest
    with backhaul(*arguments) as killed:
        until_it_works(killed)
        killed.kill()
    report = replay(Asked(whole.file, None, SEED, tmp_path / "out"), SystemClock(), quiet)
    assert result(report) == result(whole.report)


def test_a_centre_that_dies_is_said_and_another_goes_on(
    whole: Whole, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    centres: list[EmbeddedCentre] = []

    class Mortal(EmbeddedCentre):
        def __init__(self, folder: Path, *, database: str | None) -> None:
            super().__init__(folder, database=database)
            centres.append(self)

    few = EveryFew(30)

    def kill(_: Stopping) -> bool:
        if few():
            os.kill(centres[0].pid, signal.SIGKILL)
        return False

    monkeypatch.setattr(premises, "EmbeddedCentre", Mortal)
    monkeypatch.setattr(Stopping, "asked", kill)
    arguments = ["replay", str(whole.file), "--seed", str(SEED), "--out", str(tmp_path / "out"), "--json"]
    assert run(arguments) == 1
    said = capsys.readouterr()
    assert "the same command goes on from there" in said.err
    assert said.out == ""
    assert run(arguments) == 0
    report = json.loads(capsys.readouterr().out)
    assert {**report, "seconds": 0} == {**result(whole.report), "seconds": 0}


def test_a_finished_replay_is_only_checked_again_and_a_changed_record_is_found(
    whole: Whole, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(whole.folder, folder)
    with sqlite3.connect(folder / "station" / "station.db") as db:
        db.execute(
            "update balance set qty = qty + 1 where account_id = (select min(account_id) from balance)"
        )
    db.close()
    code = run(["replay", str(whole.file), "--seed", str(SEED), "--out", str(folder), "--json"])
    found = capsys.readouterr()
    report = json.loads(found.out)
    assert code == 1
    assert report["violations"] > 0
    assert "agreement: " in found.err
    assert {**report, "violations": 0, "seconds": 0} == {**result(whole.report), "seconds": 0}


# --- parts and refusals -------------------------------------------------------------------------------------


def test_a_month_is_a_part(
    whole: Whole, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert run(["replay", str(whole.file), "--months", "1", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    lines = whole.file.read_text(encoding="utf-8").splitlines()
    assert 0 < report["rows"] < whole.report.rows
    assert report["rows"] - report["rejected"] == sum(",2010-12-" in line for line in lines) - sum(
        ",2010-12-" in lines[number - 1] for number in whole.figures.malformed
    )
    assert report["applied"] + report["exceptions"] + report["rejected"] == report["rows"]
    assert report["violations"] == 0


def test_people_read_a_summary_and_the_folder_keeps_the_report(
    whole: Whole, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["replay", str(whole.file), "--seed", str(SEED), "--out", str(whole.folder)]) == 0
    text = capsys.readouterr().out
    assert f"{whole.report.rows:,} rows in " in text
    assert "0 violations" in text
    kept = json.loads((whole.folder / "report.json").read_text(encoding="utf-8"))
    assert {**kept, "seconds": 0} == {**result(whole.report), "seconds": 0}


def test_a_file_without_rows_is_played_to_its_end(tmp_path: Path) -> None:
    file = write(tmp_path / "t.csv", "half a line")
    report = replay(Asked(file, 2, SEED, tmp_path / "out"), SystemClock(), quiet)
    assert (report.rows, report.accounted, report.rejected_lines) == (1, 1, (2,))
    assert report.violations == ()


def test_another_replay_in_the_folder_is_refused(whole: Whole, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", str(whole.file), "--seed", "8", "--out", str(whole.folder)]) == 1
    assert f"holds a replay of this file with --seed {SEED}" in capsys.readouterr().err


def test_a_second_program_in_the_folder_is_refused(whole: Whole, tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(Refused, match="Another replay works"):
        replay(Asked(whole.file, None, SEED, tmp_path), SystemClock(), quiet)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot be read"),
        ("a,b\n1,2\n", "none of the columns"),
        (
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,Country\n",
            "lacks the column CustomerID",
        ),
    ],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, said: str
) -> None:
    file = tmp_path / "t.csv"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    assert run(["replay", str(file), "--out", str(tmp_path / "out"), "--json"]) == 1
    found = capsys.readouterr()
    assert said in found.err
    assert "Traceback" not in found.err
    assert found.out == ""


@pytest.mark.parametrize("arguments", [[], ["t.csv", "--months", "0"], ["t.csv", "--seed", "x"]])
def test_wrong_options_are_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", *arguments]) == 2
    assert "Usage: backhaul replay" in capsys.readouterr().err
