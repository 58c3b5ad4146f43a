"""Words: everything a person reads is Vietnamese inside gettext, with named placeholders and no interpolation before."""

import ast
import re

from tests.house.source import called, modules, name, nodes
from tests.house.test_templates import VIETNAMESE

GETTEXT = {"_", "gettext", "gettext_lazy", "gettext_noop", "pgettext", "pgettext_lazy", "ngettext", "ngettext_lazy"}
# What people type and read in the examples that kinds of questions carry with them.
EXAMPLES = {"Example", "Refusal"}
# A law is cited by its name, in every language the same.
CITATION = re.compile(r"(?:(?:NĐ|TT|QĐ|NQ) \d+/\d{4}[^;]{0,40}(?:; )?)+")
PATTERNS = {"compile", "fullmatch", "match", "search", "sub"}  # what people may type is recognised, not read to them
POSITIONAL = re.compile(r"(?<!%)%[sdif]|\{[a-z_0-9]*\}")
# Modules whose Vietnamese is data or vocabulary of the law, not a sentence of ours to a reader; each says why.
DATA: dict[str, str] = {
    "running/demo.py": "lines on a terminal, before translations are up",
    "portal/settings.py": "names of the place, the system and the language",
    "running/web.py": "two answers of the server itself, which knows no Django",
    "running/supervisor.py": "lines on a terminal, before translations are up; each says it in both languages",
    "portal/templatetags/ui.py": "the sign of the currency",
    "portal/inwords.py": "numerals",
    "portal/oldfonts.py": "letters of old fonts",
    "portal/text.py": "the alphabet",
    "dossiers/result_papers.py": "words of official papers, which exist in Vietnamese alone",
    "dossiers/signatures.py": "titles above signatures, which exist in Vietnamese alone",
    "procedures/formfields.py": "words for the currency that people type",
    "procedures/national.py": "words of the national catalogue that the import recognises",
    "procedures/search.py": "words that a search sets aside",
}
DATA_FOLDERS = ("/management/", "/scenarios/", "/catalogue/", "/seeds/", "/data/")


def _texts(path):
    for node in nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and VIETNAMESE.search(node.value):
            yield node


def _inside_gettext(node: ast.AST) -> bool:
    while node := getattr(node, "parent", None):
        if isinstance(node, ast.Call) and called(node) in GETTEXT | EXAMPLES | PATTERNS:
            return True
    return False


def _docstring(node: ast.AST) -> bool:
    return isinstance(node.parent, ast.Expr)


def test_sentences_go_through_gettext():
    raw = []
    for path in modules():
        if name(path) in DATA or any(folder in f"/{name(path)}" for folder in DATA_FOLDERS):
            continue
        raw += [
            f"{name(path)}:{node.lineno} {node.value[:50]!r}"
            for node in _texts(path)
            if not (_docstring(node) or _inside_gettext(node) or CITATION.fullmatch(node.value))
        ]
    assert raw == []


def test_exempted_modules_still_exist():
    assert [entry for entry in DATA if entry not in {name(path) for path in modules()}] == []


def test_placeholders_are_named():
    bad = []
    for path in modules():
        for node in nodes(path):
            if not (isinstance(node, ast.Call) and called(node) in GETTEXT and node.args):
                continue
            for text in node.args:
                where = f"{name(path)}:{node.lineno}"
                if isinstance(text, ast.JoinedStr | ast.BinOp):
                    bad.append(f"{where} built before translation")
                elif isinstance(text, ast.Constant) and isinstance(text.value, str) and POSITIONAL.search(text.value):
                    bad.append(f"{where} {text.value[:60]!r}")
    assert bad == []


def test_plain_gettext_with_a_number_instead_of_plurals():
    plural = [
        f"{name(path)}:{node.lineno}"
        for path in modules()
        for node in nodes(path)
        if isinstance(node, ast.Call) and called(node) in {"ngettext", "ngettext_lazy", "npgettext"}
    ]
    assert plural == []
