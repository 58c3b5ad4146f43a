"""Packages whose licence asks for more than to be named stand in docs/licences.md, and nothing else does."""

import re
from importlib import metadata

import pytest

from tests.house.source import ROOT

pytestmark = pytest.mark.unit
LOCKED = re.compile(r"^([a-z0-9-]+)(?:\[.*\])?==", re.MULTILINE)
MORE = re.compile(r"GPL|GNU|MPL|Mozilla|EPL|CDDL|EUPL")


def said(name):
    """What an installed package says of its licence; nothing when this system needs no such package."""
    try:
        found = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    short = [text for text in found.get_all("License") or [] if "\n" not in text]  # else it is the whole licence
    kinds = [kind for kind in found.get_all("Classifier") or [] if kind.startswith("License")]
    return " ".join([found.get("License-Expression") or "", *short, *kinds])


def test_every_package_that_asks_for_more_is_named():
    names = LOCKED.findall((ROOT / "requirements" / "app.txt").read_text(encoding="utf-8"))
    asking = {name for name in names if MORE.search(said(name))}
    rows = [
        row for row in (ROOT / "docs" / "licences.md").read_text(encoding="utf-8").splitlines() if row.startswith("| `")
    ]
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])}
    assert "psycopg" in asking
    assert named == asking
