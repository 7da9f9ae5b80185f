"""The parts a screen is put together from; each paints itself from the theme."""
