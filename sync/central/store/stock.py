"""Reading stock for a decision: covers, pools, kits and claims of a few items in a handful of queries."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from app.domain.account import Status
from app.domain.clock import to_text
from app.domain.item import Component
from app.domain.reservation import ANY
from sync.central.rules.allocation_policy import DEFAULT, AllocationPolicy, good_until
from sync.central.rules.cover import Cover
from sync.central.rules.eligible import ANYTHING, Eligible
from sync.central.rules.picking import Pick, Picker, Shelf, Shelving, shelve
from sync.central.rules.promise import BASKET, RESERVED, SAFETY, Claimed, Offer, Pool
from sync.central.rules.reckoning import kept_for
from sync.central.store.allocation_policy import DIGEST_IN_FORCE, policy_in_force, policy_of_digest
from sync.central.store.allotting import Asking, categories, kept_for_channels, safety_of
from sync.central.store.claims import Standing, standing_asked, standing_of
from sync.central.store.item_rules import asks_of
from sync.central.store.kits import components
from sync.central.store.prepared import asking, asking_each, at_once
from sync.central.store.shelves import sellable_asked, shelves_of
from sync.central.store.tables import account, balance, item, policy, reservation

_DATE = 10
_NONE: Mapping[str, int] = dict.fromkeys((RESERVED, BASKET, SAFETY), 0)


@dataclass(frozen=True, slots=True)
class Stock:
    """One owner's stock of some items and of the components of those that are kits.

    `policy` is the allocation policy in force. `pools` are the sums of units sold as new. `covers` hold the
    cells of each item with every claim placed and `offer` grants from them; `short` are units that are
    claimed and not there. `barred` are units, by item, of a serial that is claimed by name beyond the one
    that is claimed; `expired` are units past their date, `too_close` those that nobody claims and that have
    less left than the item's record asks for; `unknown` are items asked about that the centre has no record
    of; `graded` those with units not sold as new; `kept_at_first` what each channel's allotment kept of each
    before anything was granted.
    """

    owner: str
    policy: AllocationPolicy
    pools: Mapping[str, Pool]
    covers: Mapping[str, Cover]
    short: Mapping[str, int]
    offer: Offer
    kits: Mapping[str, tuple[Component, ...]]
    barred: Mapping[str, int]
    expired: Mapping[str, int]
    too_close: Mapping[str, int]
    unknown: tuple[str, ...]
    graded: frozenset[str]
    least: Mapping[str, int]
    kept_at_first: Mapping[str, Mapping[str, int]]
    _shelving: Mapping[str, Shelving]
    _picker: Picker

    def kit(self, sku: str | None) -> tuple[Component, ...]:
        """The components of a kit; none for anything else."""
        return self.kits.get(sku or "", ())

    def figures(self, sku: str, channel: str = "") -> dict[str, Any]:
        """The sums of one item as they were when it was looked at, as a channel is promised of it.

        `kept_for` has what other channels keep, none of what is claimed already, and `kept` the sum of it;
        units that are left out are there where there are any.
        """
        pool = self.pools[sku]
        found: dict[str, Any] = {
            "sellable": pool.sellable,
            "reserved": pool.reserved,
            "basket": pool.basket,
            "safety": pool.safety,
        }
        others = {
            other: units for other, units in self.kept_at_first.get(sku, {}).items() if other != channel
        }
        if kept := kept_for({**found, "kept_for": others}):
            found["kept_for"] = kept
        out = {"expired": self.expired, "barred": self.barred, "too_close": self.too_close}
        found |= {name: by_item[sku] for name, by_item in out.items() if sku in by_item}
        return found | {"kept": sum(kept.values())}

    def under(self, dates: Mapping[str, str | None]) -> Stock:
        """The same for somebody for whom other dates hold than items' records ask today, None for any.

        Units that he alone is promised, or is not, are counted so in the sums.
        """
        pools, too_close = dict(self.pools), dict(self.too_close)
        dates = {sku: fresh for sku, fresh in dates.items() if sku in self.covers}
        for sku, more in self._more_under(dates).items():
            pools[sku] = replace(pools[sku], sellable=pools[sku].sellable + more)
            too_close[sku] = too_close.get(sku, 0) - more
        left = {sku: units for sku, units in too_close.items() if units > 0}
        return replace(self, pools=pools, too_close=left, offer=self.offer.under(dates))

    def for_channel(self, channel: str, placed_at: datetime) -> Stock:
        """The same for a channel's order: its units must last as long as the policy says of the channel."""
        days = self.policy.channel(channel).least_life_days
        if not days:
            return self
        least = good_until(placed_at, days)
        dates = {sku: max(self.offer.within(sku).fresh or "", least) for sku in self.covers}
        kept = {sku: dict(units) for sku, units in self.kept_at_first.items()}
        for sku, more in self._more_under(dates).items():
            # Other channels are kept those first that are no use to this one.
            useless = -more
            for other in kept.get(sku, {}).keys() - {channel}:
                less = min(kept[sku][other], useless)
                kept[sku][other] -= less
                useless -= less
        return replace(self.under(dates), kept_at_first=kept)

    def _more_under(self, dates: Mapping[str, str | None]) -> dict[str, int]:
        """Units that can be had under other dates beyond those that can today; below zero, fewer."""
        rooms = {sku: self.covers[sku].room for sku in dates}
        more = {
            sku: room(Eligible(dates[sku]).within(ANY)) - room(self.offer.within(sku))
            for sku, room in rooms.items()
        }
        return {sku: units for sku, units in more.items() if units}

    def beside(self, more: Stock) -> Stock:
        """These items together with others that nothing was granted of yet; what both have is this one's."""
        mine, others = self.offer, more.offer
        covers = {**more.covers, **self.covers}
        kept = {**others.kept, **mine.kept}
        return replace(
            self,
            pools={**more.pools, **self.pools},
            covers=covers,
            short={**more.short, **self.short},
            offer=replace(
                mine,
                covers=covers,
                serials={**others.serials, **mine.serials},
                kept=kept,
                rules={**others.rules, **mine.rules},
            ),
            kits={**more.kits, **self.kits},
            kept_at_first={**more.kept_at_first, **self.kept_at_first},
            barred={**more.barred, **self.barred},
            expired={**more.expired, **self.expired},
            too_close={**more.too_close, **self.too_close},
            graded=more.graded | self.graded,
            least={**more.least, **self.least},
            _shelving={**more._shelving, **self._shelving},
            _picker=self._picker.beside(more._picker),
        )

    def pick(self, claim: Claimed) -> list[Pick]:
        """Takes the units a claim was placed on, for good.

        Raises:
            RuntimeError: the claim does not hold that many; claims never exceed what is there, because
                whatever lowers stock takes claims back in the same transaction.
        """
        if claim.item not in self.covers:
            raise RuntimeError(f"{claim.qty} of {claim.item} were claimed and only none found")
        found, shelving = list[Pick](), self._shelving[claim.item]
        for cell, qty in self.covers[claim.item].draw(RESERVED, claim.scope, claim.qty):
            picks = self._picker.take(claim.item, qty, among=shelving.shelves[cell])
            if sum(pick.qty for pick in picks) != qty:
                raise RuntimeError(f"{qty} of {claim.item} were claimed and only {picks} found")
            found += picks
        return found


