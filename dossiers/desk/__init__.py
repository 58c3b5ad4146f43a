"""The desk's screens: inbox, dossier, acts, counter intake."""
