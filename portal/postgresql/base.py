"""The connection class that Django looks for in a backend; used by nobody else."""

from typing import Any

from django.db.backends.postgresql import base
from psycopg_pool import PoolTimeout

from portal.celery import one_message
from portal.pause import Pause

pause = Pause(5)  # a page asks for a connection several times; each would wait for a database that is away
BRIEFLY = 0.2  # seconds that suffice when the pool has its connections back


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection; the pool is waited for once, and tasks that the hooks of one commit send travel together."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Take a connection from the pool. After a wait in vain, this page and those of the next seconds wait briefly."""
        try:
            if pause.is_on() and self.pool:
                self.pool.open()
                self.pool.putconn(self.pool.getconn(timeout=BRIEFLY))  # there is one: it may be asked for in earnest
            link = super().get_new_connection(conn_params)
        except PoolTimeout:
            if not pause.is_on():
                pause.begin()
            raise
        pause.end()
        return link

    def run_and_clear_commit_hooks(self) -> None:
        """Run what waits for the commit. What a savepoint took back has left Django's list by now."""
        if not self.run_on_commit:
            super().run_and_clear_commit_hooks()
            return
        with one_message():
            super().run_and_clear_commit_hooks()
