"""Power cuts: all that the station writes is logged, and every disk that a cut could leave is opened."""
