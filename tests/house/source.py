"""What the house tests read: our own Python files as syntax trees, our templates as text."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("running", "portal", "integrations", "accounts", "vault", "procedures", "dossiers", "reporting")


@cache
def modules() -> tuple[Path, ...]:
    """Python files of the rooms, migrations left out."""
    return tuple(
        sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts)
    )


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file, each node knowing its parent."""
    module = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    for node in ast.walk(module):
        for child in ast.iter_child_nodes(node):
            child.parent = node
    return module


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a file's syntax tree; walked once, since many rules look at all of them."""
    return tuple(ast.walk(tree(path)))


@cache
def templates() -> tuple[Path, ...]:
    """All template files."""
    return tuple(sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"}))


@cache
def tracked() -> tuple[Path, ...]:
    """Files of the repository; without git, everything that is not ignored by name."""
    try:
        names = (
            subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
            .stdout.decode()
            .split("\0")
        )
        return tuple(ROOT / name for name in names if name and (ROOT / name).is_file())
    except (OSError, subprocess.CalledProcessError):
        skip = {".venv", "var", ".git", "__pycache__", "node_modules", "staticfiles"}
        return tuple(
            path for path in ROOT.rglob("*") if path.is_file() and not skip & set(path.relative_to(ROOT).parts)
        )


def name(path: Path) -> str:
    """A path as people write it."""
    return path.relative_to(ROOT).as_posix()


def called(node: ast.Call) -> str:
    """The last name of what is called: `a.b.c(…)` → `c`."""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def functions(path: Path):
    """Every function and method of a file."""
    return [node for node in nodes(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(node: ast.AST) -> int:
    """Lines from `def` to the end, docstring included."""
    return node.end_lineno - node.lineno + 1
