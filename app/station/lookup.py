"""From what a scan means to what it is: the exact look-ups in the local record, in a fixed order."""

from __future__ import annotations


