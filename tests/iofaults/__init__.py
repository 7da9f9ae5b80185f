"""Each call to the disk fails, one after the other: nothing is believed, nothing is half kept."""
