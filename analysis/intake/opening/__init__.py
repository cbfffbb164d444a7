"""From a file to its cells: what it is, how it opens, and every physical row with its number."""
