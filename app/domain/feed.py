"""The centre's change feed as a station pulls it: whole pages of records, with a cursor.

Positions grow in the order of the centre's commits. The generation grows when the centre was restored from a
backup: positions of different generations never compare, and the mirror starts again from nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.fields import Fields


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
class Page:
    """Whole commits of the feed up to position `upto`; `more` says that the next page is ready already."""

    gen: int
    upto: int
    changes: tuple[Change, ...] = ()
    more: bool = False

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
        }

    @classmethod
    def from_json(cls, data: object) -> Page:
        """Reads what `to_json` wrote."""
        f = Fields(data, "feed page")
        return cls(
            gen=f.whole("gen"),
            upto=f.whole("upto"),
            changes=tuple(Change.from_json(entry.raw()) for entry in f.objects("changes")),
            more=f.flag("more", default=False),
        )
