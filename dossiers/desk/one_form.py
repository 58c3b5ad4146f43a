"""The frame of a page that is one form with one act: asked, refused with what was typed, or done.

Called by pages of the desk that are about no dossier (names, reopening).
"""

from collections.abc import Callable

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.errors import UserError

BAD, CONFLICT = 400, 409


def answered(request: HttpRequest, template: str, form: Form, act: Callable[[], HttpResponse]) -> HttpResponse:
    """The empty form, the form with what is wrong with it, or what `act` answers; a UserError of it stands at its field."""

    def page(status: int) -> HttpResponse:
        return render(request, template, {"form": form, "has_errors": bool(form.errors)}, status=status)

    if request.method != "POST":
        return page(200)
    if not form.is_valid():
        return page(BAD)
    try:
        return act()
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return page(CONFLICT)
