"""Bugs around approvals that are given away from the centre."""

from __future__ import annotations

from collections import defaultdict
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from app.domain.approvals import Verdict
from app.domain.approvals import judge as judged
from app.ledger import posting
from app.ledger.also import PinAttempt, TakeNumber
from app.station.approving import Approving
from sync.central.store import approving
from sync.central.store.approval_record import known_about
from tests.simulator.mutants.patching import Mutant, everywhere, swap

_also, _settle, _known = posting.write_also, Approving._settle, known_about
_keep = approving._keep


def _no_tries(tx: Any, sql: Any, also: Any, seq: Any, wall: str) -> None:
    _also(tx, sql, [part for part in also if not isinstance(part, PinAttempt)], seq, wall)


def _same_counter(tx: Any, sql: Any, also: Any, seq: Any, wall: str) -> None:
    kept = [
        part for part in also if not (isinstance(part, TakeNumber) and part.series.startswith("approval"))
    ]
    _also(tx, sql, kept, seq, wall)


def _unnoted(self: Approving, code: str, *, cut_short: bool = True) -> None:
    del self, code, cut_short


def _never_revoked(conn: Any, asked: Any, root: bytes, came: Any, *heard: Any) -> Any:
    return replace(_known(conn, asked, root, came, *heard), revoked={})


def _all_used(conn: Any, asked: Any, root: bytes, came: Any, *heard: Any) -> Any:
    everything: defaultdict[Any, frozenset[int]] = defaultdict(lambda: frozenset(range(100)))
    found = _known(conn, asked, root, came, *heard)
    return replace(found, counters={key: everything[key] for key in found.counters})


def _other_root(conn: Any, asked: Any, root: bytes, came: Any, *heard: Any) -> Any:
    return _known(conn, asked, bytes(len(root)), came, *heard)


def _always_valid(stack: ExitStack) -> None:
    original = judged

    def judge(shown: Any, approvals: Any, known: Any) -> Any:
        found = original(shown, approvals, known)
        return replace(
            found, approvals=tuple(replace(one, reasons=()) for one in found.approvals), reasons=()
        )

    swap(approving, "judge", judge)(stack)


def _unjudged(conn: Any, facts: Any, at: Any) -> frozenset[str]:
    del conn, facts, at
    return frozenset()


def _unsurfaced(conn: Any, fact: Any, shown: Any, judgement: Any, at: Any) -> None:
    if judgement.verdict is Verdict.VALID:
        _keep(conn, fact, shown, judgement, at)
        return
    with ExitStack() as stack:
        swap(approving, "open_case", lambda *_: None)(stack)
        _keep(conn, fact, shown, judgement, at)


APPROVALS = (
    Mutant(
        "pin_not_counted", "wrong PINs are not on disk before they are tried", everywhere(_also, _no_tries)
    ),
    Mutant("pin_not_noted", "a wrong PIN is no event", swap(Approving, "_settle", _unnoted)),
    Mutant("counter_again", "an approver's statements all have one number", everywhere(_also, _same_counter)),
    Mutant("never_revoked", "the centre forgets who was revoked", everywhere(_known, _never_revoked)),
    Mutant("all_replayed", "every statement counts as used before", everywhere(_known, _all_used)),
    Mutant("other_root", "certificates are held against another root", everywhere(_known, _other_root)),
    Mutant("always_valid", "every approval is valid", _always_valid),
    Mutant("not_judged", "approvals are not judged", everywhere(approving.judge_approvals, _unjudged)),
    Mutant(
        "doubt_unsurfaced", "an approval in doubt is nobody's case", swap(approving, "_keep", _unsurfaced)
    ),
)
