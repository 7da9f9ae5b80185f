"""What a wholesaler writes in some months: invoices, credit notes, adjustments, with all their oddities.

The plan behind `tests.generated_trade`; descriptions are our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

START = datetime(2010, 12, 1)  # noqa: DTZ001 - the file's times are local and without a zone

SERVICES = {
    "POST": "POSTAGE",
    "D": "Discount",
    "M": "Manual",
    "m": "Manual",
    "C2": "CARRIAGE",
    "DOT": "DOTCOM POSTAGE",
    "S": "SAMPLES",
    "BANK CHARGES": "Bank Charges",
    "AMAZONFEE": "AMAZON FEE",
    "CRUK": "CRUK Commission",
    "PADS": "CUSHION PADS",
    "B": "Adjust bad debt",
    "gift_0001_20": "Gift voucher £20.00",
}
CREDITED_SERVICES = ("D", "M", "S", "BANK CHARGES", "AMAZONFEE", "CRUK", "POST")
SOLD_SERVICES = ("POST", "C2", "M", "m", "PADS", "gift_0001_20", "DOT")
LOSS_NOTES = ("damaged", "water damage", "thrown out", "?", "lost in the move", "misprint")
FOUND_NOTES = ("found", "check", "amazon", "counted again")

_STUFF = ("HEART", "LANTERN", "MUG", "CUSHION", "TIN", "CLOCK", "GARLAND", "BOWL", "JAR", "BUNTING")
_LOOKS = ("RED", "WHITE", "SPOTTY ", "VINTAGE", 'RETRO 7"', "CAFÉ", "SET OF 3", "TRAY,")
_COUNTRIES = ("United Kingdom",) * 18 + ("Germany", "France", "EIRE")
_DAY_MINUTES = 24 * 60


class Kind(StrEnum):
    """What a row is, as it was planned."""

    SALE = "sale"
    FREE = "free"
    SERVICE = "service"
    CREDIT = "credit"
    CREDIT_SERVICE = "credit_service"
    BAD_DEBT = "bad_debt"
    LOSS_NOTED = "loss_noted"
    LOSS_SILENT = "loss_silent"
    FOUND_NOTED = "found_noted"
    FOUND_SILENT = "found_silent"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a paper; `mills` is the price in thousandths of a pound: one service costs 0.001."""

    kind: Kind
    code: str
    description: str
    qty: int
    mills: int


@dataclass(frozen=True, slots=True)
class Paper:
    """An invoice, a credit note (prefix C) or an adjustment (prefix A)."""

    when: datetime
    prefix: str
    customer: str
    country: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class _Good:
    code: str
    name: str
    mills: int
    twin: str


