"""Words on units, said straight on a shop's ledger: another disposition, a name, and taking either back."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from app.domain.account import Account, Status
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.commands import naming, units
from sync.central.commands.catalogue import publish_policy, put_locations
from sync.central.commands.units_asked import Name, Word, WordBack
from tests.sync.central.blind import with_bench
from tests.sync.central.shop import OWNER, Shop, at

Json = dict[str, Any]
SHIPPED = files("resources").joinpath("policies", "returns.toml").read_text(encoding="utf-8")
# Where the shipped policy leads; V-02 is at another site, and Q-04 nobody knows.
_PLACES = {"R-03": "WH1", "F-01": "WH1", "HOLD-1": "WH1", "HOLD-2": "WH1", "HOLD-3": "WH1", "V-02": "WH2"}


def with_ways(shop: Shop) -> Shop:
    """A bench, the shipped policy, places that it leads to, and two units of A sold to c-1 on o-1."""
    with_bench(shop)
    documents = [{"code": code, "kind": "bin", "name": code, "site": site} for code, site in _PLACES.items()]
    shop.act(lambda act: put_locations(act, documents))
    shop.act(lambda act: publish_policy(act, SHIPPED))
    serial = {"sku": "S", "name": "S", "tracking": "serial", "value_minor": 250}
    shop.items("A", "B", serial)
    shop.receive({"A": 2, "B": 1})
    line = {"line": 1, "sku": "A", "qty": 2, "unit_minor": 1000, "currency": "GBP"}
    shop.order([line], ship="available", customer="c-1", order="o-1")
    return shop


def returned(shop: Shop, **lines: int) -> str:
    """An RMA for units of A."""
    asked = [{"line": 1, "sku": "A", "qty": lines.get("A", 2), "reason": "late"}]
    return str(shop.authorize(asked, customer="c-1")["rma"])


def repaired(shop: Shop, label: str, rma: str | None = None, **more: Any) -> str:
    """A bench sends a unit of a return to repair."""
    given: Json = {"grade": "B", "status": Status.REFURBISH, "line": 1 if rma else None} | more
    return shop.disposition("A", label=label, rma=rma, **given)


def beside(shop: Shop, rma: str, label: str, sku: str = "A", serial: str | None = None) -> str:
    """A bench keeps a unit beside the lines of its return."""
    bench = Account(OWNER, sku, "BENCH-07", Status.RETURN_PENDING, serial=serial, label=label)
    held = Account(
        OWNER, sku, "HOLD-1", Status.QUARANTINED, "wrong_item", serial=serial, label=label, grade="A"
    )
    customer = Account(OWNER, sku, Virtual.CUSTOMER, serial=serial)
    moved = [Move(1, customer, bench, MoveKind.RETURN), Move(1, bench, held, MoveKind.DISPOSE)]
    body: Json = {
        "rma": rma,
        "line": None,
        "sku": sku,
        "qty": 1,
        "label": label,
        "grade": "A",
        "serial": serial,
    }
    return shop.at_station(EventKind.RETURN_DISPOSITIONED, moved, **body, wrong_item=True)


def decide(shop: Shop, label: str, disposition: str, operator: str = "super", **more: Any) -> Json:
    """A supervisor's word."""
    asked = Word.model_validate({"disposition": disposition, "reason": "seen", "at": at(12)} | more)
    return shop.act(lambda act: units.redecide(act, label, asked), operator=operator)


def back(shop: Shop, label: str) -> Json:
    """Takes the last word back."""
    asked = WordBack.model_validate({"reason": "wrong box", "at": at(12)})
    return shop.act(lambda act: units.take_back(act, label, asked))


def keep_unnamed(shop: Shop, label: str, rma: str | None = None, **more: Any) -> str:
    """A bench keeps a thing that nobody can name."""
    body: Json = {"label": label, "qty": 1, "place": "HOLD-1", "rma": rma} | more
    return shop.at_station(EventKind.RETURN_UNIDENTIFIED, **body)


def name(shop: Shop, label: str, sku: str = "A", **more: Any) -> Json:
    """Somebody says what it is."""
    asked = Name.model_validate({"sku": sku, "at": at(12)} | more)
    return shop.act(lambda act: naming.name(act, label, asked), operator="vera")
