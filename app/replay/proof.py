"""The proof at the end: every law, checked at the bench, at the centre, and between the two."""

from __future__ import annotations

from app.bootstrap.centre import CentreClient
from app.domain import laws
from app.domain.account import Account
from app.domain.fields import Fields
from app.domain.laws import Violation
from app.ledger.audit import audit
from app.ledger.writer import Ledger
from app.queries.balances import balances


def violations(ledger: Ledger, admin: CentreClient) -> tuple[Violation, ...]:
    """Every law that does not hold; asked on the station's thread, after everything was sent."""
    at_centre = [_violation(entry) for entry in admin.get("/audit").objects("violations")]
    held = admin.get(f"/audit/stations/{ledger.head.station_id}/balances").objects("balances")
    of_bench = {Account.from_json(entry.raw()["account"]): _units(entry) for entry in held}
    agreement = laws.agreement(balances(ledger.connection), of_bench)
    return (*audit(ledger).violations, *at_centre, *agreement)


def _violation(f: Fields) -> Violation:
    return Violation(
        f.text("law"), f.text("subject"), str(f.raw().get("found")), str(f.raw().get("expected"))
    )


def _units(f: Fields) -> int:
    units = f.raw().get("qty")
    if isinstance(units, bool) or not isinstance(units, int):
        raise f.wrong("qty", "a whole number")
    return units
