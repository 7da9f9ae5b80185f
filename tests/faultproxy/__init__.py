"""A bad line between a station and a centre: bytes late, lost, changed; the totals are exact in the end."""
