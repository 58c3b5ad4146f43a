"""How a signed-in person is fetched for each request: by one plain statement. Named in the settings; nobody calls it."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User
from portal import rows


class AccountBackend(AuthenticationBackend):
    """The sign-in library's own backend; only the fetching of a known account is ours."""

    def get_user(self, user_id: Any) -> User | None:
        """The account, as long as it may sign in."""
        try:
            user = rows.by_key(User, user_id)
        except User.DoesNotExist:
            return None
        return user if self.user_can_authenticate(user) else None
