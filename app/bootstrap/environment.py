"""Names of environment variables that this program reads."""

from __future__ import annotations

DB_VARIABLE = "BACKHAUL_DB"
"""The environment variable that may hold a centre's address in the place of the option --db."""
