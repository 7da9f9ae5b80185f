"""Real places, and the virtual ends where stock enters and leaves the building."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.fields import Fields
from app.domain.refusal import Refused


class Virtual(StrEnum):
    """Ends outside the building; with them every item sums to zero over all accounts."""

    SUPPLIER = "@supplier"
    CUSTOMER = "@customer"
    SCRAP = "@scrap"
    LIQUIDATION = "@liquidation"
    VENDOR_RETURN = "@vendor_return"
    DONATED = "@donated"
    RECYCLED = "@recycled"
    COUNT = "@count"
    OPENING = "@opening"
    CONVERSION = "@conversion"
    UNIDENTIFIED = "@unidentified"


# In-transit lanes are virtual too, one per pair of sites: `@transit:WH1>WH2`.
TRANSIT_PREFIX = "@transit:"


def lane(source: str, target: str) -> str:
    """The virtual end that holds what is on its way from one site to another."""
    return f"{TRANSIT_PREFIX}{source}>{target}"


def is_virtual(code: str) -> bool:
    """True for a virtual end or an in-transit lane."""
    return code.startswith("@")


class LocationKind(StrEnum):
    """What a real place is for."""

    SITE = "site"
    ZONE = "zone"
    BIN = "bin"
    BENCH = "bench"
    DOCK = "dock"
    TOTE = "tote"


@dataclass(frozen=True, slots=True)
class Location:
    """A real place; `parent` is the place it stands in, None for a site."""

    code: str
    kind: LocationKind
    name: str
    site: str
    parent: str | None = None

    def __post_init__(self) -> None:
        """Real codes never look like virtual ends."""
        if is_virtual(self.code):
            raise Refused(
                "location.virtual",
                f"Read the location code {self.code!r}.",
                "A real place does not begin with @.",
                "Choose another code.",
            )

    def to_json(self) -> dict[str, object]:
        """The record as it travels."""
        return {
            "code": self.code,
            "kind": self.kind,
            "name": self.name,
            "site": self.site,
            "parent": self.parent,
        }

    @classmethod
    def from_json(cls, data: object) -> Location:
        """Reads what `to_json` wrote."""
        f = Fields(data, "location")
        kind = f.text("kind")
        if kind not in set(LocationKind):
            raise Refused(
                "location.kind",
                f"Read the location kind {kind!r}.",
                f"Known: {', '.join(LocationKind)}.",
                "Use one of these.",
            )
        return cls(f.text("code"), LocationKind(kind), f.text("name"), f.text("site"), f.maybe_text("parent"))
