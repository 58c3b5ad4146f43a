"""Management commands of the aggregate."""
