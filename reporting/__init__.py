"""Targets, indicators, snapshots and boards. Reads the ledger and dated rows of other rooms; nobody imports it."""
