"""The station's side of the wire: sends what was recorded, fetches what changed, survives a bad network."""
