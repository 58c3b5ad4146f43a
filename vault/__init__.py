"""Files and the citizen's store. Knows owners and files, not dossiers; dossiers deposit and reuse through services."""
