"""What every table is declared with."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData, String

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only for a column declared exactly INTEGER.
Number = BigInteger().with_variant(Integer(), "sqlite")


def words(name: str, *, null: bool = False) -> Column[str]:
    """A text column; not null unless said."""
    return Column(name, String(), nullable=null)
