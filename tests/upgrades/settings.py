"""Settings of the kept installations: those of the tests, with files where VAR_DIR says."""

from portal.settings_test import *  # noqa: F403  the whole point of this file

PRIVATE_ROOT = VAR_DIR / "private"  # noqa: F405
