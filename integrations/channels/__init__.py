"""Channels of the outbox; each module registers itself in integrations.registry."""
