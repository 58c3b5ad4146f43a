"""Columns of text: what is written passes the door of portal.text, so that no row holds text in two forms.

Every room's models take their text columns from here (a test of the house holds it). For the database, for migrations and for type
checkers they are Django's own. A request lets text through already; this is for what comes by a file, a worker or a shell,
and for the values that a search compares with.
"""

from typing import TYPE_CHECKING, Any

from django.db import models

from portal.text import through, through_all

__all__ = ["Email", "Json", "Line", "Lines", "Slug", "let_through"]


def let_through(row: models.Model, name: str, value: Any) -> Any:
    """Let the text of a value through the door on its way into a row; the instance keeps what the row will hold."""
    seen = through_all(value)
    if seen != value:
        setattr(row, name, seen)
    return seen


if TYPE_CHECKING:
    from django.db.models import CharField as Line
    from django.db.models import EmailField as Email
    from django.db.models import JSONField as Json
    from django.db.models import SlugField as Slug
    from django.db.models import TextField as Lines
else:

    class _Text:
        """What the columns of text share."""

        def get_prep_value(self, value: Any) -> Any:
            """Let the value through the door, on its way into a row or a comparison."""
            value = super().get_prep_value(value)
            return through(value) if type(value) is str else value

        def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001  Django's own signature
            """Keep on the instance what the row will hold."""
            return let_through(model_instance, self.attname, super().pre_save(model_instance, add))

        def deconstruct(self) -> Any:
            """Stand in migrations as the column of Django that it is for the database."""
            name, _path, args, kwargs = super().deconstruct()
            return name, self.known_as, args, kwargs

    class Line(_Text, models.CharField):
        """One line of text."""

        known_as = "django.db.models.CharField"

    class Lines(_Text, models.TextField):
        """Text of any length."""

        known_as = "django.db.models.TextField"

    class Slug(_Text, models.SlugField):
        """A code for addresses."""

        known_as = "django.db.models.SlugField"

    class Email(_Text, models.EmailField):
        """An address of mail."""

        known_as = "django.db.models.EmailField"

    class Json(models.JSONField):
        """A JSON value, of which every text passes the door."""

        def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002  Django's own
            """Let the texts inside through the door."""
            return super().get_db_prep_value(through_all(value), connection, prepared)

        def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001  Django's own signature
            """Keep on the instance what the row will hold."""
            return let_through(model_instance, self.attname, super().pre_save(model_instance, add))

        def deconstruct(self) -> Any:
            """Stand in migrations as Django's own."""
            name, _path, args, kwargs = super().deconstruct()
            return name, "django.db.models.JSONField", args, kwargs
