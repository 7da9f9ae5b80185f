"""Exceptions held against who asks: which of them a token sees, and which its person may resolve."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, bindparam, or_, select, true, union_all

from app.domain.approvals.people import same_person
from sync.central.rules import answering
from sync.central.rules.access import Role
from sync.central.rules.scope import Sites
from sync.central.store.tables import approval, event_approval, exception

_APPROVAL = "approval."


def visible(sites: Sites, role: Role) -> ColumnElement[bool]:
    """The condition of those that a token sees: its sites', and those of the whole business for its role."""
    if sites is None:
        return true()
    whole = and_(exception.c.site.is_(None), exception.c.owner_role.in_(sorted(answering.readable(role))))
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
        Forbidden: it is at another site or of the whole business, for another role, or about the person's
            own approval.
    """
    row = conn.execute(_case, {"number": number}).one_or_none()
    if row is None:
        return
    if sites is not None and row.site not in sites:
        raise answering.refuse_site(sites, row.site)
    if role not in answering.may_resolve(row.type, row.owner_role):
        raise answering.refuse_role(number, row.type, row.owner_role, role)
    if row.type.startswith(_APPROVAL):
        about = {"of": row.subject.partition(":")[2]}
        if any(same_person(one, person) for one in conn.scalars(_had_part, about)):
            raise answering.refuse_own(number, person)


_case = select(
    exception.c.site, exception.c.far_site, exception.c.owner_role, exception.c.type, exception.c.subject
).where(exception.c.id == bindparam("number"))
_had_part = union_all(
    select(event_approval.c.operator).where(event_approval.c.event_id == bindparam("of")),
    select(approval.c.approver).where(approval.c.event_id == bindparam("of")),
)
