"""The steps that bring a station database from one schema to the next; read by Alembic, never by hand."""
