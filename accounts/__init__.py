"""Who and where: people, parties, units, roles, calendars and the access rules. Must migrate first (user model)."""
