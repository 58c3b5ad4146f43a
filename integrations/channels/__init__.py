"""Channels of the outbox, one module each; found at start (integrations/apps.py), declared in integrations.registry."""
