"""What waits and nobody was asked about is asked for; what is asked for and does not wait is withdrawn."""

from __future__ import annotations

from sqlalchemy import text

from sync.central.repairs.unproven import Unproven
from sync.central.repairs.write_offs import wrong_requests
from sync.central.store.act import Act
from tests.sync.central.discarding import discard, requests
from tests.sync.central.shop import OWNER, Shop

NO_DOUBT = Unproven(everything=False, items=frozenset())
IN_DOUBT = Unproven(everything=False, items=frozenset({(OWNER, "A")}))


def mend(shop: Shop, doubt: Unproven = NO_DOUBT) -> list[tuple[str, str, str]]:
    def do(act: Act) -> list[tuple[str, str, str]]:
        found = list(wrong_requests(act.conn, doubt))
        for correction in found:
            correction.change(act)
        return [(entry.subject, entry.stored, entry.rows_say) for entry in found]

    return shop.act(do)


def test_a_lost_request_is_made_again(shop: Shop) -> None:
    shop.items("A")
    discard(shop, "L07-1-X", 2)
    assert mend(shop) == []
    shop.act(lambda act: act.conn.execute(text("DELETE FROM write_off")))
    assert mend(shop, IN_DOUBT) == []
    assert mend(shop) == [("A L07-1-X at R-03", "0 asked for", "2 wait")]
    assert requests(shop) == [("requested", 2, "L07-1-X")]


def test_a_request_for_nothing_is_withdrawn(shop: Shop) -> None:
    shop.items("A")
    discard(shop, "L07-1-X")
    bench = "(SELECT id FROM account WHERE status = 'return_pending')"
    shop.act(lambda act: act.conn.execute(text(f"UPDATE write_off SET account = {bench}")))  # noqa: S608
    assert len(mend(shop)) == 2
    assert sorted(requests(shop)) == [("requested", 1, "L07-1-X"), ("withdrawn", 1, "L07-1-X")]
    assert mend(shop) == []
