"""What the service may do in a PostgreSQL database that another role owns.

The owner makes and upgrades the tables; the service reads and adds everywhere, and changes or removes only
where its work needs that. Moves, events and the raw bytes of receipts it can only add: what was recorded
cannot be recorded otherwise, whoever gets hold of the service's password. A receipt's private part it can
take away, which is on record or is found by the audit and by every export; it can put no other in its place,
whose hash would not be the one that was signed.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, text

from app.domain.refusal import Refused
from sync.central.store.tables import metadata

ADDED_ONLY = "SELECT, INSERT"
CHANGED = "SELECT, INSERT, UPDATE"
KEPT = "SELECT, INSERT, UPDATE, DELETE"
PASSING = "SELECT, INSERT, DELETE"

RIGHTS: Mapping[str, str] = {
    "account": ADDED_ONLY,
    "allocation_policy": ADDED_ONLY,
    "approval": ADDED_ONLY,
    "approval_note": ADDED_ONLY,
    "approver": CHANGED,
    "approver_certificate": ADDED_ONLY,
    "approver_revocation": ADDED_ONLY,
    "approver_unlock": CHANGED,
    "audit_checkpoint": ADDED_ONLY,
    "audit_tile": ADDED_ONLY,
    "balance": KEPT,
    "basket": CHANGED,
    "bin_count": CHANGED,
    "blind_unit": CHANGED,
    "certificate": ADDED_ONLY,
    "consignment": CHANGED,
    "consignment_line": KEPT,
    "consignment_step": ADDED_ONLY,
    "counter": CHANGED,
    "customer_order": CHANGED,
    "decision": ADDED_ONLY,
    "enrolment_code": CHANGED,
    "event": ADDED_ONLY,
    "event_approval": ADDED_ONLY,
    "exception": CHANGED,
    "exception_closing": "SELECT, INSERT, UPDATE (note)",
    "external_id": PASSING,
    "feed": "SELECT, INSERT, UPDATE (ends_commit)",
    "gtin": PASSING,
    "handover": ADDED_ONLY,
    "idempotency": ADDED_ONLY,
    "item": CHANGED,
    "journal_entry": ADDED_ONLY,
    "journal_line": ADDED_ONLY,
    "kit_component": PASSING,
    "location": CHANGED,
    "lot": CHANGED,
    "meta": "SELECT, INSERT, UPDATE (value)",
    "move": ADDED_ONLY,
    "order_line": CHANGED,
    "owner": CHANGED,
    "owner_books": CHANGED,
    "parcel": CHANGED,
    "parcel_line": CHANGED,
    "parcel_serial": PASSING,
    "past_chain": CHANGED,
    "personal_data": PASSING,
    "personal_key": PASSING,
    "photo": CHANGED,
    "policy": ADDED_ONLY,
    "policy_key": ADDED_ONLY,
    "private_erasure": "SELECT, INSERT, UPDATE (by_event), UPDATE (quiet)",
    "proposal": CHANGED,
    "receipt": "SELECT, INSERT, UPDATE (state), UPDATE (private), UPDATE (salt)",
    "reconciliation": ADDED_ONLY,
    "reconciliation_line": ADDED_ONLY,
    "record_owner": CHANGED,
    "refund": CHANGED,
    "refund_step": ADDED_ONLY,
    "renewal": ADDED_ONLY,
    "replacement": CHANGED,
    "replacement_step": ADDED_ONLY,
    "request_nonce": PASSING,
    "reservation": KEPT,
    "return_claim": ADDED_ONLY,
    "rma": CHANGED,
    "rma_done": PASSING,
    "rma_event": ADDED_ONLY,
    "rma_line": CHANGED,
    "rma_match": ADDED_ONLY,
    "rma_release": ADDED_ONLY,
    "sale_worth": CHANGED,
    "security_note": PASSING,
    "site_safety": KEPT,
    "sold_serial": CHANGED,
    "standing_erasure": "SELECT, INSERT, UPDATE (by_event)",
    "station": CHANGED,
    "stock_worth": CHANGED,
    "supply": CHANGED,
    "supply_line": CHANGED,
    "token": CHANGED,
    "transfer": CHANGED,
    "transfer_line": CHANGED,
    "transfer_milestone": ADDED_ONLY,
    "unidentified": CHANGED,
    "wave": ADDED_ONLY,
    "work_order": CHANGED,
    "work_step": CHANGED,
    "write_off": CHANGED,
}
"""A table of the centre that does not stand here can only be added to."""

_VERSION = "alembic_version"


def grant(conn: Connection, role: str) -> None:
    """Gives a role that is there exactly these rights, taking away what it had beyond them.

    Raises:
        Refused: there is no such role, it owns the tables or could do anything, or this is no PostgreSQL.
    """
    if conn.dialect.name != "postgresql":
        raise Refused(
            "migrate.role",
            f"Read the service role {role!r} for a SQLite file.",
            "Expected PostgreSQL: a file has no roles.",
            "Leave --service-role out; protect the file by the system's own rights.",
        )
    _require_other(conn, role)
    name = conn.dialect.identifier_preparer.quote(role)
    schema = conn.dialect.identifier_preparer.quote(str(conn.scalar(text("SELECT current_schema()"))))
    conn.execute(text(f"GRANT USAGE ON SCHEMA {schema} TO {name}"))
    for table in (*metadata.tables, _VERSION):
        quoted = conn.dialect.identifier_preparer.quote(table)
        rights = "SELECT" if table == _VERSION else RIGHTS.get(table, ADDED_ONLY)
        conn.execute(text(f"REVOKE ALL ON {schema}.{quoted} FROM {name}"))
        conn.execute(text(f"GRANT {rights} ON {schema}.{quoted} TO {name}"))
    conn.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {name}"))


def missing_rights(conn: Connection) -> list[str]:
    """Rights that the connected role needs and has not, each as `INSERT on event`; only for PostgreSQL."""
    wanted = [
        (table, word, columns.strip(" ()"))
        for table in metadata.tables
        for entry in RIGHTS.get(table, ADDED_ONLY).split(", ")
        for word, _, columns in [entry.partition(" ")]
    ]
    tables, words, columns = zip(*wanted, strict=True)
    asked = {"tables": list(tables), "words": list(words), "columns": list(columns)}
    return list(conn.scalars(_MISSING, asked))


def _require_other(conn: Connection, role: str) -> None:
    row = conn.execute(_ROLE, {"role": role}).one_or_none()
    if row is None:
        raise Refused(
            "migrate.role",
            f"Read the service role {role!r}, which this server does not know.",
            "Expected a role that can log in.",
            f"Make it first: CREATE ROLE {role} LOGIN.",
        )
    if row.rolsuper or row.mine:
        raise Refused(
            "migrate.role",
            f"Read the service role {role!r}, which owns the tables or may do anything.",
            "Expected another role than the owner: an owner's rights cannot be taken away.",
            "Make a role of its own for the service.",
        )


_ROLE = text(
    "SELECT rolsuper, pg_has_role(rolname, current_user, 'MEMBER') AS mine"
    " FROM pg_roles WHERE rolname = :role"
)
# Where it is about one column that one counts; else a right to some is enough, but rows are removed whole.
# What is not there gives no right.
_MISSING = text(
    "SELECT word || CASE part WHEN '' THEN '' ELSE ' (' || part || ')' END || ' on ' || name"
    " FROM unnest(CAST(:tables AS text[]), CAST(:words AS text[]), CAST(:columns AS text[]))"
    " AS wanted (name, word, part),"
    " LATERAL (SELECT to_regclass(quote_ident(name)) AS found) AS known,"
    " LATERAL (SELECT max(attnum) AS number FROM pg_attribute"
    " WHERE attrelid = found AND attname = part AND NOT attisdropped) AS place"
    " WHERE NOT coalesce(CASE WHEN part <> '' THEN has_column_privilege(found, number, word)"
    " WHEN word = 'DELETE' THEN has_table_privilege(found, word)"
    " ELSE has_any_column_privilege(found, word) END, false) ORDER BY 1"
)
