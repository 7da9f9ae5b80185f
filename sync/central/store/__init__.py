"""The centre's tables, its one writer and what it reads; SQLite embedded, PostgreSQL for larger houses."""
