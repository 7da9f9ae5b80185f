"""A centre of two sites with records of every kind, so that a path with a code in it meets a real record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.central.rules.access import Role
from tests.centre import Caller, RunningCentre

AT = "2026-11-20T08:00:00Z"
DUE = "2026-12-01T09:00:00Z"
OWNER = "ACME"
SITES = ("WH1", "WH2")
SKUS = ("K-17", "A", "B")
_HERE = {"owner": OWNER, "at": AT}
_SOLD = {"channel": "web", "customer": "c-1"}


@dataclass(frozen=True)
class Furnished:
    """What stands in it: `records` are the codes that a path's template may be filled with, by template.

    `words` are real values by the name of a field or parameter.
    """

    records: dict[str, list[Any]] = field(default_factory=dict)
    words: dict[str, list[Any]] = field(default_factory=dict)

    def note(self, template: str, *codes: Any) -> None:
        """Keeps codes of records that stand under a template, such as `/v1/orders/{order}`."""
        self.records.setdefault(template, []).extend(codes)

    def codes_for(self, path: str) -> list[Any]:
        """The codes for a path: those of the longest template that it begins with."""
        fitting = [template for template in self.records if path.startswith(template)]
        return self.records[max(fitting, key=len)] if fitting else []


def furnish(centre: RunningCentre, copies: int = 2) -> Furnished:
    """Fills a centre with `copies` of each kind of document, each at a step of its way."""
    planner, found = centre.as_(Role.PLANNER), Furnished()
    _records(planner)
    numbers = range(copies)
    _orders(planner, found, numbers)
    _on_the_way(planner, found, numbers)
    _looked_after(centre, planner, found, numbers)
    _proof(planner, found)
    found.words.update(
        sku=[*SKUS, "C", "KIT", "S"],
        owner=[OWNER],
        site=list(SITES),
        source=["WH1"],
        target=["WH2"],
        location=[f"{site}-A" for site in SITES],
        order=found.records["/v1/orders/{order}"],
        hold=found.records["/v1/holds/{hold}"],
        rma=found.records["/v1/returns/{rma}"],
        supply=found.records["/v1/inbound/{code}"],
        document=["PO-0", "order:o0", "hold:h0", "o0"],
        subject=["order:o0", "hold:h0", "transfer:T"],
        unit=["S-1"],
        at=[AT],
        due=[DUE],
        line=[1],
        qty=[1, 2],
        kind=["item", "items", "po"],
        customer=["c-1"],
    )
    return found


def _records(planner: Caller) -> None:
    items: list[Mapping[str, Any]] = [{"sku": sku, "name": sku, "value_minor": 250} for sku in SKUS]
    items.append({"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]})
    items.append({"sku": "C", "name": "never in stock"})
    items.append({"sku": "S", "name": "S", "tracking": "serial", "value_minor": 900})
    planner.post("/items", {"items": items})
    places = [{"code": f"{site}-A", "kind": "bin", "name": site, "site": site} for site in SITES]
    planner.post("/locations", {"locations": places})
    lines: list[Mapping[str, Any]] = [{"line": n, "sku": sku, "qty": 500} for n, sku in enumerate(SKUS, 1)]
    serials = {"line": 4, "sku": "S", "qty": 2, "serials": ["S-1", "S-2"]}
    for site in SITES:
        more = [serials] if site == SITES[0] else []
        body = {"document": f"in-{site}", "location": f"{site}-A", "lines": [*lines, *more]}
        planner.post("/receipts", _HERE | body)


def _orders(planner: Caller, found: Furnished, numbers: Iterable[int]) -> None:
    for n in numbers:
        line = {"line": 1, "sku": "K-17", "qty": 3}
        planner.post("/orders", _HERE | _SOLD | {"order": f"o{n}", "lines": [line]})
        planner.post("/orders", _HERE | _SOLD | {"order": f"s{n}", "ship": "available", "lines": [line]})
        bound = {"order": f"b{n}", "site": "WH2", "lines": [line]}
        planner.post("/orders", _HERE | _SOLD | bound)
        late = {"order": f"w{n}", "lines": [{"line": 1, "sku": "C", "qty": 9}, line | {"line": 2}]}
        planner.post("/orders", _HERE | _SOLD | late)
        found.note("/v1/orders/{order}", f"o{n}", f"s{n}", f"b{n}", f"w{n}")
        basket = {"owner": OWNER, "channel": "web", "hold": f"h{n}", "lines": [line | {"site": "WH1"}]}
        planner.post("/holds", basket)
        found.note("/v1/holds/{hold}", f"h{n}")
        back = {"rma": f"R{n}", "order": f"s{n}", "match": "order", "site": "WH1"}
        planner.post("/returns", _HERE | back | {"lines": [line | {"qty": 1, "reason": "late"}]})
        found.note("/v1/returns/{rma}", f"R{n}")
    rows = planner.get("/reservations", limit=500)["reservations"]
    found.note("/v1/reservations/{number}", *(row["reservation"] for row in rows))
    found.note("/v1/items/{sku}", *SKUS)


def _on_the_way(planner: Caller, found: Furnished, numbers: Iterable[int]) -> None:
    steps = ("approve", "pick", "ship", "depart", "arrive")
    for n in numbers:
        coming = {"line": 1, "sku": "K-17", "qty": 5, "due": DUE}
        body = {"code": f"PO-{n}", "owner": OWNER, "kind": "po", "site": SITES[n % 2]}
        planner.post("/inbound", body | {"lines": [coming]})
        found.note("/v1/inbound/{code}", f"PO-{n}")
        for far in range(len(steps) + 1):
            sent = {"source": "WH1", "target": "WH2", "lines": [{"line": 1, "sku": "A", "qty": 2}]}
            code = planner.post("/transfers", _HERE | sent)["transfer"]
            for step in steps[:far]:
                planner.post(f"/transfers/{code}/{step}")
            found.note("/v1/transfers/{code}", code)


def _looked_after(centre: RunningCentre, planner: Caller, found: Furnished, numbers: Iterable[int]) -> None:
    entity = {"code": OWNER, "name": "Acme Ltd", "kind": "entity", "currency": "GBP"}
    planner.post("/owners", {"owners": [entity]})
    planner.post("/record-owners", {"kind": "item", "owner": "external:erp"})
    for n in numbers:
        lost = {"line": 1, "sku": "B", "difference": -600, "reason": "missing"}
        planner.post("/counts", _HERE | {"document": f"c{n}", "location": "WH2-A", "lines": [lost]})
        gone = {"sku": "A", "qty": 1, "location": "WH1-A", "reason": "broken"}
        found.note("/v1/write-offs/{code}", planner.post("/write-offs", _HERE | gone)["write_off"])
        line = {"sku": "A", "site": "WH1", "qty": 7}
        asked = {"owner": OWNER, "system": "ERP", "lines": [line]}
        found.note("/v1/reconciliations/{number}", planner.post("/reconciliations", asked)["id"])
        centre.as_(Role.INTEGRATOR).post("/items", {"items": [{"sku": "B", "name": f"B{n}"}]})
    planner.post("/record-owners", {"kind": "item", "owner": "centre"})
    for name in ("exceptions", "proposals"):
        rows = planner.get(f"/{name}")[name]
        assert rows, name
        found.note(f"/v1/{name}/{{number}}", *(row["id"] for row in rows))


def _proof(planner: Caller, found: Furnished) -> None:
    accounts = planner.get("/balances", zero=True)["balances"]
    found.note("/v1/balances/{account_id}", *(row["account_id"] for row in accounts))
    moves = planner.get("/moves", sku="A")["moves"]
    found.note("/v1/events/{event_id}", *(row["event_id"] for row in moves))
