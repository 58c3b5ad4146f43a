"""Commands of the ground floor: setup_beat."""
