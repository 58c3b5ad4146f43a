"""Every act after a figure: the only places of this package that lock and write."""
