"""Who may say what was done about an exception: its owner and the roles above; and who may read of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sync.central.rules.access import Role
from sync.central.rules.outcomes import Forbidden
from sync.central.rules.scope import Sites, outside

_FLOOR = frozenset({Role.SUPERVISOR, Role.ADMIN})
_MAY: Mapping[str, frozenset[Role]] = {
    Role.PLANNER: _FLOOR | {Role.PLANNER},
    Role.SERVICE: _FLOOR | {Role.SERVICE},
    Role.SUPERVISOR: _FLOOR,
    # Refunds and books are no supervisor's anywhere else either.
    Role.FINANCE: frozenset({Role.FINANCE, Role.ADMIN}),
    Role.ADMIN: frozenset({Role.ADMIN}),
}
# Not even an admin decides about a loss that a supervisor has to approve: separation of duty. But a review of
# what the only supervisor approved has to be somebody's.
_ALONE: Mapping[str, frozenset[Role]] = {"write_off.rejected": frozenset({Role.SUPERVISOR})}
_NOBODY_ELSE = frozenset({Role.ADMIN})


def may_resolve(kind: str, owner_role: str) -> frozenset[Role]:
    """The roles that may resolve an exception of a type that a role has to answer for."""
    return _ALONE.get(kind) or _MAY.get(owner_role, _NOBODY_ELSE)


def readable(role: Role) -> frozenset[str]:
    """The owners whose exceptions of the whole business a token of some sites may read in a role."""
    every = frozenset(str(owner) for owner in _MAY)
    if role is Role.AUDITOR:
        return every
    return frozenset(owner for owner in every if role in _MAY[owner])


def may_read(sites: Sites, role: Role, ends: Sequence[str | None], owner_role: str) -> bool:
    """Whether a token may read an exception at these ends; one with none is of the whole business."""
    if sites is None:
        return True
    own = [end for end in ends if end]
    return any(end in sites for end in own) if own else owner_role in readable(role)


def refuse_site(sites: Sites, site: str | None) -> Forbidden:
    """The refusal of an exception at a site outside, or of the whole business."""
    if site:
        return outside(sites, site)
    return Forbidden(
        "token.all_sites",
        f"Read a token of {len(sites or ())} sites for an exception of the whole business.",
        "Expected one for all sites.",
        "Ask somebody whose token is for all sites.",
    )


def refuse_role(number: int, kind: str, owner_role: str, role: Role) -> Forbidden:
    """The refusal of whoever has no right to say what was done."""
    may = ", ".join(sorted(may_resolve(kind, owner_role)))
    return Forbidden(
        "exception.role",
        f"Read a token of the role {role} for exception {number} ({kind}), which {owner_role} answers for.",
        f"Expected {may}.",
        "Tell somebody in that role what you found; the exception stays open.",
    )


def refuse_own(number: int, person: str) -> Forbidden:
    """The refusal of a person who would judge of an act of their own."""
    return Forbidden(
        "exception.own",
        f"Exception {number} is about what {person} did, asked for or approved.",
        "Expected another person's word on it.",
        "Ask somebody in the same role who had no part in it.",
    )
