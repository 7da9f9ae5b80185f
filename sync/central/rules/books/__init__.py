"""The books: what stock is worth, and each event as a balanced journal entry."""

from __future__ import annotations

from sync.central.rules.books.chart import Book
from sync.central.rules.books.costing import Fifo, Method, MovingAverage, Worth, opened, restored
from sync.central.rules.books.entry import Entry, Line
from sync.central.rules.books.shares import share

__all__ = [
    "Book",
    "Entry",
    "Fifo",
    "Line",
    "Method",
    "MovingAverage",
    "Worth",
    "opened",
    "restored",
    "share",
]
