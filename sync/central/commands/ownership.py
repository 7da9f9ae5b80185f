"""Naming the owner of records: the centre, a site or an external system."""

from __future__ import annotations

from pydantic import Field
from sqlalchemy import Connection, select

from app.domain.clock import to_text
from sync.central.commands.catalogue import require_site
from sync.central.commands.shapes import Asked, Code, shown
from sync.central.rules.ownership import CENTRE, EVERY, SITE, RecordKind, read_owner
from sync.central.store.act import Act
from sync.central.store.prepared import replacing
from sync.central.store.tables import record_owner


class RecordOwner(Asked):
    """Who owns the records of one kind: of one `entity`, or (`*`) of all that have no owner of their own.

    `owner` is centre, site:CODE or external:NAME; NAME is the name of the token that system calls with.
    """

    model_config = shown(kind="item", entity="*", owner="external:ERP")

    kind: RecordKind = Field(strict=False)
    entity: Code = EVERY
    owner: Code


def name_owner(act: Act, asked: RecordOwner) -> dict[str, object]:
    """From now on only the owner writes such records; what others send becomes a proposal.

    Raises:
        Refused: the owner is no centre, site or external system, or the site is not known.
    """
    owner = read_owner(asked.owner)
    if owner.startswith(SITE):
        require_site(act.conn, owner.removeprefix(SITE))
    row: dict[str, object] = {
        "kind": str(asked.kind),
        "entity": asked.entity,
        "owner": owner,
        "set_at": to_text(act.posted_at),
        "set_by": act.operator,
    }
    _put.run(act.conn, [row])
    return row


def named_owners(conn: Connection) -> dict[str, object]:
    """Every owner that was named, and the centre for each kind where nobody was."""
    rows = conn.execute(_all).all()
    named = {(row.kind, row.entity) for row in rows}
    unnamed = [
        {"kind": str(kind), "entity": EVERY, "owner": CENTRE, "set_at": None, "set_by": None}
        for kind in RecordKind
        if (str(kind), EVERY) not in named
    ]
    shown_rows = [
        {
            "kind": row.kind,
            "entity": row.entity,
            "owner": row.owner,
            "set_at": row.set_at,
            "set_by": row.set_by,
        }
        for row in rows
    ]
    return {"record_owners": unnamed + shown_rows}


_put = replacing(record_owner, ("kind", "entity"))
_all = select(record_owner).order_by(record_owner.c.kind, record_owner.c.entity)
