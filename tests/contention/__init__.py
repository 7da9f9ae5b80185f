"""Many callers at once against several worker processes over one PostgreSQL: each unit is given once."""