def as_new_grades(conn: Connection) -> frozenset[str | None]:
    """The grades that are sold as new: none given, and those the policy in force says."""
    row = _grades.first(conn)
    return _as_new_of(row.as_new if row else None)


def _as_new_of(listed: str | None) -> frozenset[str | None]:
    return frozenset((None, *json.loads(listed or "[]")))


def look(conn: Connection, owner: str, skus: Iterable[str], now: datetime) -> Stock:
    """What one owner has of some items at this moment; unknown items have nothing."""
    asked = list(dict.fromkeys(skus))
    records, shelves, claims = _rows(conn, owner, asked, now)
    kits = components(conn, [sku for sku, row in records.items() if row.is_kit])
    parts = sorted({part.sku for kit in kits.values() for part in kit}.difference(asked))
    if parts:
        more, more_shelves, more_claims = _rows(conn, owner, parts, now)
        records |= more
        shelves += more_shelves
        claims += more_claims
    wanted = [*asked, *parts]
    first = next(iter(records.values()), None)
    grades = _as_new_of(first.as_new) if first is not None else as_new_grades(conn)
    in_force = policy_of_digest(conn, first.digest) if first is not None else policy_in_force(conn)
    documents = {sku: row.document for sku, row in records.items()}
    of_category = categories(in_force, documents)
    by_item: defaultdict[str, list[Shelf]] = defaultdict(list)
    for shelf in shelves:
        by_item[shelf.item].append(shelf)
    claims_on: defaultdict[str, list[Standing]] = defaultdict(list)
    for claim in claims:
        claims_on[claim.item].append(claim)
    today = to_text(now)[:_DATE]
    rules = {sku: asks_of(document).on(now.date()) for sku, document in documents.items()}
    stock = dict[str, _OfItem]()
    for sku in wanted:
        own = records[sku].safety if sku in records else 0
        safety = safety_of(in_force, of_category.get(sku, DEFAULT), own)
        rule = rules.get(sku, ANYTHING)
        stock[sku] = _of_item(by_item[sku], claims_on[sku], _Asked(safety, rule, grades, today))
    covers = {sku: of.cover for sku, of in stock.items()}
    sellable_of = {sku: of.pool.sellable for sku, of in stock.items()}
    kept = kept_for_channels(conn, Asking(owner, in_force, now, grades, sellable_of, of_category), claims)
    return Stock(
        owner,
        in_force,
        {sku: of.pool for sku, of in stock.items()},
        covers,
        {sku: of.short for sku, of in stock.items() if of.short},
        Offer(covers, {sku: of.serials for sku, of in stock.items() if of.serials}, kept, rules),
        kits,
        {sku: of.shelving.barred for sku, of in stock.items() if of.shelving.barred},
        {sku: of.shelving.expired for sku, of in stock.items() if of.shelving.expired},
        {sku: of.too_close for sku, of in stock.items() if of.too_close},
        tuple(sku for sku in asked if sku not in records),
        frozenset(sku for sku, of in stock.items() if of.graded),
        {sku: row.least for sku, row in records.items() if row.least is not None},
        {sku: dict(of) for sku, of in kept.items()},
        {sku: of.shelving for sku, of in stock.items()},
        Picker(by_item),
    )


