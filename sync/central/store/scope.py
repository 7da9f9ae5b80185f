"""A token's sites held against what a request names: a site, or a location, which stands at one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, bindparam, select

from sync.central.rules.scope import Sites, may_act, may_see, outside
from sync.central.store.tables import location


class Scope:
    """What one caller may touch, inside one transaction or look.

    A location that is not known is left to the command, which refuses it.
    """

    def __init__(self, conn: Connection, sites: Sites) -> None:
        self._conn = conn
        self.sites = sites

    def act(self, site: str | None) -> None:
        """Refuses a command at a site outside.

        Raises:
            Forbidden: `token.site`; also for a command that names no site, unless the token is for all.
        """
        if not may_act(self.sites, site):
            raise outside(self.sites, site)

    def act_at(self, *codes: str | None) -> None:
        """Refuses a command at any location outside; None stands for a place the command would choose.

        Raises:
            Forbidden: `token.site`.
        """
        if self.sites is None:
            return
        known = self._sites_of(code for code in codes if code is not None)
        for code in codes:
            if code is None or code in known:
                self.act(None if code is None else known[code])

    def see(self, site: str | None) -> None:
        """Refuses to show a record of a site outside.

        Raises:
            Forbidden: `token.site`.
        """
        if not may_see(self.sites, site):
            raise outside(self.sites, site)

    def see_at(self, code: str | None) -> None:
        """Refuses to show a record of a location outside.

        Raises:
            Forbidden: `token.site`.
        """
        if self.sites is not None and code is not None:
            self.see(self._sites_of([code]).get(code))

    def _sites_of(self, codes: Iterable[str]) -> Mapping[str, str]:
        rows = self._conn.execute(_sites, {"codes": list(codes)})
        return {row.code: row.site for row in rows}


_sites = select(location.c.code, location.c.site).where(
    location.c.code.in_(bindparam("codes", expanding=True))
)
