"""The citizen's screens: fill, send, follow, answer, withdraw."""
