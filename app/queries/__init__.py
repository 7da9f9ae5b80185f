"""What people ask: frozen read models over the station's database, exact match only, never a write."""
