"""Design tokens: colours by role, sizes, icons, tones."""
