"""A rush: many callers ask for one unit each of what there is too little of, all at the same moment."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

import httpx

from app.domain.account import Account, Status
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from app.domain.signing import Ed25519Signer
from app.station.system import SystemClock, SystemIds
from sync.client.enrol import enrol
from sync.client.transport import HttpCentre
from sync.wire.answers import Ack
from sync.wire.messages import Push
from sync.wire.sealed import sealed
from tests.sync.central.receiving import Bench

OWNER, PLACE, STOCK = "ACME", "W-1", 50
CALLERS, REQUESTS = 20, 200
AT = "2026-01-02T09:00:00Z"


class Shop:
    """A client of a running centre; every command has a key of its own."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self._http = httpx.Client(
            base_url=f"{url}/v1", headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def post(self, path: str, body: Mapping[str, Any], key: str) -> httpx.Response:
        return self._http.post(path, json=body, headers={"Idempotency-Key": key})

    def get(self, path: str, **params: Any) -> Any:
        answer = self._http.get(path, params=params)
        assert answer.is_success, answer.text
        return answer.json()

    def furnish(self, case: str) -> str:
        """Items of one case, a place and the stock that everybody wants; the item's SKU."""
        one, other = f"{case}-A", f"{case}-B"
        kit = {"sku": f"{case}-KIT", "name": "Kit", "kit": [{"sku": one, "qty": 1}, {"sku": other, "qty": 1}]}
        small = {"sku": f"{case}-KIT-2", "name": "Other kit", "kit": [{"sku": one, "qty": 1}]}
        items = [{"sku": sku, "name": sku} for sku in (one, other)]
        place = {"code": PLACE, "kind": "bin", "name": PLACE, "site": "W"}
        for path, body in (
            ("/items", {"items": [*items, kit, small]}),
            ("/locations", {"locations": [place]}),
            ("/receipts", self.receipt(f"PO-{case}", {one: STOCK, other: 4 * STOCK})),
        ):
            answer = self.post(path, body, f"{case}{path}")
            assert answer.is_success, answer.text
        return one

    @staticmethod
    def receipt(document: str, units: Mapping[str, int]) -> dict[str, Any]:
        lines = [{"line": n, "sku": sku, "qty": qty} for n, (sku, qty) in enumerate(units.items(), 1)]
        return {"document": document, "owner": OWNER, "location": PLACE, "at": AT, "lines": lines}


def order_of(number: int, sku: str) -> tuple[str, dict[str, Any]]:
    """An order of one unit that is not to wait."""
    lines = [{"line": 1, "sku": sku, "qty": 1}]
    body = {"order": f"{sku}-{number}", "owner": OWNER, "channel": "web", "at": AT, "short": "refuse"}
    return "/orders", body | {"lines": lines}


def hold_of(_number: int, sku: str) -> tuple[str, dict[str, Any]]:
    """A basket of one unit."""
    return "/holds", {"owner": OWNER, "channel": "web", "lines": [{"line": 1, "sku": sku, "qty": 1}]}


class ReturnsBench:
    """A station that sends dispositions of returned units, signed, over the wire."""

    def __init__(self, shop: Shop) -> None:
        body = {"name": "Bench 7", "site": "W", "owner": OWNER}
        code = shop.post("/enrolment-codes", body, "bench").json()["code"]
        ids = SystemIds()
        signer = Ed25519Signer(ids.secret(32))
        self._bench = Bench(signer, ids.secret(16).hex())
        self._centre = HttpCentre(shop.url, self._bench.station_id, signer, clock=SystemClock(), ids=ids)
        enrol(
            shop.url,
            code,
            station_id=self._bench.station_id,
            install_id=self._bench.install_id,
            public_key=signer.public_key,
            name="Bench 7",
            clock=SystemClock(),
        )

    def put_back(self, sku: str, units: int) -> None:
        """Units of an item, each its own event in its own push."""
        there = Account(OWNER, sku, PLACE, Status.SELLABLE, label="L07-1-X")
        move = Move(1, Account(OWNER, sku, Virtual.CUSTOMER), there, MoveKind.RETURN)
        for number in range(1, units + 1):
            event = self._bench.record(moves=(move,), body={"rma": None, "line": None, "sku": sku, "qty": 1})
            answer = self._centre.push(Push(1, (sealed(event),)))
            assert isinstance(answer, Ack), answer
            assert answer.upto == number

    def close(self) -> None:
        self._centre.close()


def rush(shop: Shop, case: str, ask: Callable[[int], tuple[str, Mapping[str, Any]]]) -> Counter[str]:
    """Sends all requests from all callers at once; how often each outcome was answered."""
    gate = threading.Barrier(CALLERS)

    def call(caller: int) -> list[str]:
        gate.wait()
        return [outcome(number) for number in range(caller, REQUESTS, CALLERS)]

    def outcome(number: int) -> str:
        path, body = ask(number)
        answer = shop.post(path, body, f"{case}-rush-{number}")
        return "accepted" if answer.is_success else f"{answer.status_code} {answer.json()['code']}"

    with ThreadPoolExecutor(CALLERS) as pool:
        return Counter(said for caller in pool.map(call, range(CALLERS)) for said in caller)
