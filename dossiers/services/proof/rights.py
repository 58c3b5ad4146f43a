"""The rights of the application's database role against their declaration."""

from collections.abc import Iterator

from django.conf import settings

from dossiers.services.proof.findings import Finding, fault, note
from portal import rights


def grants() -> Iterator[Finding]:
    """What the application may do to the ledger beyond adding to it. The demo owns its database, and it is said."""
    name = rights.application().name or rights.connected_as()
    if settings.DEMO and rights.is_administrator(name):
        yield note(
            f"demo: the application connects as {name}, who may change everything; in production this is a fault"
        )
        return
    for text in rights.wrong_grants(name):
        yield fault(f"wrong grants: {text} (manage.py grant_application)")
