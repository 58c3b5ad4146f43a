"""Rows that the tests of one module read, loaded once."""

from contextlib import contextmanager

from django.db import transaction


@contextmanager
def rows_of_a_module(blocker):
    """An outer transaction for a fixture of module scope: what the body loads stays until the module's last test.

    Each test still has a transaction of its own inside, so nothing it changes reaches the next one. Only for modules
    whose tests all want these rows: they are there for every test between. Rows, not objects, are shared.
    """
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
