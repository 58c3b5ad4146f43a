"""The yardstick: what a plain Django page with the same middleware costs on this machine, today."""
