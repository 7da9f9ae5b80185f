"""Bearer tokens: shown once, stored as their SHA-256, told apart by name, good until revoked or their end.

A person may hold several: what they do is done by the person, whichever token it was sent with.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from app.domain.approvals.people import same_person
from app.domain.clock import to_text
from app.domain.refusal import Refused
from sync.central.rules.access import Role
from sync.central.rules.outcomes import Conflict, missing
from sync.central.rules.scope import Sites
from sync.central.store.prepared import asking
from sync.central.store.security_notes import tell
from sync.central.store.tables import token

TOKEN_BYTES = 32
MADE, ENDED = "token.made", "token.ended"
HERE = "here"
"""Where somebody makes a token at the centre's own computer, whom no token names."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls: the token's name, role, sites and person. The person stands in events as their operator."""

    name: str
    role: Role
    sites: Sites = None
    person: str = ""

    def __post_init__(self) -> None:
        """A token that names nobody else is the person of its name."""
        object.__setattr__(self, "person", self.person or self.name)


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """A token without its secret; the times are RFC 3339, `sites` None for all of them."""

    name: str
    role: str
    created_at: str
    revoked_at: str | None
    sites: Sites = None
    person: str = ""
    expires_at: str | None = None
    created_by: str | None = None

    def to_json(self) -> dict[str, object]:
        """As it is listed; `sites` null for all of them, `expires_at` for no end."""
        return {
            "name": self.name,
            "person": self.person,
            "role": self.role,
            "sites": sorted(self.sites) if self.sites is not None else None,
            "created_at": self.created_at,
            "created_by": self.created_by,
            "expires_at": self.expires_at,
            "revoked_at": self.revoked_at,
        }


def create(
    conn: Connection,
    secret: bytes,
    *,
    role: str,
    name: str,
    now: datetime,
    sites: Sequence[str] | None = None,
    person: str | None = None,
    until: datetime | None = None,
    by: str | None = None,
) -> str:
    """Makes a token out of 32 unpredictable bytes; the text that is given back is never shown again.

    Args:
        conn: the writer's transaction.
        secret: the bytes.
        role: what the holder is.
        name: whom or what it is for; no live token has it, and one that ended was the same person's.
        now: the centre's time.
        sites: to which it is limited; all of them when left out. A site need not be known yet.
        person: who holds it, as the rule that another person decides knows them; left out, who held a token
            of that name before, else its name.
        until: when it ends by itself; left out, never.
        by: who made it; left out, somebody at the centre's own computer.

    Raises:
        Refused: there is no such role.
        Conflict: a live token has the name, or one that ended was another person's.
    """
    if role not in set(Role):
        raise Refused(
            "token.role",
            f"Read the role {role!r}.",
            f"Known: {', '.join(Role)}.",
            "Use one of these.",
        )
    whose = _person(conn, name, person)
    text = secret.hex()
    conn.execute(
        insert(token).values(
            hash=_hash(text),
            role=role,
            name=name,
            person=whose,
            created_at=to_text(now),
            sites=json.dumps(sorted(set(sites)), ensure_ascii=False) if sites is not None else None,
            expires_at=to_text(until) if until is not None else None,
            created_by=by,
        )
    )
    tell(conn, MADE, name, now, "" if by else HERE)
    return text


def principal_of(conn: Connection, text: str, now: datetime) -> Principal | None:
    """Who holds this token; None when nobody does any more."""
    row = _by_hash.first(conn, hash=_hash(text))
    if row is None or (row.expires_at is not None and row.expires_at <= to_text(now)):
        return None
    return Principal(row.name, Role(row.role), _sites(row.sites), row.person)


def revoke(conn: Connection, name: str, now: datetime) -> None:
    """Ends a token at once.

    Raises:
        Missing: no live token has that name.
    """
    if conn.execute(_revoke, {"which": name, "now": to_text(now)}).rowcount == 0:
        raise missing("token", name)
    tell(conn, ENDED, name, now)


def revoke_all(conn: Connection, now: datetime) -> Sequence[str]:
    """Ends every live token at once; their names, oldest first.

    For a copy that was put back: which tokens were ended after it was made nobody can read in it.
    """
    names = [found.name for found in listing(conn) if found.revoked_at is None]
    for name in names:
        revoke(conn, name, now)
    return names


def listing(conn: Connection) -> Sequence[TokenRecord]:
    """Every token that was ever made, oldest first."""
    rows = conn.execute(select(token).order_by(token.c.created_at, token.c.name))
    return [
        TokenRecord(
            row.name,
            row.role,
            row.created_at,
            row.revoked_at,
            _sites(row.sites),
            row.person,
            row.expires_at,
            row.created_by,
        )
        for row in rows
    ]


def _person(conn: Connection, name: str, person: str | None) -> str:
    """Whose a new token of that name is: events name persons, and a name must not mean two of them."""
    before = conn.execute(_by_name, {"name": name}).all()
    if any(row.revoked_at is None for row in before):
        raise Conflict(
            "token.exists",
            f"Read the name {name!r}, which a live token has already.",
            "Expected a name that no live token has.",
            "Choose another name, or end that token first.",
        )
    whose = person or (before[0].person if before else name)
    if before and not same_person(before[0].person, whose):
        raise Conflict(
            "token.other_person",
            f"Read the name {name!r} for {whose}; a token of that name that ended was {before[0].person}'s.",
            f"Expected {before[0].person} as its person.",
            "Choose another name, or name the same person.",
        )
    # One person is written one way, however the name is typed this time.
    return before[0].person if before else whose


def _sites(text: str | None) -> Sites:
    return frozenset(json.loads(text)) if text is not None else None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


_by_name = select(token.c.person, token.c.revoked_at).where(token.c.name == bindparam("name"))
_by_hash = asking(
    lambda _: select(token.c.name, token.c.role, token.c.sites, token.c.person, token.c.expires_at).where(
        token.c.hash == bindparam("hash"), token.c.revoked_at.is_(None)
    )
)
_revoke = (
    update(token)
    .where(token.c.name == bindparam("which"), token.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)
