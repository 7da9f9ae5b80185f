"""Who works at a station: locking its screen, signing out, taking it up again."""
