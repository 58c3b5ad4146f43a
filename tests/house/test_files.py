"""Tracked files: no stray ones, no machine's path, no registry, nothing half done, nothing heavy, records where they belong."""

import hashlib
import re
from pathlib import PurePosixPath

import pytest

from tests.house.source import ROOMS, ROOT, name, tracked

ROOT_FILES = {
    ".dockerignore",
    ".gitignore",
    ".pre-commit-config.yaml",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Caddyfile",
    "Dockerfile",
    "LICENSE",
    "README.md",
    "docker-compose.yml",
    "manage.py",
    "pyproject.toml",
}
# What may stand in each folder of the root; None in place of kinds: programs, named without one.
KINDS = {
    ".ci": None,
    "bench": {".py", ".html"},
    "bin": None,
    "docs": {".md"},
    "requirements": {".in", ".txt"},
    "static": {".css", ".js", ".svg", ".woff2", ".txt", ".md"},
    "templates": {".html", ".txt"},
    "tests": {".py"},
    **{room: {".py"} for room in ROOMS},
}
# Anything else has a folder of its own, where a person put it.
PLACES = {
    "accounts/data": {".csv", ".json"},
    "accounts/locale": {".mo", ".po"},
    "docs/pictures": {".png"},
    "dossiers/scenarios/data": {".json"},
    "procedures/data": {".json"},
    "reporting/data": {".json"},
    "tests/e2e/vendor": {".js", ".md"},
    "tests/upgrades/*": {".gz", ".json"},
}
TEXT = {
    ".py",
    ".html",
    ".txt",
    ".md",
    ".toml",
    ".yml",
    ".yaml",
    ".js",
    ".css",
    ".sh",
    ".cfg",
    ".in",
    ".json",
    ".csv",
    "",
}
PATHS = re.compile(r"(?:^|[^a-zA-Z0-9._-])/(?:work|farm|root|home/[a-z]+|tmp/[a-z]+)/", re.MULTILINE)
REGISTRIES = re.compile(r"(?:extra-)?index" + r"-url|\"resolved\": *\"https?:|https?://[^ /]+/simple(?:/|\b)")
OUTSIDE = re.compile(
    r"\b(?:ARCHITECTURE|DOMAIN|FEATURES|LAW-2026|STYLE|SCREENS|SEAMS|FIGURES|DAYS|LOOK|PERFORMANCE|PEERS|PRACTICE"
    r"|RESULTS|EXCHANGE)(?: §|\.md)|\.\./" + r"shared"
)
UNFINISHED = re.compile(
    r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|raise NotImplemented" + r"Error|coming " + r"soon|sắp ra " + r"mắt"
)
DEBUG = re.compile(r"\b(?:breakpoint|pdb\.set_trace)\(")


def _texts():
    for path in tracked():
        if path.suffix in TEXT and "vendor" not in path.parts:
            yield path, path.read_text(encoding="utf-8", errors="strict")


def test_no_path_of_a_machine():
    assert [f"{name(path)}: {match.group(0)}" for path, text in _texts() if (match := PATHS.search(text))] == []


def test_no_package_registry():
    assert [f"{name(path)}: {match.group(0)}" for path, text in _texts() if (match := REGISTRIES.search(text))] == []


def test_no_reference_to_documents_outside_the_repository():
    found = [f"{name(path)}: {match.group(0)}" for path, text in _texts() if (match := OUTSIDE.search(text))]
    assert found == []


def test_nothing_half_done():
    found = [
        f"{name(path)}: {match.group(0)}"
        for path, text in _texts()
        if path.suffix in {".py", ".html", ".js"} and (match := UNFINISHED.search(text))
    ]
    assert found == []
    assert [name(path) for path, text in _texts() if path.suffix == ".py" and DEBUG.search(text)] == []


def strays(names):
    """Files that stand where nothing like them belongs."""
    return [each for each in names if not _has_a_place(PurePosixPath(each))]


def _has_a_place(path):
    if len(path.parts) == 1:
        return path.name in ROOT_FILES
    room = path.parts[0]
    if room not in KINDS:
        return False
    if KINDS[room] is None:
        return len(path.parts) == 2 and not path.suffix
    return path.suffix in KINDS[room] or any(
        path.suffix in kinds and any(_is(parent, place) for parent in path.parents) for place, kinds in PLACES.items()
    )


def _is(folder, place):
    return len(folder.parts) == place.count("/") + 1 and folder.match(place)


def test_every_file_stands_where_it_belongs():
    """A picture, a paper or a log left behind by a trial is not part of the house."""
    assert strays(name(path) for path in tracked()) == []


@pytest.mark.parametrize(
    "left",
    [
        "sau.pdf",
        "result.json",
        "notes.md",
        "var/log/web.log",
        "dossiers/receipt.pdf",
        "dossiers/forms/answers.json",
        "docs/board.png",
        "docs/pictures/board.pdf",
        "templates/dossiers/print/receipt.pdf",
        "tests/portal/page.png",
        "tests/facts.json",
        "static/fonts/tinos.zip",
        "bin/out.log",
        "bin/old/demo",
        "tests/dossiers/data/made.json",
        "accounts/locale.mo",
    ],
)
def test_a_stray_file_is_named(left):
    assert strays([left, "README.md", "docs/pictures/board.png", "tests/upgrades/0.1.0/dump.sql.gz"]) == [left]


def test_every_place_is_in_use():
    """A folder that went leaves this list too."""
    folders = {parent for path in tracked() for parent in PurePosixPath(name(path)).parents}
    assert [place for place in (*KINDS, *PLACES) if not any(_is(folder, place) for folder in folders)] == []
    assert {path.name for path in tracked() if path.parent == ROOT} == ROOT_FILES


def test_nothing_heavy():
    assert {name(path): path.stat().st_size for path in tracked() if path.stat().st_size > 2 * 1024 * 1024} == {}


def test_requirements_are_locked_with_hashes():
    for lock in ("app.txt", "dev.txt"):
        text = (ROOT / "requirements" / lock).read_text()
        entries = re.split(r"\n(?=\S)", text.strip())
        assert [
            entry.splitlines()[0] for entry in entries if not entry.startswith("#") and "--hash=sha256:" not in entry
        ] == []


def test_the_two_commands_and_ci_stand():
    for command in ("bin/demo", "bin/test", "bin/setup", "bin/serve", ".ci/run"):
        assert (ROOT / command).stat().st_mode & 0o111, command
    assert "bin/test" in (ROOT / ".ci" / "run").read_text()


def test_real_processes_are_tried_only_where_bin_test_looks_for_them():
    lines = re.findall(r"^ +beside \w+ (tests/.*)$", (ROOT / "bin" / "test").read_text(), re.MULTILINE)
    folders = tuple(f"{one}/" for line in lines for one in line.split())
    marked = [
        path for path in tracked() if path.suffix == ".py" and "mark." + "e2e" in path.read_text(encoding="utf-8")
    ]
    elsewhere = [name(path) for path in marked if not name(path).startswith(folders)]
    assert folders
    assert marked
    assert elsewhere == []


def test_decisions_are_recorded():
    records = sorted(path.name for path in (ROOT / "docs" / "adr").glob("*.md"))
    assert records
    assert [int(entry[:4]) for entry in records] == list(range(1, len(records) + 1)), "numbered without a gap"


def test_the_vendored_checker_is_the_one_named():
    folder = ROOT / "tests" / "e2e" / "vendor"
    digest = hashlib.sha256((folder / "axe.min.js").read_bytes()).hexdigest()
    assert f"`{digest}`" in (folder / "VENDOR.md").read_text()