class _Record(NamedTuple):
    sku: str
    is_kit: bool
    safety: int
    least: int | None
    document: str
    as_new: str | None
    digest: str | None


def _rows(
    conn: Connection, owner: str, skus: Sequence[str], now: datetime
) -> tuple[dict[str, _Record], list[Shelf], list[Standing]]:
    """The records of items by item, what is sellable of them, and what is claimed."""
    asked = (sellable_asked(owner, skus), standing_asked(owner, skus, now))
    records, shelves, claims = at_once(conn, (_records, {"skus": skus}), *asked)
    found = {row.sku: row for row in (_Record(*row) for row in records)}
    return found, shelves_of(owner, shelves), standing_of(claims)


class _OfItem(NamedTuple):
    pool: Pool
    cover: Cover
    short: int
    shelving: Shelving
    serials: dict[str, str | None]
    graded: bool
    too_close: int


class _Asked(NamedTuple):
    """What is kept of an item, what its record asks, which grades are as new, and the date."""

    safety: int
    rule: Eligible
    as_new: frozenset[str | None]
    today: str


def _of_item(shelves: Sequence[Shelf], claims: Sequence[Standing], asked: _Asked) -> _OfItem:
    """Puts one item's units into cells and places the claims on them, orders' first and safety last.

    Safety stock is units that could be promised, so those that are too close to their date are none.
    """
    named = {claim.scope.serial: claim.scope.site for claim in claims if claim.scope.serial}
    shelving = shelve(shelves, asked.as_new, named, asked.today)
    cover = Cover(shelving.cells)
    short, sums = _place(cover, claims, asked.rule) if claims else (0, _NONE)
    good = asked.rule.within(ANY)
    cover.place(SAFETY, good, asked.safety)
    too_close = 0 if good is ANY else cover.room(ANY) - cover.room(good)
    sellable_as_new, graded = -too_close, False
    for cell in shelving.cells:
        if cell.as_new:
            sellable_as_new += cell.qty
        elif cell.qty > 0:
            graded = True
    pool = Pool(sellable_as_new, sums[RESERVED], sums[BASKET], sums[SAFETY] + asked.safety)
    serials = _free_serials(shelves, shelving, named)
    return _OfItem(pool, cover, short, shelving, serials, graded, too_close)


def _place(cover: Cover, claims: Sequence[Standing], rule: Eligible) -> tuple[int, Mapping[str, int]]:
    """Places claims in the order of their kinds; units that there was no room for, and units by kind."""
    short, sums = 0, Counter[str]()
    for kind in (RESERVED, BASKET, SAFETY):
        for claim in claims:
            # What is still to come is claimed of its own line, never of what is here.
            if claim.kind == kind and claim.scope.supply is None:
                scope = rule.within(claim.scope) if kind == SAFETY else claim.scope
                placed = cover.place(kind, scope, claim.qty)
                short += claim.qty - placed if kind != SAFETY else 0
                if claim.scope.grade is None:
                    sums[kind] += claim.qty
    return short, sums


def _free_serials(
    shelves: Sequence[Shelf], shelving: Shelving, named: Collection[str]
) -> dict[str, str | None]:
    """Serials that nobody claims by name and of which there is one unit, with its site."""
    told_apart = [shelf for shelf in shelves if shelf.serial is not None]
    if not told_apart:
        return {}
    units, sites = Counter[str](), dict[str, str | None]()
    for shelf in told_apart:
        if shelf.serial and shelf.qty > 0 and shelf.number in shelving.of:
            units[shelf.serial] += shelf.qty
            sites[shelf.serial] = shelf.site
    # Which of two units of one serial is meant is for a person to find out first.
    return {serial: site for serial, site in sites.items() if units[serial] == 1 and serial not in named}


# The policy in force comes along with the items, so that it costs no look of its own.
_as_new = select(policy.c.as_new).order_by(policy.c.id.desc()).limit(1)
_grades = asking(lambda _: _as_new)
_records = asking_each(
    "skus",
    lambda is_asked: select(
        item.c.sku,
        item.c.is_kit,
        item.c.safety,
        item.c.least,
        item.c.document,
        _as_new.scalar_subquery().label("as_new"),
        DIGEST_IN_FORCE.label("digest"),
    ).where(is_asked(item.c.sku)),
)
# The sellable unit that a claim by name is for; to be asked beside `reservation`.
CLAIMED_UNIT = (
    select(balance.c.account)
    .join_from(balance, account, balance.c.account == account.c.id)
    .where(
        account.c.item == reservation.c.item,
        account.c.serial == reservation.c.serial,
        account.c.owner == reservation.c.owner,
        account.c.status == str(Status.SELLABLE),
        balance.c.qty > 0,
    )
    .correlate(reservation)
)
