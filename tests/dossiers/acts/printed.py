"""Prints a form for real, for the tests of acts."""

from django.template.loader import render_to_string

from dossiers import documents
from dossiers.services import printing
from vault import keeping


def printed(form):
    """Print a form for real; give what stands on it."""
    if form.file is not None:  # a draft that was issued brings its own bytes: those of the quick sheet of tests
        with keeping.opened(form.file) as stream:
            return stream.read().decode()
    assert printing.print_form(printed_form_id=form.pk)
    form.refresh_from_db()
    assert form.file.mime == "application/pdf"
    return render_to_string(documents.edition_of(form).template, documents.context(form))
