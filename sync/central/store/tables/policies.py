"""Allocation policies: who gets units first, what is kept back, what may wait."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, Text

from sync.central.store.tables.base import Number, metadata, words

# The policy in force is the one published last; `digest` is the SHA-256 of its text, under which it is kept
# read in memory.
allocation_policy = Table(
    "allocation_policy",
    metadata,
    Column("id", Number, primary_key=True),
    Column("version", String(), nullable=False, unique=True),
    Column("source", Text(), nullable=False),
    words("digest"),
    words("published_at"),
    words("published_by"),
)
