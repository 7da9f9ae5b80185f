"""Bugs of what the centre makes of events: balances, lines, cases."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from typing import Any

from sync.central.store import (
    bin_counts,
    journal,
    posting,
    returns,
    transfer_arrivals,
    transfer_early,
    undoing,
    unidentified,
)
from sync.central.store.exceptions import Case, close_cases, open_case
from tests.simulator.mutants.patching import Mutant, everywhere, swap

_balance, _enter, _follow = journal._balance, journal.enter, returns.follow
_numbers = count()


def _unkeyed(conn: Any, case: Case, opened_at: Any) -> None:
    open_case(conn, replace(case, key=f"{case.key}:{next(_numbers)}"), opened_at)


def _silent(kind: str) -> Callable[[ExitStack], None]:
    """Cases of a type are not opened."""

    def silent(conn: Any, case: Case, opened_at: Any) -> None:
        if case.type != kind:
            open_case(conn, case, opened_at)

    return everywhere(open_case, silent)


def _stays_open(conn: Any, keys: Any, at: Any, resolution: str, event_id: str | None = None) -> None:
    del conn, keys, at, resolution, event_id


def _closes_more(stack: ExitStack) -> None:
    """Whatever closes one case closes all of its type."""

    def close(conn: Any, keys: Any, at: Any, resolution: str, event_id: str | None = None) -> None:
        close_cases(conn, keys, at, resolution, event_id)
        for key in keys:
            kind = str(key).partition(":")[0]
            conn.exec_driver_sql("UPDATE exception SET state = 'resolved' WHERE type = ?", (kind,))

    everywhere(close_cases, close)(stack)


def _clamped(conn: Any, changes: Any) -> Any:
    low = _balance(conn, changes)
    conn.exec_driver_sql(
        "UPDATE balance SET qty = 0 WHERE qty < 0 AND account IN "
        "(SELECT id FROM account WHERE location NOT LIKE '@%')"
    )
    return low


def _one_unbalanced(conn: Any, changes: Any) -> Any:
    some = dict(list(changes.items())[:-1]) if len(changes) > 6 else changes
    return _balance(conn, some)


def _nothing(*_: Any, **__: Any) -> Any:
    return ()


def _not_followed(act: Any, facts: Any, first: Any) -> Any:
    return _follow(act, [fact for fact in facts if fact.event.corrects is None], first)


def _no_twin(*_: Any, **__: Any) -> list[Any]:
    return []


PROJECTION = (
    Mutant(
        "cases_unkeyed", "one conflict opens a case each time it is seen", everywhere(open_case, _unkeyed)
    ),
    Mutant("cases_stay", "cases are not closed when they are settled", everywhere(close_cases, _stays_open)),
    Mutant("cases_all_closed", "closing one case closes all of its type", _closes_more),
    Mutant("over_silent", "more than was authorized is nobody's case", _silent("return.over_quantity")),
    Mutant("serial_silent", "a serial twice is nobody's case", _silent("serial.twice")),
    Mutant("negative_silent", "stock below zero is nobody's case", _silent("stock.negative")),
    Mutant("blind_silent", "a unit that nobody announced is nobody's case", _silent("return.blind")),
    Mutant("thing_silent", "a thing without a name is nobody's case", _silent("return.unidentified")),
    Mutant("missing_silent", "what was not in the box is nobody's case", _silent("return.missing")),
    Mutant("short_silent", "what did not arrive is nobody's case", _silent("transfer.short")),
    Mutant(
        "wrong_item_silent", "another item than authorized is nobody's case", _silent("return.wrong_item")
    ),
    Mutant("clamped", "balances below zero are set to zero", swap(journal, "_balance", _clamped)),
    Mutant(
        "balance_short",
        "one account of a long batch is not balanced",
        swap(journal, "_balance", _one_unbalanced),
    ),
    Mutant(
        "arrived_twice",
        "one transfer that two stations received counts twice",
        swap(transfer_arrivals, "_beyond", _no_twin),
    ),
    Mutant(
        "early_over",
        "units that a station did not know to be on their way are over",
        swap(transfer_early, "derive", _nothing),
    ),
    Mutant(
        "graders_silent", "two graders who disagree are nobody's case", _silent("return.graders_disagree")
    ),
    Mutant(
        "counts_agree", "what differs from a count is not booked", swap(bin_counts, "differences", _no_twin)
    ),
    Mutant(
        "arrivals_ignored",
        "receipts of transfers are not followed",
        swap(posting, "_FOLLOW_UPS", ((_nothing, transfer_arrivals.KINDS), *posting._FOLLOW_UPS[1:])),
    ),
    Mutant(
        "undo_not_followed",
        "lines of a return are not given back by an undo",
        swap(posting, "follow", _not_followed),
    ),
    Mutant(
        "built_upon_stays", "what was built upon an undone event stays", swap(undoing, "built_upon", _nothing)
    ),
    Mutant(
        "things_ignored", "things without a name are not followed", swap(unidentified, "follow", _nothing)
    ),
)
