"""How everything looks: tokens, colours, fonts, sizes, icons. One `Theme` is handed to every widget."""
