"""Baskets, claims and decisions over HTTP."""

from __future__ import annotations

from sync.central.rules.access import Role
from tests.centre import RunningCentre

AT = "2026-01-01T00:00:00Z"
LINES = [{"line": 1, "sku": "A", "qty": 2}]


def furnished(centre: RunningCentre) -> None:
    shop = centre.as_(Role.INTEGRATOR)
    shop.post("/items", {"items": [{"sku": "A", "name": "A"}]})
    places = [
        {"code": code, "kind": "bin", "name": code, "site": site} for code, site in (("W", "S1"), ("V", "S2"))
    ]
    shop.post("/locations", {"locations": places})
    for place in ("W", "V"):
        shop.post(
            "/receipts", {"document": "PO", "owner": "ACME", "location": place, "at": AT, "lines": LINES}
        )


def test_a_basket_from_its_beginning_to_the_order(centre: RunningCentre) -> None:
    furnished(centre)
    shop = centre.as_(Role.INTEGRATOR)
    hold = shop.post("/holds", {"owner": "ACME", "channel": "web", "lines": LINES})["hold"]
    assert shop.post(f"/holds/{hold}/change", {"minutes": 30})["lines"][0]["qty"] == 2
    more = shop.send(
        "/holds", {"owner": "ACME", "channel": "web", "lines": [{"line": 1, "sku": "A", "qty": 3}]}
    )
    assert (more.status_code, more.json()["code"]) == (409, "hold.not_available")
    assert more.headers["content-type"] == "application/problem+json"
    assert any("claimed by basket" in sentence for sentence in more.json()["why"])
    order = {"order": "o1", "owner": "ACME", "channel": "web", "at": AT, "hold": hold, "lines": LINES}
    assert shop.post("/orders", order)["lines"][0]["reserved"] == 2
    assert shop.get(f"/holds/{hold}")["state"] == "taken"
    other = shop.post("/holds", {"owner": "ACME", "channel": "web", "lines": LINES})["hold"]
    assert shop.post(f"/holds/{other}/release")["state"] == "released"


def test_a_refusal_is_the_same_answer_for_the_same_key_and_is_kept(centre: RunningCentre) -> None:
    furnished(centre)
    shop = centre.as_(Role.INTEGRATOR)
    head: dict[str, object] = {"order": "o1", "owner": "ACME", "channel": "web", "at": AT, "short": "refuse"}
    order = head | {"lines": [{"line": 1, "sku": "A", "qty": 9}]}
    first, again = shop.send("/orders", order, "k"), shop.send("/orders", order, "k")
    assert (first.status_code, first.json()["code"]) == (409, "order.not_available")
    assert (again.status_code, again.content) == (409, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    (decision,) = shop.get("/decisions", subject="order:o1")["decisions"]
    assert decision["kind"] == "refused"
    assert "4 of 9 of A could have been promised" in decision["why"][0]


def test_a_planner_moves_and_gives_claims(centre: RunningCentre) -> None:
    furnished(centre)
    planner = centre.as_(Role.PLANNER)
    for code, qty in (("o1", 4), ("o2", 1)):
        lines = [{"line": 1, "sku": "A", "qty": qty}]
        planner.post("/orders", {"order": code, "owner": "ACME", "channel": "web", "at": AT, "lines": lines})
    (claim,) = planner.get("/reservations", sku="A", owner="ACME")["reservations"]
    moving = planner.send(f"/reservations/{claim['reservation']}/move", {"site": "S1", "reason": "r"})
    assert (moving.status_code, moving.json()["code"]) == (409, "reservation.not_available")
    gift = {"order": "o2", "line": 1, "qty": 1, "reason": "phone"}
    planner.post(f"/reservations/{claim['reservation']}/give", gift)
    assert [row["qty"] for row in planner.get("/reservations", document="order:o2")["reservations"]] == [1]
    service = centre.as_(Role.SERVICE).send(f"/reservations/{claim['reservation']}/give", gift)
    assert service.status_code == 403
