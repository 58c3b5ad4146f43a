"""Answers of this room's views: a page whose form was refused is a 400, so that clients and tests need not read it."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def form_page(request: HttpRequest, template: str, context: dict[str, Any], *more: forms.BaseForm) -> HttpResponse:
    """Render a page with `context["form"]` (and further forms); 400 when one of them has errors."""
    found = [context["form"]] if "form" in context else []
    refused = any(form.is_bound and form.errors for form in (*found, *more))
    return render(request, template, context, status=400 if refused else 200)
