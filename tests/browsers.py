"""The browser of this machine, for stories and for printing. Playwright brings none."""

import shutil

import pytest

# The first takes half the processor time of the others: it has no windows to keep.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """The file to start; the test fails where there is none."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("Chromium is missing; bin/setup --tests installs it.")
    return found
