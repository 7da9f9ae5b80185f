"""Checking every law over the whole ledger; an empty report is the proof that all hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, literal, select, union_all

from app.domain.account import Account
from app.domain.laws import Violation, balances_are_fold, conservation, one_place
from app.domain.place import is_virtual
from app.domain.refusal import Refused
from sync.central.checks.approvals import check_approvals
from sync.central.checks.blind import check_blind
from sync.central.checks.books import check_books
from sync.central.checks.cases import check_cases
from sync.central.checks.chains import check_chains
from sync.central.checks.claims import check_claims
from sync.central.checks.consignments import check_consignments
from sync.central.checks.copies import check_copies
from sync.central.checks.counts import check_counts
from sync.central.checks.erasures import check_erasures
from sync.central.checks.events import check_makers
from sync.central.checks.feed import check_feed
from sync.central.checks.orders import check_orders
from sync.central.checks.parcels import check_parcels
from sync.central.checks.photos import check_photos
from sync.central.checks.readable import Check, readable
from sync.central.checks.receipts import check_evidence, check_waiting
from sync.central.checks.records import check_records
from sync.central.checks.renewals import check_renewals
from sync.central.checks.replacements import check_replacements
from sync.central.checks.returns import check_returns
from sync.central.checks.shipments import check_shipments
from sync.central.checks.supplies import check_supplies
from sync.central.checks.trail import check_trail
from sync.central.checks.transfers import check_transfers
from sync.central.checks.units import check_units
from sync.central.checks.work import check_work
from sync.central.checks.write_offs import check_asked
from sync.central.rules.outcomes import missing
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.database import Database
from sync.central.store.exceptions import stored_key
from sync.central.store.folding import FOLD
from sync.central.store.posting_cases import negative_key, twice_key
from sync.central.store.tables import account, balance, event, exception, move, station


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What was checked and every law that was found broken.

    `whole` is False when accounts could not be read, so that nothing else was checked.
    """

    violations: tuple[Violation, ...]
    stations: int
    events: int
    moves: int
    accounts: int
    whole: bool = True

    @property
    def holds(self) -> bool:
        """True when every law holds."""
        return not self.violations

    def to_json(self) -> dict[str, object]:
        """The report as it is answered."""
        return {
            "holds": self.holds,
            "checked": {
                "stations": self.stations,
                "events": self.events,
                "moves": self.moves,
                "accounts": self.accounts,
            },
            "violations": [
                {"law": v.law, "subject": v.subject, "found": v.found, "expected": v.expected}
                for v in self.violations
            ],
        }


def audit(database: Database) -> AuditReport:
    """Checks one consistent look at a database."""
    with database.read() as conn:
        return audit_connection(conn)


def audit_connection(conn: Connection) -> AuditReport:
    """Every law: balances, chains and what was sealed, and every table that follows from events.

    A row that breaks one check is a finding of that check, and all others still run. Accounts that cannot be
    read are reported alone: without them no balance has a name.
    """
    accounts, violations = _accounts(conn)
    whole = not violations
    if whole:
        checks = (*_balanced(accounts), *_CHECKS)
        violations = tuple(broken for law, check in checks for broken in readable(conn, law, check))
    return AuditReport(
        violations,
        stations=int(conn.scalar(select(func.count()).select_from(station)) or 0),
        events=int(conn.scalar(select(func.count()).select_from(event)) or 0),
        moves=int(conn.scalar(select(func.count()).select_from(move)) or 0),
        accounts=len(accounts),
        whole=whole,
    )


def _accounts(conn: Connection) -> tuple[dict[int, Account], tuple[Violation, ...]]:
    """All accounts by row number, and those that are none."""
    found, unreadable = dict[int, Account](), list[Violation]()
    for number, *parts in conn.execute(select(account.c.id, *ACCOUNT_COLUMNS)):
        try:
            found[int(number)] = account_of(parts)
        except (Refused, ValueError, TypeError, AttributeError):
            said = " ".join(str(part) for part in parts if part)
            unreadable.append(Violation("account", f"account {number}", said, "an account"))
    return found, tuple(unreadable)


def _balanced(accounts: Mapping[int, Account]) -> tuple[tuple[str, Check], ...]:
    """Balances against moves, moves against sealed facts, and the chains that hold these."""
    documents = {number: found.to_json() for number, found in accounts.items()}
    return (
        ("balances", lambda conn: _added_up(conn, accounts)),
        ("one place", lambda conn: _answered_for(conn, accounts)),
        ("chain", lambda conn: check_chains(conn, documents)),
    )


