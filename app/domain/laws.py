"""The laws that can be computed: balances as a fold of moves, conservation, agreement, and the chain.

Each check is pure and answers with the violations it found; an empty tuple means the law holds. Audits of
the station, the centre and the demo all call these and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.domain.account import Account
from app.domain.envelope import ChainHead, Envelope, verify
from app.domain.move import Move
from app.domain.place import is_virtual
from app.domain.refusal import Refused
from app.domain.signing import Verifier


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken law: which, about what, and both sides of the difference."""

    law: str
    subject: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.law}: {self.subject}: found {self.found}, expected {self.expected}"


def fold(moves: Iterable[Move]) -> dict[Account, int]:
    """Balances from nothing but moves; accounts at zero are left out."""
    totals: defaultdict[Account, int] = defaultdict(int)
    for move in moves:
        totals[move.source] -= move.qty
        totals[move.target] += move.qty
    return {account: qty for account, qty in totals.items() if qty}


def conservation(balances: Mapping[Account, int]) -> tuple[Violation, ...]:
    """Over all accounts, virtual ends included, each owner's item sums to zero."""
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for account, qty in balances.items():
        sums[account.owner, account.item] += qty
    return tuple(
        Violation("conservation", f"{item} of {owner}", str(total), "0")
        for (owner, item), total in sorted(sums.items())
        if total
    )


def balances_are_fold(stored: Mapping[Account, int], folded: Mapping[Account, int]) -> tuple[Violation, ...]:
    """What a table of balances says is what its moves add up to."""
    return _compare("balances", stored, folded)


def agreement(station: Mapping[Account, int], centre: Mapping[Account, int]) -> tuple[Violation, ...]:
    """What a station recorded is what the centre holds of it, account by account."""
    return _compare("agreement", station, centre)


def _compare(law: str, left: Mapping[Account, int], right: Mapping[Account, int]) -> tuple[Violation, ...]:
    differing = {a for a in left.keys() | right.keys() if left.get(a, 0) != right.get(a, 0)}
    return tuple(
        Violation(law, _name(a), str(left.get(a, 0)), str(right.get(a, 0)))
        for a in sorted(differing, key=lambda account: account.key)
    )


def one_place(balances: Mapping[Account, int]) -> tuple[Violation, ...]:
    """A serial is inside the building at most once, and never less than not at all."""
    inside: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for account, qty in balances.items():
        if account.serial and not is_virtual(account.location):
            inside[account.owner, account.item, account.serial] += qty
    return tuple(
        Violation("one place", f"{item} serial {serial}", str(qty), "0 or 1")
        for (_, item, serial), qty in sorted(inside.items())
        if qty not in {0, 1}
    )


def chain(envelopes: Iterable[Envelope], start: ChainHead, verifier: Verifier) -> tuple[Violation, ...]:
    """Every envelope follows the one before it, unchanged and signed."""
    head, found = start, list[Violation]()
    for envelope in envelopes:
        where = f"event number {envelope.seq} of station {envelope.station_id}"
        if (envelope.station_id, envelope.epoch) != (head.station_id, head.epoch):
            strange = f"station {envelope.station_id} epoch {envelope.epoch}"
            found.append(Violation("chain", where, strange, f"station {head.station_id} epoch {head.epoch}"))
        if envelope.seq != head.seq + 1:
            found.append(Violation("chain", where, f"number {envelope.seq}", f"number {head.seq + 1}"))
        if envelope.prev != head.hash:
            found.append(Violation("chain", where, f"previous hash {envelope.prev[:12]}", head.hash[:12]))
        try:
            verify(envelope, verifier)
        except Refused as no:
            found.append(Violation("chain", where, no.code, "the bytes that were signed"))
        head = envelope.head
    return tuple(found)


def _name(account: Account) -> str:
    return " ".join(part for part in account.key if part)
