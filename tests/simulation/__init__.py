"""A small world that is killed over and over: centre, scanner and station as processes, a hand, a reaper."""
