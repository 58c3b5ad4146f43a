"""Clients of remote services; called by tasks and channels only, never in a transaction."""
