"""A restore of a PostgreSQL centre that is under way: its mark, beside the tables until all of it is done.

Putting aside, pg_restore and the new generation are three steps. Whoever finds the mark finds one that ended
in between: the tables may be the copy's in its old generation, and nobody may be served from them.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError

from app.domain.refusal import Refused, Unavailable

ASIDE = "replaced_"
"""How the schemas begin in which replaced centres are kept."""

_MARK = "restore_under_way"
_FOUND = text("SELECT to_regclass(current_schema() || '.' || :name) IS NOT NULL")
_TABLES = text("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()")
_KEPT = text("SELECT nspname FROM pg_namespace WHERE nspname LIKE :begins ORDER BY nspname")


@dataclass(frozen=True, slots=True)
class Standing:
    """What is in a database: any tables, and the schemas of centres that were put aside."""

    tables: bool
    kept: tuple[str, ...]


def begin(conn: Connection, aside: str) -> None:
    """Leaves the mark, in the transaction that puts what is replaced into the schema `aside`, if any."""
    conn.execute(text(f"CREATE TABLE {_MARK} (aside text NOT NULL)"))
    conn.execute(text(f"INSERT INTO {_MARK} VALUES (:aside)"), {"aside": aside})  # noqa: S608


def begun(conn: Connection) -> str | None:
    """What an unfinished restore put aside, empty when there was nothing; None when none is unfinished."""
    if not conn.scalar(_FOUND, {"name": _MARK}):
        return None
    return str(conn.scalar(text(f"SELECT aside FROM {_MARK}")))  # noqa: S608


def end(conn: Connection) -> None:
    """Takes the mark away, if it is there."""
    conn.execute(text(f"DROP TABLE IF EXISTS {_MARK}"))


def finish(url: str) -> None:
    """Takes the mark away: the restore is done.

    Raises:
        Unavailable: the database does not answer; the mark stays.
    """
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.begin() as conn:
            end(conn)
    except OperationalError as away:
        raise Unavailable(f"The centre's database did not answer: {away.orig}") from away
    finally:
        engine.dispose()


def standing(url: str) -> Standing:
    """What is in a database that no restore is under way in.

    Raises:
        Refused: `restore.unfinished`: one is, or ended midway.
        Unavailable: the database does not answer.
    """
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.connect() as conn:
            if begun(conn) is not None:
                raise Refused(
                    "restore.unfinished",
                    "A restore of this database was begun and did not end.",
                    "Expected a whole centre: stations that met what is there now would keep a wrong copy.",
                    "Run the restore again: backhaul central restore, with --replace if it was given before.",
                )
            kept = tuple(str(name) for name in conn.scalars(_KEPT, {"begins": f"{ASIDE}%"}))
            return Standing(bool(conn.scalar(_TABLES)), kept)
    except OperationalError as away:
        raise Unavailable(f"The centre's database did not answer: {away.orig}") from away
    finally:
        engine.dispose()
