"""Files that people send have one door: they enter by the places named here, and each of these opens them before they are kept."""

import ast
import re
import subprocess
import sys

from django.apps import apps
from django.db.models import FileField
from django.forms import BaseForm
from django.forms import FileField as FormFileField

from tests.house.source import ROOMS, ROOT, called, modules, name, nodes, templates
from vault import opening, services

# Who may take files from a request: the citizen's papers and answers, the visit at the desk and its scans, all by
# dossiers.arrivals; a sheet of targets and a bank statement, of which nothing is kept but their rows.
FROM_A_REQUEST = {"dossiers/arrivals.py", "dossiers/desk/statements.py", "reporting/target_views.py"}
PAGES = {"dossiers/citizen/filling.py", "dossiers/desk/scans.py", "dossiers/desk/visit.py"}
OPENED = {f"dossiers/services/{name}.py" for name in ("drafts", "on_behalf", "scans")}
KEPT = {"dossiers/services/drafts.py"}
# Who keeps bytes the house made itself: papers, results and drafts of them, pictures of pages that the child drew.
MADE = {f"dossiers/services/{name}.py" for name in ("opening", "paper_drafts", "printing")} | {
    "reporting/follow_up/services/reminding.py",
    "reporting/monthly/papers.py",
    "vault/pages.py",
}
FORMS = {
    "templates/dossiers/citizen/_upload.html",
    "templates/dossiers/desk/scan.html",
    "templates/dossiers/desk/statements.html",
    "templates/dossiers/desk/visit.html",
    "templates/reporting/plan_edit.html",
}
# What reads what strangers wrote runs in the child alone; zip is what an office file is.
PARSERS = {"PIL", "pypdf", "pypdfium2", "pi_heif", "zipfile", "tarfile", "openpyxl"}


def _callers(function):
    return {
        name(path)
        for path in modules()
        for node in nodes(path)
        if isinstance(node, ast.Call) and called(node) == function
    }


def _users(attribute):
    return {
        name(path)
        for path in modules()
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and node.attr == attribute
    }


def test_files_are_taken_from_a_request_in_one_place():
    assert _users("FILES") - _names_of_pages() == FROM_A_REQUEST
    assert _callers("take_each") == PAGES


def _names_of_pages():
    """Modules where FILES is a word of their own (the step of the papers), not the files of a request."""
    return {
        name(path)
        for path in modules()
        for node in nodes(path)
        if isinstance(node, ast.Assign) and "FILES" in ast.unparse(node.targets[0])
    }


def test_each_file_is_opened_before_it_is_kept():
    assert _callers("open_upload") == OPENED
    assert _callers("store_upload") == KEPT
    assert _callers("store_bytes") == MADE
    assert _callers("store_stream") == {"dossiers/services/sheet_orders.py", "reporting/exports/making.py"}
    assert _callers("keep_upload") == OPENED
    given = services.store_upload.__wrapped__.__annotations__
    assert given["opened"] is opening.OpenedFile
    assert {name(path) for path in modules() if "OpenedFile(" in path.read_text(encoding="utf-8")} == {
        "vault/opening.py"
    }


def test_bytes_are_written_by_the_vault_alone():
    keepers = {
        name(path)
        for path in modules()
        for node in nodes(path)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "keeping.keep"
    }
    assert keepers == {"vault/services.py"}


def test_no_row_and_no_form_has_a_file_of_its_own():
    columns = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in ROOMS
        for field in model._meta.get_fields()
        if isinstance(field, FileField)
    ]
    assert columns == []
    fields = {
        f"{form.__module__}.{form.__name__}"
        for form in _all_forms()
        if any(isinstance(field, FormFileField) for field in form.base_fields.values())
    }
    assert fields == set()


def _all_forms():
    waiting, found = [BaseForm], []
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__module__.split(".")[0] in ROOMS and hasattr(form, "base_fields"):
            found.append(form)
    return found


def test_the_boxes_for_files_are_those_we_know():
    asking = {name(path) for path in templates() if re.search(r'type="file"', path.read_text(encoding="utf-8"))}
    assert asking == FORMS
    sending = {name(path) for path in templates() if "multipart/form-data" in path.read_text(encoding="utf-8")}
    assert sending == FORMS


def test_what_strangers_wrote_is_parsed_in_the_child_alone():
    outside = [
        f"{name(path)}:{node.lineno}"
        for path in modules()
        for node in nodes(path)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if (getattr(node, "module", None) or alias.name).split(".")[0] in PARSERS
        and not name(path).startswith("vault/opener/")
    ]
    assert outside == []


def test_the_side_of_the_portal_loads_no_parser():
    program = f"import django; django.setup(); import vault.services; print(set({sorted(PARSERS)}) & set(__import__('sys').modules))"
    settings = {"DJANGO_SETTINGS_MODULE": "portal.settings_test", "VAR_DIR": str(ROOT / "var" / "test")}
    away = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=ROOT,
        env={**settings, **away},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {"pypdf", "pypdfium2", "pi_heif"} & set(re.findall(r"\w+", done.stdout))
