"""Pages of the feed that are wrong in every place: none ends the sync, and the true page still lands."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.domain.account import Account, Status
from app.domain.feed import Held
from app.domain.fields import EXACT_MAX
from app.ledger import mirror
from sync.client.session import SyncClient
from sync.client.state import Link
from sync.client.transport import HttpCentre
from sync.wire.own_form import digest_of
from tests.app.ledger.station import MUG, rma
from tests.architecture.source_rules import ROOT
from tests.sync.world import DirectPort, World

PAGES = 200
SHELF = Account("acme", "MUG-4", "A-1", Status.SELLABLE)
WRONG: tuple[object, ...] = (
    None,
    True,
    -1,
    0,
    1e308,
    10**30,
    -(10**30),
    EXACT_MAX,
    2**63,
    "",
    "\ud800",
    "\x00",
    "A" * 100_000,
    [],
    {},
    [[]],
    [{}],
    {"a": "\ud800"},
)
Step = str | int
Body = dict[str, object]


def places(inside: object, at: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Every place of a document, the document itself left out."""
    if at:
        yield at
    if isinstance(inside, dict):
        for name, value in inside.items():
            yield from places(value, (*at, name))
    elif isinstance(inside, list):
        for number, value in enumerate(inside):
            yield from places(value, (*at, number))


def changed(page: Body, rng: random.Random) -> Body:
    """The page with one value taken away or replaced by a wrong one."""
    found = copy.deepcopy(page)
    *way, last = rng.choice(list(places(found)))
    holder: object = found
    for step in way:
        holder = holder[step]  # type: ignore[index]
    wrong = rng.randrange(len(WRONG) + 1)
    if wrong == len(WRONG):
        del holder[last]  # type: ignore[attr-defined]
    else:
        holder[last] = WRONG[wrong]  # type: ignore[index]
    return found


def bit_flipped(body: bytes, rng: random.Random) -> bytes:
    """The bytes of a page with one bit changed."""
    found = bytearray(body)
    found[rng.randrange(len(found))] ^= 1 << rng.randrange(8)
    return bytes(found)


class Altering(httpx.BaseTransport):
    """The real way to the centre; while `alter` is set, it makes up the pages of the feed."""

    def __init__(self) -> None:
        self._real = httpx.HTTPTransport()
        self.alter: Callable[[bytes], bytes] | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._real.handle_request(request)
        if self.alter is None or "/changes" not in request.url.path:
            return answer
        made_up = self.alter(answer.read())
        # A defect of the centre itself: the digest is that of what it said.
        headers = {"content-type": "application/json", "content-digest": digest_of(made_up)}
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(made_up))

    def close(self) -> None:
        self._real.close()


def furnished(body: bytes) -> Body:
    """A real page, with a record of every shape that a station reads and one of a kind it does not know."""
    page: Any = json.loads(body)
    policy = (ROOT / "resources" / "policies" / "returns.toml").read_text(encoding="utf-8")
    transfer = {
        "code": "T-1",
        "source": "WH1",
        "target": "WH2",
        "state": "shipped",
        "lines": [{"line": 1, "sku": "K-17", "qty": 3}],
    }
    records = (
        ("item", MUG.sku, MUG.to_json()),
        ("rma", "R-9", rma("R-9").to_json()),
        ("location", "A-1", {"code": "A-1", "site": "WH1", "kind": "bin"}),
        ("policy", "x", {"version": "x", "source": policy}),
        ("transfer", "T-1", transfer),
        ("future", "F-1", {"code": "F-1", "size": 1.5}),
    )
    for kind, key, document in records:
        page["upto"] += 1
        page["changes"].append({"pos": page["upto"], "kind": kind, "key": key, "document": document})
    page["stock"]["held"].append(Held(SHELF, 4).to_json())
    found: Body = page
    return found


class Bench:
    """A station that has sent what it recorded, with `way` between it and the centre."""

    def __init__(self, world: World) -> None:
        self.world, self.site, self.way = world, world.site(), Altering()
        self.site.work(3)
        self.site.sync()
        site = self.site
        centre = HttpCentre(
            site._base_url,
            site.ledger.head.station_id,
            site._signer,
            clock=site.clock,
            ids=site._ids,
            transport=self.way,
        )
        port = DirectPort(site.ledger)
        self.client = SyncClient(
            port, centre, ids=site._ids, noise=random.Random(1), on_state=site.said.append
        )
        self.close = centre.close

    def fetch_anew(self, alter: Callable[[bytes], bytes] | None = None) -> None:
        """The whole feed from its beginning, in one tick of the client."""
        mirror.forget(self.site.ledger)
        self.way.alter = alter
        self.world.clock.pass_by(3600)
        self.client.tick(self.world.clock.now())

    def holds_the_truth(self) -> bool:
        """The true pages land, and what is recorded meanwhile arrives."""
        self.site.work(1)
        self.fetch_anew()
        return self.site.said[-1].link is Link.ONLINE and self.site.waiting() == 0


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with World(tmp_path).running() as world:
        found = Bench(world)
        yield found
        assert found.holds_the_truth()
        world.agreed(found.site)
        found.close()


def test_no_wrong_value_in_a_page_ends_the_sync(bench: Bench, seeded: random.Random) -> None:
    pages = list[Body]()

    def alter(body: bytes) -> bytes:
        pages.append(changed(furnished(body), seeded))
        return json.dumps(pages[-1]).encode()

    for _ in range(PAGES):
        bench.fetch_anew(alter)
    assert len(pages) >= PAGES
    assert bench.holds_the_truth()


def test_no_changed_bit_in_a_page_ends_the_sync(bench: Bench, seeded: random.Random) -> None:
    for _ in range(PAGES):
        bench.fetch_anew(lambda body: bit_flipped(json.dumps(furnished(body)).encode(), seeded))
    assert bench.holds_the_truth()
