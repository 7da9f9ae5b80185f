"""Tryton at work in its own process: `PYTHON tryton_child.py CONFIGURATION DATABASE DATE ITEMS MOVES ORDERS`.

Runs in the environment that Tryton is installed in and knows nothing of Backhaul. Each move, and each
reservation of a shipment of three lines, is a transaction of its own, as the system user, without RPC. Says
one JSON line: milliseconds of each of the `moves` and of each of the `orders`, and how many were `assigned`.
"""

from __future__ import annotations

import datetime as dt
import importlib
import json
import random
import sys
import time
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

_SYSTEM_USER = 0
_LINES = 3
_BINS = 20
_STOCK = 1_000
_PART = 100
_MILLI = 1000
_SEED = 51


class Peer:
    """One database; `known` are the records that moves and shipments name."""

    def __init__(self, configuration: str, database: str, today: str) -> None:
        config = importlib.import_module("trytond.config")
        (getattr(config, "update_etc", None) or config.config.update_etc)(configuration)
        pool = importlib.import_module("trytond.pool").Pool
        self._transaction = importlib.import_module("trytond.transaction")
        self._database = database
        pool.start()
        self._pool = pool(database)
        self._pool.init()
        self._today = dt.date.fromisoformat(today)
        self._company: dict[str, Any] = {}
        self.known: dict[str, Any] = {}

    def model(self, name: str) -> Any:
        """A kind of record."""
        return self._pool.get(name)

    def begin(self, **more: Any) -> Any:
        """A transaction; to be committed by its user."""
        return self._transaction.Transaction().start(
            self._database, _SYSTEM_USER, context=self._company, **more
        )

    def furnish(self, items: int) -> None:
        """A company, a customer, bins, and stock of each item in one of them."""
        with self.begin() as open_:
            self._furnish_company()
            open_.commit()
        with self.begin() as open_:
            products = self._furnish_products(items)
            open_.commit()
        self.known["products"] = products
        random_ = random.Random(_SEED)
        for start in range(0, items, _PART):
            with self.begin() as open_:
                moves = [
                    self.arrival(one, random_.choice(self.known["bins"]), _STOCK)
                    for one in products[start : start + _PART]
                ]
                self.do(moves)
                open_.commit()

    def _furnish_company(self) -> None:
        euro = {"name": "Euro", "code": "EUR", "symbol": "E", "rounding": Decimal("0.01"), "digits": 2}
        rates = [("create", [{"date": dt.date(2020, 1, 1), "rate": Decimal(1)}])]
        currency = self.model("currency.currency").create([{**euro, "rates": rates}])[0]
        party = self.model("party.party")
        own = party.create([{"name": "Harbour Lane"}])[0]
        company = self.model("company.company").create([{"party": own.id, "currency": currency.id}])[0]
        address = [("create", [{"street": "1 High Street"}])]
        customer = party.create([{"name": "Customer", "addresses": address}])[0]
        location = self.model("stock.location")
        by_code = {
            code: location.search([("code", "=", code)])[0].id for code in ("SUP", "CUS", "STO", "OUT", "WH")
        }
        bins = location.create(
            [
                {"name": f"Bin {n}", "code": f"BIN{n}", "type": "storage", "parent": by_code["STO"]}
                for n in range(_BINS)
            ]
        )
        self._company = {"company": company.id}
        self.known = {
            **by_code,
            "bins": [one.id for one in bins],
            "company": company.id,
            "currency": currency.id,
            "customer": customer.id,
            "address": customer.addresses[0].id,
            "unit": self.model("product.uom").search([("name", "=", "Unit")])[0].id,
        }

    def _furnish_products(self, items: int) -> list[int]:
        template = self.model("product.template")
        made = template.create(
            [
                {
                    "name": f"Article {number}",
                    "type": "goods",
                    "default_uom": self.known["unit"],
                    "products": [("create", [{"suffix_code": f"P{number:06d}"}])],
                }
                for number in range(items)
            ]
        )
        return [one.products[0].id for one in made]

    def arrival(self, product: int, bin_: int, qty: int) -> dict[str, Any]:
        """A move of goods from the supplier."""
        return self._move(product, self.known["SUP"], bin_, qty)

    def _move(self, product: int, source: int, target: int, qty: int) -> dict[str, Any]:
        return {
            "product": product,
            "unit": self.known["unit"],
            "quantity": float(qty),
            "from_location": source,
            "to_location": target,
            "company": self.known["company"],
            "planned_date": self._today,
            "effective_date": self._today,
            "unit_price": Decimal("1.00"),
            "currency": self.known["currency"],
        }

    def do(self, moves: Sequence[dict[str, Any]]) -> None:
        """Makes moves and carries them out."""
        move = self.model("stock.move")
        move.do(move.create(list(moves)))

    def shipments(self, count: int) -> list[int]:
        """Shipments of three lines that wait for their units; not measured."""
        random_, found = random.Random(_SEED + 1), list[int]()
        names = {"customer": "customer", "delivery_address": "address", "company": "company"}
        names |= {"warehouse": "WH", "warehouse_storage": "STO", "warehouse_output": "OUT"}
        head = {field: self.known[name] for field, name in names.items()} | {"planned_date": self._today}
        for start in range(0, count, _PART):
            with self.begin() as open_:
                shipment = self.model("stock.shipment.out")
                made = shipment.create(
                    [
                        {**head, "outgoing_moves": [("create", self._lines(random_))]}
                        for _ in range(min(_PART, count - start))
                    ]
                )
                shipment.wait(made)
                open_.commit()
                found += [one.id for one in made]
        return found

    def _lines(self, random_: random.Random) -> list[dict[str, Any]]:
        some = random_.sample(self.known["products"], _LINES)
        return [self._move(one, self.known["OUT"], self.known["CUS"], 1) for one in some]

    def reserve(self, number: int) -> None:
        """Assigns a shipment's units; a transaction that must hold a lock first begins again with it."""
        more: dict[str, Any] = {}
        while True:
            try:
                with self.begin(**more) as open_:
                    shipment = self.model("stock.shipment.out")
                    shipment.assign_try([shipment(number)])
                    open_.commit()
                    return
            except self._transaction.TransactionError as locked:
                locked.fix(more)

    def assigned(self, numbers: Sequence[int]) -> int:
        """How many of these shipments have their units."""
        with self.begin():
            asked = [("id", "in", list(numbers)), ("state", "=", "assigned")]
            return int(self.model("stock.shipment.out").search(asked, count=True))


def main(arguments: Sequence[str]) -> int:
    """Works and says how long everything took."""
    configuration, database, today = arguments[:3]
    items, moves, orders = map(int, arguments[3:])
    peer = Peer(configuration, database, today)
    peer.furnish(items)
    random_, moved, reserved = random.Random(_SEED + 2), list[float](), list[float]()
    for _ in range(moves):
        wanted = peer.arrival(random_.choice(peer.known["products"]), random_.choice(peer.known["bins"]), 1)
        began = time.perf_counter()
        with peer.begin() as open_:
            peer.do([wanted])
            open_.commit()
        moved.append((time.perf_counter() - began) * _MILLI)
    waiting = peer.shipments(orders)
    for number in waiting:
        began = time.perf_counter()
        peer.reserve(number)
        reserved.append((time.perf_counter() - began) * _MILLI)
    told = {"moves": moved, "orders": reserved, "assigned": peer.assigned(waiting)}
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
