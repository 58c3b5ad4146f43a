"""A small installation of each version, kept as a dump; every later version restores it, migrates it and counts again."""
