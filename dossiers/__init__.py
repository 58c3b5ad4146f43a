"""The one aggregate: submission, desk, decision and result of a dossier, with its append-only ledger."""
