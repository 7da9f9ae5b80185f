"""The station's side: scripts of the protocol, and real HTTP with a bad network."""