def _stored(conn: Connection, accounts: Mapping[int, Account]) -> dict[Account, int]:
    return {accounts[number]: int(qty) for number, qty in conn.execute(_balances)}


def _added_up(conn: Connection, accounts: Mapping[int, Account]) -> Iterator[Violation]:
    stored = _stored(conn, accounts)
    folded = {accounts[number]: int(qty) for number, qty in conn.execute(FOLD) if qty}
    yield from conservation(stored)
    yield from balances_are_fold(stored, folded)


def _answered_for(conn: Connection, accounts: Mapping[int, Account]) -> tuple[Violation, ...]:
    """A serial in two places and stock below nothing each need exactly one open exception."""
    stored = _stored(conn, accounts)
    open_keys = set(conn.scalars(_open_keys))
    negative = {a: qty for a, qty in stored.items() if qty < 0 and not is_virtual(a.location)}
    silent = tuple(
        Violation("negative stock", f"{a.item} at {a.location}", str(qty), "an open exception")
        for a, qty in sorted(negative.items(), key=lambda entry: entry[0].key)
        if stored_key(negative_key(a)) not in open_keys
    )
    below = {(a.owner, a.item, a.serial) for a in negative}
    excused = {
        (a.owner, a.item, a.serial)
        for a in stored
        if a.serial
        and (
            stored_key(twice_key(a.owner, a.item, a.serial)) in open_keys
            or (a.owner, a.item, a.serial) in below
        )
    }
    serials = {a: qty for a, qty in stored.items() if (a.owner, a.item, a.serial) not in excused}
    return (*silent, *one_place(serials))


def station_balances(conn: Connection, station_id: str) -> dict[Account, int]:
    """The fold of one station's moves as they are posted here; accounts at zero are left out."""
    found: dict[Account, int] = {}
    for qty, *parts in conn.execute(_of_station, {"origin": station_id}):
        if qty:
            found[account_of(parts)] = int(qty)
    return found


def balances_document(conn: Connection, station_id: str) -> dict[str, object]:
    """One station's balances as they are answered.

    Raises:
        Missing: no such station.
    """
    if conn.execute(_station, {"which": station_id}).first() is None:
        raise missing("station", station_id)
    balances = station_balances(conn, station_id)
    return {
        "station_id": station_id,
        "balances": [
            {"account": held.to_json(), "qty": qty}
            for held, qty in sorted(balances.items(), key=lambda entry: entry[0].key)
        ],
    }


# Each reads tables on its own; the law is what is said to be broken when its rows cannot be read.
_CHECKS: tuple[tuple[str, Check], ...] = (
    ("receipts", check_waiting),
    ("receipts", check_evidence),
    ("renewal", check_renewals),
    ("answered", check_makers),
    ("counts", check_counts),
    ("reserved", check_claims),
    ("order", check_orders),
    ("parcel", check_parcels),
    ("shipped", check_shipments),
    ("supply", check_supplies),
    ("transfer", check_transfers),
    ("consignment", check_consignments),
    ("return", check_returns),
    ("return", check_blind),
    ("photo", check_photos),
    ("work", check_work),
    ("return", check_units),
    ("books", check_books),
    ("replacement", check_replacements),
    ("approval", check_approvals),
    ("account", check_records),
    ("write-off", check_asked),
    ("item", check_copies),
    ("feed", check_feed),
    ("trail", check_trail),
    ("case", check_cases),
    ("erasure", check_erasures),
)
_balances = select(balance.c.account, balance.c.qty)
_mine = select(event.c.id).where(event.c.origin == bindparam("origin"))
_ends_of_station = union_all(
    select(move.c.target.label("account"), move.c.qty).where(move.c.event.in_(_mine)),
    select(move.c.source.label("account"), (move.c.qty * literal(-1)).label("qty")).where(
        move.c.event.in_(_mine)
    ),
).subquery()
_of_station = (
    select(func.sum(_ends_of_station.c.qty), *ACCOUNT_COLUMNS)
    .join_from(_ends_of_station, account, _ends_of_station.c.account == account.c.id)
    .group_by(account.c.id)
)
_station = select(station.c.station_id).where(station.c.station_id == bindparam("which"))
_open_keys = select(exception.c.key).where(exception.c.state == "open")
