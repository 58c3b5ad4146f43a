"""Date and number formats that replace Django's own where those are wrong for Vietnam (see vi/formats.py)."""
