"""Migrates an empty database by each migration that there is, also by those that a new database comes by at once.

`python -m tests.upgrades.one_by_one`
"""

import django


def migrate() -> None:
    """As an installation of the first version has been migrated by now."""
    from django.db import connection  # after django.setup()
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.loader import MigrationLoader

    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    graph = executor.loader.graph
    executor.migrate([key for key in graph.leaf_nodes() if not graph.nodes[key].replaces])


if __name__ == "__main__":
    django.setup()
    migrate()
