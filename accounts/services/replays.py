"""Letting work that is stuck be tried again: by whom, of which kind, is written down. Called by the administration's pages."""

from django.contrib.admin.models import CHANGE

from accounts.models import User
from accounts.services.audit import record
from portal import sweeps
from portal.models import SweepTry


def replay(*, by: User, code: str, key: str = "") -> int:
    """Try one row of a sweep again, or all of its rows that are set aside (no key); gives how many. LookupError: no such sweep."""
    sweep = sweeps.SWEEPS[code]
    done = sweeps.replay(sweep, [key] if key else None)
    # The row may stand in any table, so the record names sweep and key.
    record(by=by, flag=CHANGE, thing=SweepTry(), event="sweep.replayed", sweep=code, key=key or "all", rows=done)
    return done
