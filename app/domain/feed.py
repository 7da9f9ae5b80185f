"""The centre's change feed as a station pulls it: whole pages of records, with a cursor.

Positions grow in the order of the centre's commits. The generation grows when the centre was restored from a
backup: positions of different generations never compare, and the mirror starts again from nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.account import Account
from app.domain.fields import EXACT_MAX, Fields

LONGEST_NEXT = 40
"""Signs of what the next page of stock is asked for with."""


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """Up to where the feed is known; generation 0 means that nothing was ever pulled."""

    gen: int
    pos: int


@dataclass(frozen=True, slots=True)
class Change:
    """One record as it is from position `pos` on; `document` is None when the record was removed.

    `kind` and `key` are texts because other versions know other kinds.
    """

    pos: int
    kind: str
    key: str
    document: Mapping[str, object] | None

    def to_json(self) -> dict[str, object]:
        """The change as it travels."""
        document = dict(self.document) if self.document is not None else None
        return {"pos": self.pos, "kind": self.kind, "key": self.key, "document": document}

    @classmethod
    def from_json(cls, data: object) -> Change:
        """Reads what `to_json` wrote; the document is kept as it came, unknown fields included."""
        f = Fields(data, "change")
        removed = f.raw().get("document") is None
        return cls(
            pos=f.whole("pos", least=1),
            kind=f.text("kind"),
            key=f.text("key"),
            document=None if removed else f.inner("document").raw(),
        )


@dataclass(frozen=True, slots=True)
class Held:
    """Units of an account as the centre holds them; 0 for one that was emptied."""

    account: Account
    qty: int

    def to_json(self) -> dict[str, object]:
        """The balance as it travels."""
        return {"account": self.account.to_json(), "qty": self.qty}


@dataclass(frozen=True, slots=True)
class StockPage:
    """What changed of the stock of a station's own site: accounts as they are now, never their history.

    `next` is what to ask with next time, understood by the centre alone. `seq` is the last event of the
    asking station that is counted in, by its number in the chain of `epoch` (0 where it is not said). `more`
    says that the next page is ready already.
    """

    next: str
    seq: int
    held: tuple[Held, ...] = ()
    more: bool = False
    epoch: int = 0

    def to_json(self) -> dict[str, object]:
        """The page as it travels."""
        return {
            "next": self.next,
            "epoch": self.epoch,
            "seq": self.seq,
            "held": [entry.to_json() for entry in self.held],
            "more": self.more,
        }

    @classmethod
    def from_json(cls, data: object) -> StockPage:
        """Reads what `to_json` wrote."""
        f = Fields(data, "stock page")
        return cls(
            next=_next(f),
            seq=f.whole("seq"),
            held=tuple(
                Held(Account.from_json(entry.inner("account").raw()), _units(entry))
                for entry in f.objects("held")
            ),
            more=f.flag("more", default=False),
            epoch=f.whole_or("epoch", 0),
        )


def _next(f: Fields) -> str:
    found = f.text("next")
    # It is kept and asked with from then on: the centre would refuse a longer one every time.
    if len(found) > LONGEST_NEXT:
        raise f.wrong("next", f"at most {LONGEST_NEXT} signs")
    return found


def _units(f: Fields) -> int:
    qty = f.raw().get("qty")
    if not isinstance(qty, int) or isinstance(qty, bool) or not -EXACT_MAX <= qty <= EXACT_MAX:
        raise f.wrong("qty", f"a whole number to {EXACT_MAX}, below zero where more left than was there")
    return qty


@dataclass(frozen=True, slots=True)
class Page:
    """Whole commits of the feed up to position `upto`; `more` says that the next page is ready already.

    `stock` is there when it was asked for.
    """

    gen: int
    upto: int
    changes: tuple[Change, ...] = ()
    more: bool = False
    stock: StockPage | None = None

    @property
    def cursor(self) -> Cursor:
        """Where the feed stands after this page."""
        return Cursor(self.gen, self.upto)

    def to_json(self) -> dict[str, object]:
        """The page as it travels."""
        return {
            "gen": self.gen,
            "upto": self.upto,
            "changes": [change.to_json() for change in self.changes],
            "more": self.more,
        } | ({"stock": self.stock.to_json()} if self.stock else {})

    @classmethod
    def from_json(cls, data: object) -> Page:
        """Reads what `to_json` wrote."""
        f = Fields(data, "feed page")
        return cls(
            gen=f.whole("gen"),
            upto=f.whole("upto"),
            changes=tuple(Change.from_json(entry.raw()) for entry in f.objects("changes")),
            more=f.flag("more", default=False),
            stock=StockPage.from_json(f.inner("stock").raw()) if f.raw().get("stock") else None,
        )
