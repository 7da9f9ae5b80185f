"""What a line of an order brought and cost, as its units left and came back."""

from __future__ import annotations

from dataclasses import dataclass

from sync.central.rules.books.shares import share


@dataclass(frozen=True, slots=True)
class Price:
    """What an order line asks: for each unit without tax, and the tax of all its `taxed` units together."""

    unit_minor: int
    currency: str
    tax_minor: int = 0
    taxed: int = 0


@dataclass(slots=True)
class Sale:
    """The units of an order line that left, in minor units of `currency`.

    `net` is without `tax`. `back` of its `qty` units came back, which had cost `back_cost`.
    """

    order: int
    line: int
    sku: str
    currency: str
    qty: int = 0
    cost: int = 0
    net: int = 0
    tax: int = 0
    back: int = 0
    back_cost: int = 0

    @property
    def key(self) -> tuple[int, int]:
        """The order's row and line."""
        return self.order, self.line

    def leave(self, qty: int, cost: int, price: Price | None) -> tuple[int, int]:
        """Units leave that cost so much; what they bring, net and tax."""
        net = tax = 0
        if price is not None:
            net = price.unit_minor * qty
            start, end = min(self.qty, price.taxed), min(self.qty + qty, price.taxed)
            tax = share(price.tax_minor, price.taxed, start, end) if price.taxed else 0
        self.qty += qty
        self.cost += cost
        self.net += net
        self.tax += tax
        return net, tax

    @property
    def out(self) -> int:
        """Units that left and did not come back."""
        return self.qty - self.back

    def come_back(self, qty: int) -> int:
        """Units come back, no more than are out; what they had cost."""
        cost = share(self.cost - self.back_cost, self.out, 0, qty)
        self.back += qty
        self.back_cost += cost
        return cost

    def not_back(self, qty: int, cost: int) -> None:
        """Takes `come_back` back."""
        self.back -= qty
        self.back_cost -= cost
