"""Our wishes towards the sign-in library."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by phone or e-mail."""
