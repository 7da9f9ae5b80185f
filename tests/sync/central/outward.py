"""A shop whose goods leave for good: the policy that ships, returned units by label, consignments by word."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.bootstrap import resources
from app.domain.account import Account, Status
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from app.domain.refusal import Refused
from sync.central.commands import consignments, departures
from sync.central.commands.catalogue import publish_policy, put_locations
from sync.central.commands.consignments_asked import (
    ComeBack,
    ConsignmentStep,
    Departure,
    FewerUnits,
    HandedOver,
    MoreUnits,
    NewConsignment,
    Settlement,
)
from sync.central.commands.requests import Decision, WriteOff
from sync.central.commands.write_offs import decide, request
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.tables import account, balance, event
from tests.sync.central.shop import OWNER, STATION, Json, Shop, at, open_shop

ITEMS: Sequence[Json] = (
    {"sku": "A", "name": "Mug", "value_minor": 250},
    {"sku": "B", "name": "Kettle", "category": "kitchen", "value_minor": 1000},
    {"sku": "S", "name": "Radio", "category": "electronics", "tracking": "serial", "value_minor": 900},
    {"sku": "L", "name": "Cream", "category": "consumables", "tracking": "lot", "value_minor": 400},
    {"sku": "H", "name": "Solvent", "hazardous": True, "value_minor": 700},
    {"sku": "E", "name": "Foreign", "value_minor": 300, "currency": "EUR"},
)
PLACES = ("R-03", "V-02", "HOLD-3")


class Outward:
    """See the module; units are named as callers of the API do."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        shop.items(*ITEMS)
        bins = [{"code": code, "kind": "bin", "name": code, "site": "WH1"} for code in PLACES]
        shop.act(lambda act: put_locations(act, bins))
        shop.places("WH2-A")
        shop.act(lambda act: publish_policy(act, resources.policy_source()))

    def returned(
        self,
        sku: str,
        label: str,
        *,
        qty: int = 1,
        grade: str | None = "D",
        state: str = "damaged",
        place: str = "V-02",
        **more: Any,
    ) -> str:
        """Units come back and stand in a state, written `STATUS` or `quarantined.REASON`; the event's id."""
        status, _, reason = state.partition(".")
        unit = {name: more.pop(name, None) for name in ("serial", "lot")}
        bench = Account(OWNER, sku, "BENCH-07", Status.RETURN_PENDING, label=label, **unit)
        there = Account(OWNER, sku, place, Status(status), reason or None, label=label, grade=grade, **unit)
        moves = [
            Move(qty, Account(OWNER, sku, Virtual.CUSTOMER, **unit), bench, MoveKind.RETURN),
            Move(qty, bench, there, MoveKind.DISPOSE),
        ]
        body = {"sku": sku, "qty": qty, "label": label, "grade": grade, **unit} | more
        return self.shop.at_station(EventKind.RETURN_DISPOSITIONED, moves, STATION, **body)

    def away(self, sku: str, label: str, place: str = "V-02") -> Move:
        """A move that takes a damaged unit back to the customer, as a bench's own record would."""
        here = Account(OWNER, sku, place, Status.DAMAGED, label=label, grade="D")
        return Move(1, here, Account(OWNER, sku, Virtual.CUSTOMER), MoveKind.UNDO)

    def body(self, event_id: str) -> Json:
        """What an event says."""
        asked = select(event.c.body).where(event.c.event_id == event_id)
        found: Json = json.loads(self.shop.ask(lambda conn: conn.scalar(asked)) or "{}")
        return found

    def drafts(self, route: str, *units: Json, **more: Any) -> str:
        """A new consignment's code."""
        asked = {"owner": OWNER, "site": "WH1", "route": route, "counterpart": "PARTNER", "at": at(5)}
        body = NewConsignment.model_validate(asked | {"units": list(units)} | more)
        return str(self.shop.act(lambda act: consignments.draft(act, body))["consignment"])

    def adds(self, code: str, *units: Json) -> Json:
        body = MoreUnits.model_validate({"units": list(units)})
        return self.shop.act(lambda act: consignments.add(act, code, body))

    def removes(self, code: str, *lines: int) -> Json:
        body = FewerUnits.model_validate({"lines": list(lines)})
        return self.shop.act(lambda act: consignments.remove(act, code, body))

    def packs(self, code: str) -> Json:
        return self.shop.act(lambda act: consignments.pack(act, code, ConsignmentStep()))

    def cancels(self, code: str) -> Json:
        return self.shop.act(lambda act: consignments.cancel(act, code, ConsignmentStep()))

    def departs(self, code: str) -> Json:
        return self.shop.act(lambda act: departures.depart(act, code, Departure()))

    def comes_back(self, code: str) -> Json:
        return self.shop.act(lambda act: departures.come_back(act, code, ComeBack(reason="Gate closed.")))

    def hands_over(self, code: str, day: int = 6, **more: Any) -> Json:
        asked = {"at": at(day), "given_by": "Ana", "taken_by": "Meyer", "place": "Dock 3"} | more
        body = HandedOver.model_validate(asked)
        return self.shop.act(lambda act: departures.hand_over(act, code, body))

    def settles(self, code: str, **asked: Any) -> Json:
        body = Settlement.model_validate(asked)
        return self.shop.act(lambda act: departures.settle(act, code, body))

    def leaves(self, route: str, *units: Json) -> str:
        """Drafted, packed and departed at once; its code."""
        code = self.drafts(route, *units)
        self.packs(code)
        self.departs(code)
        return code

    def writes_off(self, sku: str, qty: int = 1, place: str | None = "HOLD-3") -> Json:
        """One asks, another one approves."""
        asked = WriteOff.model_validate(
            {"owner": OWNER, "sku": sku, "qty": qty, "location": place, "reason": "broken", "at": at(5)}
        )
        code = self.shop.act(lambda act: request(act, asked), operator="sam")["write_off"]
        word = Decision.model_validate({"decision": "approve", "at": at(6)})
        return self.shop.act(lambda act: decide(act, str(code), word), operator="super")

    def stock(self, sku: str) -> dict[str, int]:
        """Units of an item by place and state, virtual ends included where goods left for good."""
        found = dict[str, int]()
        asked = select(balance.c.qty, *ACCOUNT_COLUMNS).join_from(
            balance, account, balance.c.account == account.c.id
        )
        rows = self.shop.ask(lambda conn: conn.execute(asked.where(account.c.item == sku)).all())
        for qty, *parts in rows:
            held = account_of(parts)
            if held.status is not None:
                name = " ".join(filter(None, (held.location, str(held.status), held.reason)))
                found[name] = found.get(name, 0) + int(qty)
        return {name: qty for name, qty in found.items() if qty}


CERTIFICATE = {"number": "C-118", "processor": "FIRE", "issued_on": "2026-01-09", "weight_g": 61}


def refused(do: Any) -> str:
    """The code of the refusal."""
    with pytest.raises(Refused) as no:
        do()
    return no.value.code


@contextmanager
def open_outward(folder: Path, url: str | None = None, *, prove: bool = True) -> Iterator[Outward]:
    """Such a shop, proven at its end."""
    with open_shop(folder, url, prove=prove) as shop:
        yield Outward(shop)


def both(request_: pytest.FixtureRequest) -> str | None:
    """The address of the database that a test asks for by its parameter; None for a file."""
    return None if request_.param == "sqlite" else str(request_.getfixturevalue("postgres_url"))
