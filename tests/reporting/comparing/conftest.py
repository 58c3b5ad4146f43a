"""Who looks at comparing pages."""

from tests.reporting.test_views import sign_in  # noqa: F401  the fixture signs in
