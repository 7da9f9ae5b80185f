"""Exceptions held against who asks: which of them a token sees, and which its person may resolve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, or_, select, true, union_all

from app.domain.approvals.people import same_person
from sync.central.rules import answering
from sync.central.rules.access import Role
from sync.central.rules.scope import Sites
from sync.central.store.discards import rejected_key
from sync.central.store.tables import approval, event_approval, exception, write_off
from sync.central.store.whose_work import asked_by

_APPROVAL = "approval."
_REJECTED = "write_off.rejected"


def visible(sites: Sites, role: Role) -> ColumnElement[bool]:
    """The condition of those that a token sees: its sites', and those of the whole business for its role."""
    if sites is None:
        return true()
    whole = and_(
        exception.c.site.is_(None),
        exception.c.far_site.is_(None),
        exception.c.owner_role.in_(sorted(answering.readable(role))),
    )
    own = sorted(sites)
    return or_(exception.c.site.in_(own), exception.c.far_site.in_(own), whole)


def require_shown(conn: Connection, number: int, sites: Sites, role: Role) -> None:
    """Refuses to show an exception that lies outside; one that is not there is left to who looks for it.

    Raises:
        Forbidden: `token.site`, or `token.all_sites` for one of the whole business.
    """
    row = conn.execute(_case, {"number": number}).one_or_none()
    if row is not None and not answering.may_read(sites, role, (row.site, row.far_site), row.owner_role):
        raise answering.refuse_site(sites, row.site)


def require_right(conn: Connection, number: int, sites: Sites, role: Role, person: str) -> None:
    """Refuses whoever may not say what was done about an exception.

    Raises:
        Forbidden: it is at another site or of the whole business, for another role, or about what the person
            did, asked for or approved.
    """
    row = conn.execute(_case, {"number": number}).one_or_none()
    if row is None:
        return
    if sites is not None and row.site not in sites:
        raise answering.refuse_site(sites, row.site)
    if role not in answering.may_resolve(row.type, row.owner_role):
        raise answering.refuse_role(number, row.type, row.owner_role, role)
    if any(same_person(one, person) for one in _had_part_in(conn, row)):
        raise answering.refuse_own(number, person)


def _had_part_in(conn: Connection, row: Any) -> Sequence[str]:
    """Who may not judge of a case, because it is about what they did."""
    if row.type.startswith(_APPROVAL):
        return conn.scalars(_had_part, {"of": row.subject.partition(":")[2]}).all()
    if row.type == _REJECTED:
        asked = conn.execute(_write_off, {"code": row.key.removeprefix(rejected_key(""))}).one_or_none()
        return asked_by(conn, asked.cause, asked.requested_by) if asked is not None else ()
    return ()


_case = select(
    exception.c.site,
    exception.c.far_site,
    exception.c.owner_role,
    exception.c.type,
    exception.c.subject,
    exception.c.key,
).where(exception.c.id == bindparam("number"))
_write_off = select(write_off.c.cause, write_off.c.requested_by).where(write_off.c.code == bindparam("code"))
_had_part = union_all(
    select(event_approval.c.operator).where(event_approval.c.event_id == bindparam("of")),
    select(approval.c.approver).where(approval.c.event_id == bindparam("of")),
)
