"""A business to show and to try Backhaul with, generated from a seed."""
