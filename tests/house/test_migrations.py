"""Migrations: indexes on grown tables are added without locking them, columns go one release after their last use."""

import ast

from django.db.migrations.loader import MigrationLoader

from tests.house.source import ROOMS, ROOT, called, name, nodes

# Tables with millions of rows in a province.
GROWN = {"dossier", "dossierevent", "workitem", "attachment", "outboxmessage", "storedfile", "readlog", "exchangelog"}


def _later():
    for room in ROOMS:
        for path in sorted((ROOT / room / "migrations").glob("0*.py")):
            if not path.name.startswith("0001"):
                yield path


def test_indexes_on_grown_tables_are_built_concurrently():
    blocking = []
    for path in _later():
        for node in nodes(path):
            if isinstance(node, ast.Call) and called(node) == "AddIndex":
                model = next(word.value.value for word in node.keywords if word.arg == "model_name")
                if model.lower() in GROWN:
                    blocking.append(f"{name(path)}:{node.lineno}")
    assert blocking == []


def test_columns_are_removed_with_a_reason():
    silent = []
    for path in _later():
        if any(isinstance(node, ast.Call) and called(node) == "RemoveField" for node in nodes(path)):
            text = path.read_text()
            if "unused since" not in text:
                silent.append(name(path))
    assert silent == []


def test_the_migrations_of_a_room_have_one_end_also_one_by_one():
    """What a new database gets in one step hides two ends; an older installation would meet them."""
    graph = MigrationLoader(None, replace_migrations=False).graph
    ends = {room: [last for _room, last in graph.leaf_nodes(room) if "_squashed_" not in last] for room in ROOMS}
    assert {room: found for room, found in ends.items() if len(found) > 1} == {}


def test_no_later_migration_stands_on_a_shortcut():
    """Older installations go through the single files: what stands on a shortcut of them cannot be put behind them."""
    stands = [
        f"{name(path)}:{node.lineno}"
        for path in _later()
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "_squashed_" in node.value
    ]
    assert stands == []
