"""Supply that counts what no receipt says, or is promised beyond what is to come, is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from sync.central.checks.supplies import check_supplies
from tests.sync.central.shop import open_shop

FAULTS = [
    ("UPDATE supply_line SET received = 1 WHERE line = 1", ["supply: PO-7 line 1"]),
    ("UPDATE supply_line SET cancelled = -1 WHERE line = 2", ["supply: PO-7 line 2"]),
    ("UPDATE supply SET state = 'closed'", ["supply: PO-7"]),
    ("UPDATE supply_line SET qty = 2 WHERE line = 1", ["promised once: PO-7 line 1"]),
    ("UPDATE reservation SET supply = 'PO-7:9' WHERE supply <> ''", ["claim: order:o1 line 1"]),
    ("UPDATE reservation SET per = 2 WHERE supply <> ''", ["claim: order:o1 line 1"]),
    ("DELETE FROM supply_line WHERE line = 1", ["supply: PO-7 line 1", "claim: order:o1 line 1"]),
    ("UPDATE event SET body = 'no facts'", ["supply: PO-7 line 1"]),
]


@pytest.mark.parametrize(("fault", "found"), FAULTS)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_planted_faults_are_found(
    kind: str, fault: str, found: list[str], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = None if kind == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url, prove=False) as shop:
        shop.items("A", "B")
        shop.announce({"A": 5, "B": 2})
        shop.order({"A": 3})
        shop.claim_supply("o1", 3)
        shop.came({"A": 2})
        assert shop.ask(lambda conn: list(check_supplies(conn))) == []
        shop.act(lambda act: act.conn.execute(text(fault)))
        broken = shop.ask(lambda conn: list(check_supplies(conn)))
        assert [f"{violation.law}: {violation.subject}" for violation in broken] == found
