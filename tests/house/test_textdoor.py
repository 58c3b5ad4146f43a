"""The door for text: every column that holds text, every JSON value and every field of a request goes through it."""

import pytest
from allauth.account import forms as allauth_forms
from django import forms
from django.apps import apps
from django.db import connection, models

from portal import columns
from portal.middleware import SECRETS
from tests.house.source import ROOMS

DIRTY = "a\u200b\u00d0\u00a0b\ufeff"
CLEAN = "aĐ b"
# Columns that Django's own base classes bring along: digests of secrets, names of its own.
FOREIGN = {"accounts.User.password"}


def _columns():
    return [
        pytest.param(model, field, id=f"{model._meta.label}.{field.name}")
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in ROOMS
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and f"{model._meta.label}.{field.name}" not in FOREIGN
    ]


@pytest.mark.parametrize(("model", "field"), _columns())
def test_each_column_of_text_is_one_that_lets_text_through(model, field):
    assert isinstance(field, columns.Line | columns.Lines | columns.Slug | columns.Email | columns.Json), model


@pytest.mark.parametrize(("model", "field"), _columns())
def test_what_a_row_and_a_comparison_get_is_clean(model, field):
    value, wanted = ({"k": [DIRTY]}, {"k": [CLEAN]}) if isinstance(field, models.JSONField) else (DIRTY, CLEAN)
    row = model(**{field.attname: value})
    assert field.pre_save(row, add=True) == wanted
    assert getattr(row, field.attname) == wanted
    written = field.get_db_prep_value(value, connection)
    assert getattr(written, "obj", written) == wanted


def test_only_fields_of_secrets_pass_a_request_as_they_were_typed():
    secret = {
        name
        for form in vars(allauth_forms).values()
        if isinstance(form, type) and issubclass(form, forms.BaseForm)
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field.widget, forms.PasswordInput)
    }
    assert secret <= SECRETS
