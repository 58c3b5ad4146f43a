"""Scenarios: whole histories made from a few published figures, the same on every machine. See `load_scenario`."""
