"""Which sites a token may act on and see.

A token is for all sites or for some. What names a site is held against these; what names none (items, orders,
availability, policies) belongs to no site and is ruled by the role alone.
"""

from __future__ import annotations

from sync.central.rules.outcomes import Forbidden

Sites = frozenset[str] | None
"""The sites of a token; None: all of them."""

_SHOWN = 5


def may_act(sites: Sites, site: str | None) -> bool:
    """True when a command may change something at a site; one that names none may touch any of them."""
    return sites is None or (site is not None and site in sites)


def may_see(sites: Sites, site: str | None) -> bool:
    """True when a record of a site may be shown; one of no site is everybody's."""
    return sites is None or site is None or site in sites


def may_give(sites: Sites, given: Sites) -> bool:
    """True when a token of these sites may make one for the given ones: never for more than its own."""
    return sites is None or (given is not None and given <= sites)


def outside(sites: Sites, site: str | None) -> Forbidden:
    """The refusal of what lies outside a token's sites."""
    own = sorted(sites or ())
    more = f" and {len(own) - _SHOWN} more" if len(own) > _SHOWN else ""
    return Forbidden(
        "token.site",
        f"Read the site {site!r}." if site is not None else "Read no site.",
        f"Expected one of this token's sites: {', '.join(own[:_SHOWN])}{more}.",
        "Name one of these sites or a location there, or use a token of the other site.",
    )
