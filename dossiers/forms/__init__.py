"""Forms of both sides."""
