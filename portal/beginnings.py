"""All tables of a room at once, as a row of its migrations leaves them: what a new database begins with. For migrations only.

One by one, those migrations have Django build every model anew that is tied to the one they touch: fifteen seconds, of which
the database works one. A database that has taken some of them takes the rest one by one as before (`replaces`).
"""

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from pgtrigger.migrations import AddTrigger


def steps(room: str, last: str) -> list[Migration]:
    """The migrations of a room from the first to `last`, in the order of their numbers."""
    package = import_module(f"{room}.migrations")
    names = sorted(one.name for one in iter_modules(package.__path__) if "_squashed_" not in one.name)
    return [import_module(f"{package.__name__}.{name}").Migration(name, room) for name in names if name <= last]


def replaced(taken: Sequence[Migration]) -> list[tuple[str, str]]:
    """What a migration says that it stands for these."""
    return [(one.app_label, one.name) for one in taken]


def needed(taken: Sequence[Migration]) -> list[Any]:
    """What these migrations need of other rooms and packages."""
    return list(dict.fromkeys(key for one in taken for key in one.dependencies if key[0] != one.app_label))


class TablesAtOnce(Operation):
    """Makes the tables, indexes, constraints and triggers that these migrations leave; what they carry over is not there yet.

    Functions that an index or a trigger calls come before it, by operations of their own.
    """

    def __init__(self, taken: Sequence[Migration]) -> None:
        left = ProjectState()
        for migration in taken:
            for operation in migration.operations:
                operation.state_forwards(migration.app_label, left)
        self.models: list[ModelState] = list(left.models.values())

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Add the models; whoever asks for them next has them built in one go."""
        state.__dict__.pop("apps", None)
        for model in self.models:
            state.add_model(model.clone())

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Make the tables; references among them are made at the end of the migration."""
        for one in self.models:
            model = to_state.apps.get_model(app_label, one.name)
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.create_model(model)
            for trigger in one.options.get("triggers", ()):
                AddTrigger(one.name, trigger).database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Drop the tables."""
        for one in reversed(self.models):
            model = from_state.apps.get_model(app_label, one.name)
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.delete_model(model)

    def describe(self) -> str:
        """What `migrate --plan` says."""
        return f"Create {len(self.models)} tables at once"
