"""Money of dossiers: paid, given back, receipts, drawers, statements."""
