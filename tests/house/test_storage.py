"""Stored bytes have one door: no module but vault.keeping reaches the storage, by whatever name."""

import ast

from django.apps import apps
from django.db.models import FileField

from tests.house.source import ROOMS, called, modules, name, nodes, tree

DOOR, STORAGE, SETTINGS = "vault/keeping.py", "vault/storage.py", "portal/settings.py"
# Who may say these names. PRIVATE_ROOT is where the bytes lie, `key` the column that says under which name.
MAY_SAY = {
    "default_storage": {DOOR},
    "storages": set(),
    "DefaultStorage": set(),
    "FileSystemStorage": {STORAGE},
    "PrivateStorage": {STORAGE, DOOR},
    "PRIVATE_ROOT": {STORAGE, SETTINGS, "portal/settings_test.py"},
    "MEDIA_ROOT": set(),
}
MAY_WRAP = {DOOR, "vault/services.py"}


def _words(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Name):
        return {node.id}
    if isinstance(node, ast.Attribute):
        return {node.attr}
    if isinstance(node, ast.ImportFrom):
        return {alias.name for alias in node.names}
    return set()


def test_only_the_door_reaches_the_storage():
    outside = [
        f"{name(path)}:{node.lineno} {word}"
        for path in modules()
        for node in nodes(path)
        for word in _words(node) & set(MAY_SAY)
        if name(path) not in MAY_SAY[word]
    ]
    assert outside == []


def test_the_names_that_are_watched_are_in_use():
    """A door that is renamed must not leave this test watching nothing."""
    said = {
        word for node in ast.walk(tree(next(path for path in modules() if name(path) == DOOR))) for word in _words(node)
    }
    assert {"default_storage", "PrivateStorage"} <= said


def test_the_storage_is_imported_under_its_own_name():
    renamed = [
        f"{name(path)}:{node.lineno}"
        for path in modules()
        for node in nodes(path)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if alias.asname and (alias.name in MAY_SAY or "storage" in alias.name)
    ]
    assert renamed == []


def test_no_model_has_a_file_column_of_its_own():
    found = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in ROOMS
        for field in model._meta.get_fields()
        if isinstance(field, FileField)
    ]
    assert found == []


def test_keys_of_files_are_handled_in_the_vault_alone():
    outside = [
        f"{name(path)}:{node.lineno}"
        for path in modules()
        if name(path) not in MAY_WRAP
        for node in nodes(path)
        if (isinstance(node, ast.Call) and called(node) in {"unwrap", "new_key", "rewrap", "encrypted", "decrypted"})
        and not name(path).startswith(("vault/encryption", "vault/management/"))
    ]
    assert outside == []
