"""The database backend of the settings: Django's for PostgreSQL, whose commit sends one message for an act."""
