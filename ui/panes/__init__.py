"""The work area: one pane per kind of work, each in a full and in tighter arrangements for large text."""
