"""The deterministic simulator: the real stations and the real centre in one process, one seed one history."""
