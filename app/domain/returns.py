"""Return merchandise authorizations and the life of their lines."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.fields import Fields
from app.domain.refusal import Refused


class LineState(StrEnum):
    """Where a return line is; the side exits end it without a disposition."""

    AUTHORIZED = "authorized"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    ON_BENCH = "on_bench"
    INSPECTED = "inspected"
    DISPOSITIONED = "dispositioned"
    CLOSED = "closed"
    MISSING = "missing"
    WRONG_ITEM = "wrong_item"
    EXTRA = "extra"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class LineOffer:
    """What is offered for `qty` units of a line, by the policy of the order they were sold on."""

    qty: int
    within_window: bool
    offer: str
    policy_ver: str

    def to_json(self) -> dict[str, object]:
        """The offer as it travels."""
        return {
            "qty": self.qty,
            "within_window": self.within_window,
            "offer": self.offer,
            "policy_ver": self.policy_ver,
        }


@dataclass(frozen=True, slots=True)
class RmaLine:
    """What one line authorizes: `qty` base units of `sku`, with the serials sold where they are known.

    `offers` say what the customer gets for how many of them; they decide money and never whether goods are
    taken in.
    """

    line: int
    sku: str
    qty: int
    reason: str
    lot: str | None = None
    serials: tuple[str, ...] = ()
    expected_condition: str | None = None
    offers: tuple[LineOffer, ...] = ()

    @property
    def within_window(self) -> bool | None:
        """True when all of its units come back in time; None where nobody said."""
        return all(offer.within_window for offer in self.offers) if self.offers else None

    def to_json(self) -> dict[str, object]:
        """The line as it travels; fields unknown to older programs stand in it only when set."""
        known: dict[str, object] = {
            "line": self.line,
            "sku": self.sku,
            "qty": self.qty,
            "reason": self.reason,
            "lot": self.lot,
            "serials": list(self.serials),
            "expected_condition": self.expected_condition,
        }
        if not self.offers:
            return known
        offers = [offer.to_json() for offer in self.offers]
        return known | {"within_window": self.within_window, "offers": offers}


@dataclass(frozen=True, slots=True)
class Rma:
    """A return merchandise authorization; before receipt its lines cause no move.

    `code` is the human code on the customer's slip, `tracking` the carriers' parcel numbers, `owner` the
    legal entity whose goods these are, `policy_ver` the policy in force when it was authorized.
    """

    code: str
    owner: str
    order: str | None
    lines: tuple[RmaLine, ...]
    tracking: tuple[str, ...] = ()
    site: str | None = None
    policy_ver: str | None = None
    shipped_on: str | None = None

    def line(self, number: int) -> RmaLine:
        """The line of that number; KeyError when there is none."""
        for line in self.lines:
            if line.line == number:
                return line
        raise KeyError(number)

    def to_json(self) -> dict[str, object]:
        """The record as it travels."""
        return {
            "code": self.code,
            "owner": self.owner,
            "order": self.order,
            "tracking": list(self.tracking),
            "site": self.site,
            "policy_ver": self.policy_ver,
            "shipped_on": self.shipped_on,
            "lines": [line.to_json() for line in self.lines],
        }

    @classmethod
    def from_json(cls, data: object) -> Rma:
        """Reads what `to_json` wrote."""
        f = Fields(data, "RMA")
        lines = tuple(_line(entry) for entry in f.objects("lines"))
        if not lines or len({line.line for line in lines}) != len(lines):
            raise Refused(
                "rma.lines",
                f"RMA {f.text('code')} has {len(lines)} lines.",
                "Expected one or more lines, each with its own number.",
                "Correct the lines.",
            )
        return cls(
            code=f.text("code"),
            owner=f.text("owner"),
            order=f.maybe_text("order"),
            lines=lines,
            tracking=f.texts("tracking"),
            site=f.maybe_text("site"),
            policy_ver=f.maybe_text("policy_ver"),
            shipped_on=f.maybe_text("shipped_on"),
        )


def _line(f: Fields) -> RmaLine:
    return RmaLine(
        line=f.whole("line", least=1),
        sku=f.text("sku"),
        qty=f.whole("qty", least=1),
        reason=f.text("reason"),
        lot=f.maybe_text("lot"),
        # Those that the customer named, and those that the sale was sent where he did not name all.
        serials=tuple(dict.fromkeys((*f.texts("serials"), *f.texts("sold_serials")))),
        expected_condition=f.maybe_text("expected_condition"),
        offers=tuple(
            LineOffer(
                offer.whole("qty", least=1),
                offer.flag("within_window", default=True),
                offer.text("offer"),
                offer.text("policy_ver"),
            )
            for offer in f.objects("offers")
        ),
    )
