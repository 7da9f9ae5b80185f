"""A replay from beginning to end, in the order of the rows' own times.

Each paper is told to the centre when its time comes, after the deliveries that came in before it. At the end
of a day with credit notes the bench sends what it recorded and fetches that day's RMAs. It empties those
boxes while the next day's papers are told; orders of the day after find the goods that went back on sale.
After the last day the centre is asked which lines still wait, and every law is checked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

from app.domain.clock import Clock
from app.domain.laws import Violation
from app.replay.aftermath import aftermath, keep_journal
from app.replay.doubts import Credits
from app.replay.goods import CURRENCY, Goods, goods_of
from app.replay.journal import Journal, Play, Standing
from app.replay.premises import Premises, locked, opened
from app.replay.progress import Progress
from app.replay.report import Report
from app.replay.rows import Kind, Paper, Reason, papers
from app.replay.supply import Delivery, plan
from app.replay.till import OWNER, Till
from app.replay.trade_file import Malformed, TradeFile, read_trade

_SHOWN = 5
_MILLI = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What is replayed: how many months of which file (None for all), under which seed, in which folder.

    `database` is the centre's, a file in the folder when it is None.
    """

    file: Path
    months: int | None
    seed: int
    folder: Path
    database: str | None = None


class Stopped(Exception):  # noqa: N818 - an outcome with its own word, not an error
    """Somebody asked to stop; what is finished is kept in the folder."""

    def __init__(self, last: str, done: int, of: int) -> None:
        super().__init__(f"Stopped after {last}: {done:,} of {of:,} invoices and notes are finished.")


def replay(
    asked: Asked, clock: Clock, say: Callable[[str], None], stop: Callable[[], bool] = lambda: False
) -> Report:
    """Plays a file and answers for every row.

    Args:
        asked: what to play, and where.
        clock: real time, for pace and duration.
        say: takes lines about how it goes.
        stop: asked after each paper.

    Raises:
        Refused: the file is not one to replay, or the folder holds another replay.
        Unavailable: the centre or the disk failed; starting again goes on.
        Stopped: `stop` said so.
    """
    began = clock.monotonic_ms()
    with locked(asked.folder):
        say(f"Reading {asked.file} ...")
        trade = read_trade(asked.file, asked.months)
        found = papers(trade.rows)
        goods = goods_of(found)
        _introduce(trade, found, goods, say)
        play = Play(trade.digest, asked.months, asked.seed)
        with (
            Journal(asked.folder / "journal.jsonl", play) as journal,
            opened(asked.folder, goods, asked.database) as premises,
        ):
            till = Till(premises.shop, premises.supervisor, goods, asked.seed)
            played = _Played(found, plan(found, asked.seed), premises, till, journal)
            played.go_on(Progress(say, clock, len(trade.rows), played.rows_done()), say, stop)
            say("Checking every law at the bench and at the centre ...")
            broken = premises.proof()
            waiting = till.not_shipped()
            say("Asking what stands open, and writing the journal ...")
            left = aftermath(premises.admin, CURRENCY)
            keep_journal(premises.admin, OWNER, asked.folder / "journal.beancount")
        seconds = (clock.monotonic_ms() - began) / _MILLI
        return replace(_report(trade, journal, waiting, broken, seconds), aftermath=left)


def _introduce(trade: TradeFile, found: tuple[Paper, ...], goods: Goods, say: Callable[[str], None]) -> None:
    say(f"{len(trade.rows):,} rows on {len(found):,} invoices and notes, {len(goods.items):,} items.")
    if goods.twins:
        shown = "; ".join(" = ".join(spelled) for spelled in list(goods.twins.values())[:_SHOWN])
        rest = " ..." if len(goods.twins) > _SHOWN else ""
        say(f"{goods.codes:,} codes are {len(goods.items):,} items: letter-case twins merged: {shown}{rest}")
    for bad in trade.malformed[:_SHOWN]:
        say(_malformed(bad))
    if len(trade.malformed) > _SHOWN:
        say(f"... and {len(trade.malformed) - _SHOWN} more lines are rejected as malformed.")


def _malformed(bad: Malformed) -> str:
    return f"Line {bad.line} is rejected as malformed: {bad.reason}."


class _Played:
    """The papers of one replay on their way."""

    def __init__(
        self,
        found: tuple[Paper, ...],
        deliveries: tuple[Delivery, ...],
        premises: Premises,
        till: Till,
        journal: Journal,
    ) -> None:
        self._papers = found
        self._deliveries = deliveries
        self._bench = premises.bench
        self._till = till
        self._journal = journal
        self._work: Future[None] | None = None

    def rows_done(self) -> int:
        """Rows on the papers that are finished."""
        return sum(len(paper.entries) for paper in self._papers[: self._journal.standing.papers])

    def go_on(self, progress: Progress, say: Callable[[str], None], stop: Callable[[], bool]) -> None:
        """Plays what is not finished yet."""
        done = self._standing.papers
        if done:
            say(f"Going on after {self._papers[done - 1].number}.")
        else:
            self._till.furnish()
        self._begin_boxes()
        last = self._papers[done - 1] if done else None
        due = [d for d in self._deliveries if last is None or d.at > last.at]
        for paper in self._papers[done:]:
            if last is not None and paper.at.date() != last.at.date():
                self._end_day()
            while due and due[0].at <= paper.at:
                self._till.receive(due.pop(0))
            self._journal.paper_done(self._till.settle(paper))
            progress.more(len(paper.entries))
            last = paper
            if stop():
                raise Stopped(paper.number, self._standing.papers, len(self._papers))
        self._end_day()
        self._finish_boxes()
        self._bench.send_and_fetch()

    @property
    def _standing(self) -> Standing:
        return self._journal.standing

    def _end_day(self) -> None:
        """Sends what the bench made of the boxes it had, and gives it those of this day.

        The day of an interruption ends once: sent a second time, half a day's returns would be on sale early.
        """
        if self._standing.boxes and not self._standing.day_ended:
            self._finish_boxes()
            self._bench.send_and_fetch()
            self._journal.day_done()
            self._begin_boxes()

    def _begin_boxes(self) -> None:
        """The bench takes up the boxes in work, those aside that it emptied before an interruption."""
        standing = self._standing
        if standing.in_work:
            boxes = standing.boxes[: standing.in_work]
            self._work = self._bench.start(boxes, self._bench.head() - standing.head)

    def _finish_boxes(self) -> None:
        if self._work is not None:
            self._work.result()
            self._work = None
            self._journal.boxes_done(self._bench.head())


def _report(
    trade: TradeFile, journal: Journal, waiting: int, broken: tuple[Violation, ...], seconds: float
) -> Report:
    """Sales counted as applied while they were told; those that wait at the end are exceptions after all."""
    applied, exceptions = Counter(journal.standing.applied), Counter(journal.standing.exceptions)
    applied[Kind.SALE] -= waiting
    exceptions[Reason.NOT_SHIPPED] += waiting
    report = Report(
        rows=len(trade.rows) + len(trade.malformed),
        applied=+applied,
        exceptions=+exceptions,
        rejected_lines=tuple(bad.line for bad in trade.malformed),
        violations=broken,
        seconds=seconds,
        returned=Credits(CURRENCY, applied[Kind.CREDIT], tuple(journal.standing.doubts)),
    )
    if report.accounted != report.rows:
        raise RuntimeError(f"{report.rows} rows were read and {report.accounted} ended somewhere")
    return report
