"""The connection class that Django looks for in a backend; used by nobody else."""

from django.db.backends.postgresql import base

from portal.celery import one_message


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection; tasks that the hooks of one commit send travel together."""

    def run_and_clear_commit_hooks(self) -> None:
        """Run what waits for the commit. What a savepoint took back has left Django's list by now."""
        if not self.run_on_commit:
            super().run_and_clear_commit_hooks()
            return
        with one_message():
            super().run_and_clear_commit_hooks()
