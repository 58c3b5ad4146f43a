"""The demo city's last eight weeks: its people, its dossiers' lives, and the clock that tells them. Demo mode only."""
