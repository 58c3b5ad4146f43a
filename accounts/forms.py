"""Forms of the accounts room."""

from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import SignupForm as AllauthSignupForm


class SignupForm(AllauthSignupForm):
    """Sign-up."""


class LoginForm(AllauthLoginForm):
    """Sign-in."""
