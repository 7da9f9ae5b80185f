"""How stations and the centre agree: the wire between them, the station's side, the centre's side."""
