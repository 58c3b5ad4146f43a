"""Lines of production are JSON with the traceback of a fault, whoever wrote them, and without the values of a row."""

import json
import subprocess
import sys

import pytest

from tests.house.source import ROOT

pytestmark = pytest.mark.unit
SAY = """
import logging, logging.config, structlog
from portal.logging import logging_config
logging.config.dictConfig(logging_config(json=True, level="INFO"))
words = 'duplicate key\\nDETAIL:  Failing row contains (1, dòng một\\n\\n079301000123\\n  ba).\\nCONTEXT:  a trigger'
try:
    raise ValueError(words)
except ValueError:
    logging.getLogger("django.request").error("Internal Server Error: %s", "/x/", exc_info=True)
    structlog.get_logger("ours").exception("thing.failed", code="H1")
logging.getLogger("plain").warning("no fault")
"""


def test_a_fault_is_written_with_its_traceback():
    done = subprocess.run([sys.executable, "-c", SAY], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True)
    theirs, ours, plain = (json.loads(line) for line in done.stderr.splitlines())
    for line in (theirs, ours):
        assert line["exception"].startswith("Traceback (most recent call last):")
        assert "ValueError: duplicate key" in line["exception"]
        assert "079301000123" not in json.dumps(line)
        assert line["exception"].endswith("duplicate key\nCONTEXT:  a trigger")
        assert "exc_info" not in line
    assert theirs["event"] == "Internal Server Error: /x/"
    assert ours["code"] == "H1"
    assert "exception" not in plain
