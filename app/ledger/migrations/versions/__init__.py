"""One module per schema, numbered; a step that was shipped is never edited."""
