"""The pure rules, each module held by its own test."""
