"""Formats for the language code `vi`; read by Django through FORMAT_MODULE_PATH."""
