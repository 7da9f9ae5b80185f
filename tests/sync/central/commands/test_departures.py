"""What departs is gone and booked at once, comes back by a counter-event, and is settled with its papers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.central.store import journal_listing
from tests.sync.central.outward import CERTIFICATE, Outward, both, open_outward, refused
from tests.sync.central.shop import OWNER


@pytest.fixture(params=["sqlite", "postgresql"])
def outward(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outward]:
    with open_outward(tmp_path, both(request)) as found:
        yield found


def booked(outward: Outward, kind: str) -> dict[str, int]:
    """What events of a kind did to the books, by account."""
    found = dict[str, int]()
    period = journal_listing.Period(OWNER)
    for entry in outward.shop.ask(lambda conn: list(journal_listing.entries(conn, period))):
        for account, minor, _, _ in entry.lines if entry.kind == kind else ():
            found[account] = found.get(account, 0) + minor
    return found


@pytest.mark.parametrize(
    ("route", "end", "account"),
    [
        ("vendor_return", "@vendor_return disposed", "Assets:VendorClaims"),
        ("liquidate", "@liquidation disposed", "Expenses:Liquidated"),
        ("donate", "@donated disposed", "Expenses:Donated"),
    ],
)
def test_every_unit_goes_to_its_routes_end_at_its_cost(
    outward: Outward, route: str, end: str, account: str
) -> None:
    outward.returned("B", "L07-1-X")
    outward.returned("A", "L07-2-X", qty=3)
    code = outward.leaves(route, {"label": "L07-1-X"}, {"sku": "A", "qty": 2, "location": "V-02"})
    assert outward.stock("B") == {end: 1}
    assert outward.stock("A") == {"V-02 damaged": 1, end: 2}
    assert booked(outward, "consignment.departed") == {"Assets:Inventory": -1500, account: 1500}
    assert refused(lambda: outward.departs(code)) == "consignment.state"
    assert refused(lambda: outward.cancels(code)) == "consignment.state"


def test_a_truck_that_comes_back_brings_every_unit_where_it_was(outward: Outward) -> None:
    outward.returned("B", "L07-1-X")
    outward.returned("S", "L07-2-X", serial="s1")
    before = outward.stock("B"), outward.stock("S")
    code = outward.leaves("liquidate", {"label": "L07-1-X"}, {"serial": "s1"})
    back: Any = outward.comes_back(code)
    assert (outward.stock("B"), outward.stock("S")) == before
    assert (back["state"], [step["step"] for step in back["steps"]]) == (
        "packed",
        ["drafted", "packed", "departed", "reversed"],
    )
    assert set((booked(outward, "consignment.reversed")).values()) == {1900, -1900}
    assert refused(lambda: outward.comes_back(code)) == "consignment.state"
    # It still holds them, and may go again.
    other = outward.drafts("donate")
    assert refused(lambda: outward.adds(other, {"serial": "s1"})) == "consignment.held"
    outward.departs(code)
    assert outward.stock("S") == {"@liquidation disposed": 1}
    outward.settles(code, net_minor=800, tax_minor=160, reference="INV-7")
    assert refused(lambda: outward.comes_back(code)) == "consignment.state"


def test_what_was_moved_after_packing_leaves_all_the_same_with_a_case(outward: Outward) -> None:
    outward.returned("B", "L07-1-X")
    code = outward.drafts("liquidate", {"label": "L07-1-X"})
    outward.packs(code)
    outward.shop.at_station("return.undone", [outward.away("B", "L07-1-X")])
    outward.departs(code)
    assert "stock.negative" in outward.shop.cases()


def test_a_vendors_credit_clears_its_claim_whatever_it_is(outward: Outward) -> None:
    outward.returned("B", "L07-1-X", qty=3)
    code = outward.leaves("vendor_return", {"label": "L07-1-X"})
    one = [{"line": 1, "qty": 1, "reason": "Worn out."}]
    assert refused(lambda: outward.settles(code, rejected=[one[0] | {"qty": 4}])) == "consignment.rejected"
    assert refused(lambda: outward.settles(code, rejected=[one[0] | {"line": 2}])) == (
        "consignment.line.unknown"
    )
    assert refused(lambda: outward.settles(code, rejected=one * 2)) == "consignment.line.unknown"
    done: Any = outward.settles(code, net_minor=2100, tax_minor=0, fee_minor=90, rejected=one)
    assert booked(outward, "consignment.settled") == {
        "Assets:VendorClaims": -3000,
        "Expenses:WriteOff": 1000,
        "Expenses:ClaimDifferences": -100,
        "Assets:Receivable": 2100,
        "Expenses:DisposalFees": 90,
        "Liabilities:Payable": -90,
    }
    assert (done["lines"][0]["rejected"], done["lines"][0]["why"]) == (1, "Worn out.")
    assert done["settlement"]["rejected_minor"] == 1000
    assert refused(lambda: outward.settles(code)) == "consignment.state"


def test_a_gift_brings_no_money_and_a_buyer_rejects_nothing(outward: Outward) -> None:
    outward.returned("B", "L07-1-X")
    outward.returned("B", "L07-2-X")
    gift = outward.leaves("donate", {"label": "L07-1-X"})
    assert refused(lambda: outward.settles(gift, net_minor=1)) == "consignment.no_proceeds"
    assert outward.settles(gift)["state"] == "settled"
    assert booked(outward, "consignment.settled") == {}
    lot = outward.leaves("liquidate", {"label": "L07-2-X"})
    rejected = [{"line": 1, "qty": 1, "reason": "no"}]
    assert refused(lambda: outward.settles(lot, rejected=rejected)) == "consignment.rejected"


def disposed(outward: Outward, sku: str, route: str = "scrap") -> str:
    """A written-off unit that has left."""
    lot = "l1" if sku == "L" else None
    outward.returned(sku, "L07-1-X", lot=lot, state="quarantined.awaiting_write_off", place="HOLD-3")
    outward.writes_off(sku)
    return outward.leaves(route, {"label": "L07-1-X"})


@pytest.mark.parametrize("route", ["scrap", "recycle"])
def test_regulated_goods_are_not_settled_without_their_papers(outward: Outward, route: str) -> None:
    code = disposed(outward, "H", route)
    for asked in (
        {},
        {"certificate": CERTIFICATE | {"witness": "Kim"}},
        {"certificate": CERTIFICATE},
    ):
        assert refused(lambda asked=asked: outward.settles(code, **asked)) == "consignment.papers"
    outward.hands_over(code)
    assert refused(lambda: outward.settles(code, certificate=CERTIFICATE)) == "consignment.papers"
    unweighed = {name: CERTIFICATE[name] for name in ("number", "processor", "issued_on")} | {
        "witness": "Kim"
    }
    assert refused(lambda: outward.settles(code, certificate=unweighed)) == "consignment.papers"
    more = CERTIFICATE | {"witness": "Kim", "units": 2}
    assert refused(lambda: outward.settles(code, certificate=more)) == "consignment.certified"
    done: Any = outward.settles(code, certificate=CERTIFICATE | {"witness": "Kim"})
    assert (done["state"], done["papers"]) == ("settled", ["certificate", "custody", "witness"])
    assert done["certificate"] == CERTIFICATE | {"witness": "Kim", "units": None}
    told = outward.body(done["steps"][-1]["event_id"])
    assert told["certificate"] == CERTIFICATE | {"units": None}


def test_custody_is_told_in_the_order_it_happened(outward: Outward) -> None:
    code = outward.drafts("recycle")
    outward.hands_over(code, 8, given_by="Meyer", taken_by="Plant", seal="S-2")
    shown: Any = outward.hands_over(code, 7, given_by="Ana", taken_by="Meyer", seal="S-1")
    assert [(one["given_by"], one["seal"]) for one in shown["handovers"]] == [
        ("Ana", "S-1"),
        ("Meyer", "S-2"),
    ]
    for _ in range(48):
        outward.hands_over(code)
    assert refused(lambda: outward.hands_over(code)) == "consignment.handovers"
    outward.cancels(code)
    assert refused(lambda: outward.hands_over(code)) == "consignment.state"


def test_a_handover_that_is_told_late_is_taken_all_the_same(outward: Outward) -> None:
    code = disposed(outward, "L")
    outward.hands_over(code)
    outward.settles(code, certificate=CERTIFICATE)
    late: Any = outward.hands_over(code, 5, given_by="Kim")
    assert [one["given_by"] for one in late["handovers"]] == ["Kim", "Ana"]
