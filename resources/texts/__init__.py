"""What the screens say, one catalogue per language."""
