"""What stations found on the floor: counts of bins, and what became of their differences."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table

from sync.central.store.tables.base import metadata, words

# `state`: agreed (nothing differed), adjusted (`adjusted_by` booked it), waiting (a person decides), later
# (the bin was counted again after it), undone. Differences stand in the events.
bin_count = Table(
    "bin_count",
    metadata,
    Column("event_id", String(), ForeignKey("event.event_id"), primary_key=True),
    words("station"),
    words("owner"),
    words("location"),
    words("counted_at"),
    words("state"),
    words("adjusted_by", null=True),
)
Index("ix_bin_count_location", bin_count.c.location, bin_count.c.owner, bin_count.c.counted_at)