class Trade:
    """Plans the papers; the order of the plan is not that of time."""

    def __init__(self, random: Random, months: int, invoices_per_month: int) -> None:
        self._random = random
        self._days = months * 30
        self._end = START + timedelta(days=self._days)
        self._count = months * invoices_per_month
        self._goods = [self._good(number) for number in range(30 + self._count // 10)]
        self._customers = [str(12_346 + number * 3) for number in range(10 + self._count // 8)]
        # These never return anything, so that nobody has to ask whether a gift or a duplicate was a sale.
        self._keepers = [str(90_001 + number) for number in range(5)]
        self._countries = {c: random.choice(_COUNTRIES) for c in (*self._customers, *self._keepers, "")}
        self._countries[""] = "United Kingdom"

    def papers(self) -> list[Paper]:
        """Everything that happened."""
        sales = [self._sale() for _ in range(max(self._count, 20))]
        return [
            *sales,
            *self._big_reversal(),
            *self._kept_sales(),
            *self._credits(sales),
            *self._strange_credits(),
            *self._early_credits(),
            *self._service_papers(),
            *self._bad_debts(),
            *self._stock_papers(),
        ]

    def _good(self, number: int) -> _Good:
        # Every third code has a letter; half of these are written in either case.
        letter = "ABCDGLS"[number % 7] if number % 3 == 0 else ""
        code = f"{20_001 + number * 13}{letter}"
        look, stuff = self._random.choice(_LOOKS), self._random.choice(_STUFF)
        mills = self._random.choice((420, 850, 1_250, 2_100, 2_550, 4_950, 12_750, 18_000))
        return _Good(code, f"{look} {stuff} {number}", mills, code.lower() if number % 6 == 0 else code)

    def _when(self, first_day: int = 1) -> datetime:
        day = self._random.randrange(first_day, self._days)
        return START + timedelta(days=day, minutes=self._random.randrange(8 * 60, 18 * 60))

    def _paper(self, when: datetime, prefix: str, customer: str, *rows: Row) -> Paper:
        return Paper(when, prefix, customer, self._countries[customer], rows)

    def _sold(self, good: _Good, qty: int) -> Row:
        code = self._random.choice((good.code, good.twin))
        return Row(Kind.SALE, code, good.name, qty, good.mills)

    def _sale(self) -> Paper:
        customer = self._random.choice(self._customers) if self._random.randrange(4) else ""
        goods = self._random.sample(self._goods, self._random.randint(1, 8))
        rows = [self._sold(good, self._random.choice((1, 1, 2, 3, 6, 12, 24, 48))) for good in goods]
        if self._random.randrange(12) == 0:
            rows.append(self._service("POST" if customer else "DOT"))
        return self._paper(self._when(), "", customer, *rows)

    def _service(self, code: str, kind: Kind = Kind.SERVICE) -> Row:
        mills = 1 if code == "PADS" else self._random.randrange(1_000, 60_000, 10)
        return Row(kind, code, SERVICES[code], -1 if kind is Kind.CREDIT_SERVICE else 1, mills)

    def _big_reversal(self) -> list[Paper]:
        good, customer, when = self._goods[1], "77001", self._when()
        self._countries[customer] = "United Kingdom"
        sold = self._paper(when, "", customer, Row(Kind.SALE, good.code, good.name, 74_215, good.mills))
        back = replace(sold.rows[0], kind=Kind.CREDIT, qty=-74_215)
        return [sold, self._paper(when + timedelta(minutes=12), "C", customer, back)]

    def _kept_sales(self) -> list[Paper]:
        found = []
        for customer in self._keepers:
            goods = self._random.sample(self._goods, 3)
            rows = [self._sold(good, self._random.randint(1, 12)) for good in goods]
            again = rows[: self._random.randint(1, 3)]
            gift = replace(self._sold(self._goods[5], 1), kind=Kind.FREE, mills=0, qty=1)
            found.append(self._paper(self._when(), "", customer, *rows, gift, *again))
        return found

    def _credits(self, sales: Sequence[Paper]) -> list[Paper]:
        known = [paper for paper in sales if paper.customer]
        found = []
        for sale in self._random.sample(known, max(6, len(known) // 8)):
            goods = [row for row in sale.rows if row.kind is Kind.SALE]
            chosen = self._random.sample(goods, self._random.randint(1, min(3, len(goods))))
            rest = (self._end - sale.when) // timedelta(minutes=1)
            later = timedelta(minutes=self._random.randrange(30, min(rest, 40 * _DAY_MINUTES)))
            rows = [
                replace(
                    row, kind=Kind.CREDIT, code=self._either(row.code), qty=-self._random.randint(1, row.qty)
                )
                for row in chosen
            ]
            found.append(self._paper(sale.when + later, "C", sale.customer, *rows))
        return found

    def _either(self, code: str) -> str:
        twins = {good.code: good.twin for good in self._goods}
        upper = code.upper()
        return self._random.choice((upper, twins[upper]))

    def _strange_credits(self) -> list[Paper]:
        """Credits that no earlier sale covers: more than was bought, never bought, by nobody known."""
        found = []
        for number, good in enumerate(self._random.sample(self._goods, 6)):
            customer = f"{88_001 + number}"
            self._countries[customer] = "Germany"
            when = self._when()
            back = Row(Kind.CREDIT, good.code, good.name, -3, good.mills)
            if number % 3 == 0:
                found.append(self._paper(when - timedelta(days=1), "", customer, self._sold(good, 2)))
            found.append(self._paper(when, "C", "" if number % 3 == 1 else customer, back))
        return found

    def _early_credits(self) -> list[Paper]:
        return [
            self._paper(
                START + timedelta(hours=8, minutes=30 + 10 * number),
                "C",
                self._customers[number],
                Row(Kind.CREDIT, good.code, good.name, -number - 1, good.mills),
            )
            for number, good in enumerate(self._goods[:3])
        ]

    def _service_papers(self) -> list[Paper]:
        sold = [
            self._paper(self._when(), "", "" if code in {"DOT", "gift_0001_20"} else self._customers[0], row)
            for code in SOLD_SERVICES
            for row in (self._service(code),)
        ]
        credited = [
            self._paper(self._when(), "C", "" if " " in code else self._customers[1], row)
            for code in CREDITED_SERVICES
            for row in (self._service(code, Kind.CREDIT_SERVICE),)
        ]
        return sold + credited

    def _bad_debts(self) -> list[Paper]:
        when = self._when()
        return [
            self._paper(
                when + timedelta(minutes=number),
                "A",
                "",
                Row(Kind.BAD_DEBT, "B", SERVICES["B"], 1, sign * 11_062_060),
            )
            for number, sign in enumerate((1, -1, -1))
        ]

    def _stock_papers(self) -> list[Paper]:
        count = max(3, self._count // 40)
        plan = (
            (Kind.LOSS_NOTED, LOSS_NOTES, -1),
            (Kind.LOSS_SILENT, ("",), -1),
            (Kind.FOUND_NOTED, FOUND_NOTES, 1),
            (Kind.FOUND_SILENT, ("",), 1),
        )
        return [
            self._paper(
                self._when(),
                "",
                "",
                Row(
                    kind,
                    self._random.choice(self._goods).code,
                    self._random.choice(notes),
                    sign * self._random.choice((1, 4, 10, 120, 1_300)),
                    0,
                ),
            )
            for kind, notes, sign in plan
            for _ in range(count)
        ]
