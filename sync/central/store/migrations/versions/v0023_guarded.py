"""At which site exceptions are; and the record of security matters."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STATION = "SELECT nullif(s.site, '') FROM station s WHERE s.station_id = "
# Where a subject is, by the word that it begins with; {} is what follows that word.
_OF = {
    "station": _STATION + "{}",
    "event": "SELECT nullif(s.site, '') FROM receipt r JOIN station s ON s.station_id = r.station_id"
    " WHERE r.event_id = {} ORDER BY r.id LIMIT 1",
    "bin": "SELECT l.site FROM location l WHERE l.code = {}",
    "label": "SELECT nullif(s.site, '') FROM blind_unit b JOIN station s ON s.station_id = b.station"
    " WHERE b.label = {} ORDER BY b.id DESC LIMIT 1",
    "document": "SELECT l.site FROM write_off w JOIN location l ON l.code = w.location WHERE w.code = {}",
    "order": "SELECT nullif(o.site, '') FROM customer_order o WHERE o.code = {}",
    "parcel": "SELECT p.site FROM parcel p WHERE p.code = {}",
    "supply": "SELECT p.site FROM supply p WHERE p.code = {}",
    "transfer": "SELECT t.target FROM transfer t WHERE t.code = {}",
    "work": "SELECT w.site FROM work_order w WHERE w.code = {}",
}
# Things without a name, and what the centre itself moved, are looked for where nothing else was found.
_LATER = {
    "label": "SELECT nullif(s.site, '') FROM unidentified u JOIN station s ON s.station_id = u.station"
    " WHERE u.label = {} ORDER BY u.id DESC LIMIT 1",
    "event": "SELECT l.site FROM event e JOIN move m ON m.event = e.id"
    " JOIN account a ON a.id = m.source OR a.id = m.target JOIN location l ON l.code = a.location"
    " WHERE e.event_id = {} ORDER BY m.n LIMIT 1",
}
_WHOLE = ("allocation.", "books.", "promise.", "refund.", "replacement.")
_LOCATION = 2
"""Which of an account's parts in a key is its place."""
_RMA = sa.text(
    "SELECT x.id, r.document FROM exception x JOIN rma r ON r.code = substr(x.subject, 5)"
    " WHERE x.subject LIKE 'rma:%'"
)
_BENCHES = sa.text(
    "SELECT DISTINCT x.id, s.site FROM exception x JOIN rma_done d ON d.rma = substr(x.subject, 5)"
    " JOIN station s ON s.station_id = d.station WHERE x.subject LIKE 'rma:%' AND s.site <> ''"
)
_SHORT = sa.text(
    "SELECT id, key FROM exception WHERE type = 'stock.negative' AND key LIKE 'stock.negative:%'"
)
_PICKED = sa.text("SELECT id, key FROM exception WHERE type = 'pick.short'")
_LOCKED = sa.text("SELECT id, key FROM exception WHERE type = 'approver.locked'")
_SITES = sa.text("SELECT code, site FROM location")
_BENCH = sa.text("SELECT station_id, site FROM station WHERE site <> ''")
_SET = sa.text("UPDATE exception SET site = :site WHERE id = :number")


def upgrade() -> None:
    """Puts exceptions to the site that their subject, key or benches name; the others have none."""
    for column in ("site", "far_site"):
        op.add_column("exception", sa.Column(column, sa.String(), nullable=True))
    for found in (_OF, _LATER):
        for word, asked in found.items():
            about = asked.format(f"substr(exception.subject, {len(word) + 2})")
            op.execute(
                sa.text(
                    f"UPDATE exception SET site = ({about})"  # noqa: S608 - built of the words above alone
                    f" WHERE site IS NULL AND substr(subject, 1, {len(word) + 1}) = '{word}\\:'"
                )
            )
    _by_return()
    _by_key()
    # Money for a customer, the books and promises are of the whole business.
    for family in _WHOLE:
        op.execute(sa.text(f"UPDATE exception SET site = NULL WHERE type LIKE '{family}%'"))  # noqa: S608
    op.execute(
        sa.text(
            "UPDATE exception SET far_site = (SELECT t.source FROM transfer t"
            " WHERE t.code = substr(exception.subject, 10)) WHERE substr(subject, 1, 9) = 'transfer\\:'"
        )
    )
    op.create_index("ix_exception_site", "exception", ["site", "state", "id"])
    op.create_index("ix_exception_far_site", "exception", ["far_site", "state", "id"])
    _add_record()


def _by_return() -> None:
    """A return is where it is bound to; else where all that came of it did."""
    conn = op.get_bind()
    bound = {row.id: json.loads(row.document).get("site") for row in conn.execute(_RMA)}
    benches = dict[int, set[str]]()
    for row in conn.execute(_BENCHES):
        benches.setdefault(row.id, set()).add(row.site)
    alone = {number: sites.copy().pop() for number, sites in benches.items() if len(sites) == 1}
    _put({**alone, **{number: site for number, site in bound.items() if site}})


def _by_key() -> None:
    """What the subject does not tell and the key does: a place below zero, a site, a station."""
    conn = op.get_bind()
    sites = {row.code: row.site for row in conn.execute(_SITES)}
    benches = {row.station_id: row.site for row in conn.execute(_BENCH)}
    found = dict[int, str | None]()
    for row in conn.execute(_SHORT):
        found[row.id] = sites.get(_place(row.key))
    for row in conn.execute(_PICKED):
        site = row.key.rpartition(":")[2]
        found[row.id] = site if site in set(sites.values()) else None
    for row in conn.execute(_LOCKED):
        found[row.id] = benches.get(row.key.split(":")[1]) if row.key.count(":") > 1 else None
    _put(found)


def _put(found: dict[int, str | None]) -> None:
    rows = [{"number": number, "site": site} for number, site in found.items() if site]
    if rows:
        op.get_bind().execute(_SET, rows)


def _place(key: str) -> str:
    """The location in the key of an account below zero; empty where there is none to read."""
    try:
        parts = json.loads(key.partition(":")[2])
    except ValueError:
        return ""
    whole = isinstance(parts, list) and len(parts) > _LOCATION
    return str(parts[_LOCATION]) if whole else ""


def _add_record() -> None:
    op.create_table(
        "security_note",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("minute", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_security_note"),
    )
    op.create_index("ix_security_note_minute", "security_note", ["minute"])
