"""What a demo came to: read back from the record and the centre, never counted along the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.bootstrap.centre import CentreClient
from app.domain import laws
from app.domain.account import Account
from app.domain.item import Item
from app.domain.laws import Violation
from app.ledger import outbox
from app.ledger.audit import audit
from app.ledger.writer import Ledger
from app.queries import history
from app.queries.balances import balances

_CHUNK = 50


@dataclass(frozen=True, slots=True)
class Availability:
    """Units of an item that can be promised, and units promised to orders that were not shipped."""

    atp: int
    promised: int


@dataclass(frozen=True, slots=True)
class BenchFigures:
    """What the station's own record says of its returns, less those taken back."""

    returns: int
    by_grade: Mapping[str, int]
    by_disposition: Mapping[str, int]
    restocked: Mapping[str, int]
    events: int
    waiting: int


def bench_figures(ledger: Ledger, items: Mapping[str, Item]) -> BenchFigures:
    """Units by grade and disposition as recorded; `restocked` has units per SKU, without kits."""
    grades, dispositions = Counter[str](), Counter[str]()
    restocked = Counter[str]()
    returns = 0
    for unit in history.recent(ledger.connection, ledger.last_seq or 1):
        if unit.undone:
            continue
        returns += 1
        grades[unit.grade or ""] += unit.qty
        dispositions[unit.disposition] += unit.qty
        if unit.disposition == "restock" and not items[unit.sku].is_kit:
            restocked[unit.sku] += unit.qty
    waiting = outbox.waiting(ledger).count
    return BenchFigures(
        returns,
        dict(sorted(grades.items())),
        dict(sorted(dispositions.items())),
        restocked,
        ledger.last_seq,
        waiting,
    )


def availability(client: CentreClient, owner: str, skus: Sequence[str]) -> dict[str, Availability]:
    """Per item: what can be promised now, and what is promised to orders that were not shipped."""
    found: dict[str, Availability] = {}
    for start in range(0, len(skus), _CHUNK):
        asked = [("owner", owner), *(("sku", sku) for sku in skus[start : start + _CHUNK])]
        for entry in client.get("/availability", asked).objects("items"):
            promised = entry.inner("breakdown").raw().get("reserved")
            found[entry.text("sku")] = Availability(_number(entry.raw().get("atp")), _number(promised))
    return found


def violations(ledger: Ledger, client: CentreClient) -> tuple[Violation, ...]:
    """Every law, checked at the station, at the centre, and between the two."""
    found = list(audit(ledger).violations)
    for entry in client.get("/audit").objects("violations"):
        found.append(  # noqa: PERF401 - one comprehension of this would not read
            Violation(
                entry.text("law"),
                entry.text("subject"),
                str(entry.raw()["found"]),
                str(entry.raw()["expected"]),
            )
        )
    path = f"/audit/stations/{ledger.head.station_id}/balances"
    held = {
        Account.from_json(entry.inner("account").raw()): _number(entry.raw().get("qty"))
        for entry in client.get(path).objects("balances")
    }
    return (*found, *laws.agreement(balances(ledger.connection), held))


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} is no number")
    return value
