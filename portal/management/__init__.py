"""Django's folder for commands of the ground floor."""
