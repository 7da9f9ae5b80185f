"""Settings and policies as data, texts, theme, fonts; read through importlib.resources."""
