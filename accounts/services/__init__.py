"""Verbs of the accounts room, by subject: parties, staff, units, calendars. Callers import them from here."""

from accounts.services.calendars import drop_calendar, put_day, remove_day, set_hours
from accounts.services.closings import order_closing, prepare_closing
from accounts.services.covers import end_cover, set_cover
from accounts.services.ends import lock_account, revoke_role, unlock_account
from accounts.services.facts import PartyFacts
from accounts.services.look_ups import log_look_up
from accounts.services.names import OtherNameError, confirm_name_change
from accounts.services.parties import (
    find_or_create_party,
    hold_numbers,
    link_identity,
    log_read,
    log_reads,
    own_party,
    register,
    update_party,
)
from accounts.services.reopening import reopen_account
from accounts.services.staff import create_staff, grant_role, reset_mfa, set_office
from accounts.services.units import close_unit, create_unit, edit_unit, set_successors

__all__ = [
    "OtherNameError",
    "PartyFacts",
    "close_unit",
    "confirm_name_change",
    "create_staff",
    "create_unit",
    "drop_calendar",
    "edit_unit",
    "end_cover",
    "find_or_create_party",
    "grant_role",
    "hold_numbers",
    "link_identity",
    "lock_account",
    "log_look_up",
    "log_read",
    "log_reads",
    "order_closing",
    "own_party",
    "prepare_closing",
    "put_day",
    "register",
    "remove_day",
    "reopen_account",
    "reset_mfa",
    "revoke_role",
    "set_cover",
    "set_hours",
    "set_office",
    "set_successors",
    "unlock_account",
    "update_party",
]
