"""The ground floor: settings and a few named tools. Imports no other app; every app may stand on it."""
