"""Opens a PDF as a browser would, counts what can be shown, and looks for what acts by itself. Runs in the child.

PDFium says whether the file opens and every page is there: it is what browsers show files with, so what it opens, people
can read. It tells little about actions; those are looked for with pypdf in every place from which a viewer runs one.
"""

import io
import re
import signal
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from typing import Any, cast

import pypdfium2
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from vault.opener.findings import PDF, FileFindings, NotTakenError, Remark, WhyNot

TAIL = 1024
LOOKING_SECONDS = 1.5  # processor time for the search for actions; what is left unseen after it is told to the officer
BLANK_UP_TO = 5  # pages of a file that is asked whether it is blank
ERROR_PASSWORD = 4

# Places that only lead back, or hold what is drawn: no viewer runs anything from there.
_QUIET = frozenset(
    {"/P", "/Pg", "/Pages", "/Dest", "/D", "/Dests", "/StructTreeRoot", "/Metadata", "/Resources", "/AP"}
    | {"/OutputIntents", "/PageLabels", "/ParentTree", "/Contents", "/Thumb", "/Popup", "/IRT", "/V", "/DR"}
)
_STUMBLES = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError, ArithmeticError)
_LINKS = frozenset({"/URI", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData"})
_MEDIA_ACTS = frozenset({"/Rendition", "/Sound", "/Movie", "/RichMediaExecute", "/GoTo3DView"})
_MEDIA = frozenset({"/RichMedia", "/3D", "/Movie", "/Sound", "/Screen"})
_FIELDS = frozenset({"/Tx", "/Ch", "/Btn"})  # a signature field is no form
_RAW_SCRIPT = re.compile(rb"/(?:JavaScript|JS)\b")
_RAW_LAUNCH = re.compile(rb"/Launch\b")
_PAGE = re.compile(rb"/Type\s*/Page\b|/ObjStm\b")
_OBJECT = re.compile(rb"\d\s+\d+\s+obj\b")


def look(data: bytes) -> FileFindings:
    """Tell about a PDF. Raises NotTakenError."""
    remarks = _shown(data)
    remarks |= _acts(data)
    return FileFindings(PDF, remarks)


# ── what can be shown ────────────────────────────────────────────────────────────────────────────


def _shown(data: bytes) -> set[Remark]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise NotTakenError(why_not(data, error)) from error
    with closing(document):
        count = len(document)
        if count == 0:
            raise NotTakenError(WhyNot.NO_PAGE)
        _every_page(document, count)
        if _goes_on_after_its_end(data):
            raise NotTakenError(WhyNot.CUT)
        return {Remark.BLANK} if count <= BLANK_UP_TO and _is_blank(document, count) else set()


def why_not(data: bytes, error: pypdfium2.PdfiumError) -> WhyNot:
    """Why PDFium does not open a file."""
    # PDFium keeps the fault of the file before when one fails without naming its own: only what is encrypted has a password.
    if getattr(error, "err_code", None) == ERROR_PASSWORD and b"/Encrypt" in data:
        return WhyNot.LOCKED
    if b"%%EOF" not in data.rstrip(b"\0\r\n\t ")[-TAIL:]:
        return WhyNot.CUT
    return WhyNot.BROKEN if _PAGE.search(data) else WhyNot.NO_PAGE


def _every_page(document: pypdfium2.PdfDocument, count: int) -> None:
    """A page that the list of pages names but the file does not hold was cut off on the way."""
    try:
        document[0].close()
        for number in range(count):
            document.get_page_size(number)
    except pypdfium2.PdfiumError as error:
        raise NotTakenError(WhyNot.CUT) from error


def _goes_on_after_its_end(data: bytes) -> bool:
    """Tell whether objects follow the last end mark: a later part began and was cut, so an older state would be shown."""
    end = data.rfind(b"%%EOF")
    return end >= 0 and _OBJECT.search(data, end) is not None


def _is_blank(document: pypdfium2.PdfDocument, count: int) -> bool:
    for number in range(count):
        with closing(document[number]) as page:
            if next(iter(page.get_objects(max_depth=1)), None) is not None or _has_annotations(page):
                return False
    return True


def _has_annotations(page: pypdfium2.PdfPage) -> bool:
    return bool(pypdfium2.raw.FPDFPage_GetAnnotCount(page.raw))


# ── what acts by itself ──────────────────────────────────────────────────────────────────────────


def _acts(data: bytes) -> set[Remark]:
    found: set[Remark] = set()
    try:
        with _time_to_look():
            reader = PdfReader(io.BytesIO(_ended(data)), strict=False)
            if reader.is_encrypted:
                found.add(Remark.PRINT_LOCKED)
                reader.decrypt("")
            for one in _dictionaries(reader):
                found |= _said_by(one)
    except (_EnoughError, PyPdfError, *_STUMBLES):
        found |= _raw(data)
    return found


def _ended(data: bytes) -> bytes:
    """The file with an end mark, which the library insists on and viewers do without."""
    return data if b"%%EOF" in data[-TAIL:] else data.rstrip(b"\0\r\n\t ") + b"\n%%EOF\n"


class _EnoughError(BaseException):
    """Processor time for the search is over. Not an Exception: the library would swallow it."""


@contextmanager
def _time_to_look() -> Iterator[None]:
    def stop(*_given: object) -> None:
        raise _EnoughError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, LOOKING_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _raw(data: bytes) -> set[Remark]:
    """What the bytes themselves say of a file that shows but cannot be looked through; the officer is told that too."""
    if _RAW_SCRIPT.search(data):
        raise NotTakenError(WhyNot.SCRIPT)
    if _RAW_LAUNCH.search(data):
        raise NotTakenError(WhyNot.LAUNCH)
    return {Remark.UNSEEN}


def _said_by(one: DictionaryObject) -> set[Remark]:
    act, kind = one.get("/S"), one.get("/Subtype")
    if "/JS" in one or act == "/JavaScript" or _scripted_form(one):
        raise NotTakenError(WhyNot.SCRIPT)
    if act == "/Launch":
        raise NotTakenError(WhyNot.LAUNCH)
    found = set()
    if act in _LINKS:
        found.add(Remark.LINKS)
    if act in _MEDIA_ACTS or kind in _MEDIA:
        found.add(Remark.MEDIA)
    if "/EmbeddedFiles" in one or "/EF" in one or kind == "/FileAttachment":
        found.add(Remark.ATTACHED)
    if "/XFA" in one or one.get("/FT") in _FIELDS:
        found.add(Remark.FORM)
    return found


def _scripted_form(one: DictionaryObject) -> bool:
    """Tell whether a form of the XFA kind carries a script of its own."""
    if "/XFA" not in one:
        return False
    forms = one["/XFA"]
    parts = [part.get_object() for part in forms] if isinstance(forms, ArrayObject) else [forms]
    return any(isinstance(part, StreamObject) and b"<script" in part.get_data() for part in parts)


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary that a viewer reaches from the catalog, from a page's own actions and from what lies on a page; pages first."""
    waiting: list[Any] = [reader.trailer["/Root"]]
    seen: set[int] = set()
    for page in reader.pages:
        if page.indirect_reference is not None:
            seen.add(page.indirect_reference.idnum)
        yield page
        waiting += _ways_on(page, {*_QUIET, "/Parent"})  # which is the list of pages; a field's is a field
    while waiting:
        value = _fresh(waiting.pop(), seen)
        if isinstance(value, DictionaryObject):
            yield value
            waiting += _ways_on(value, _QUIET)
        elif isinstance(value, ArrayObject):
            waiting += [part for part in list.__iter__(value) if _leads_on(part)]


def _ways_on(value: DictionaryObject, quiet: Collection[str]) -> list[Any]:
    return [part for name, part in dict.items(value) if name not in quiet and _leads_on(part)]


def _fresh(value: Any, seen: set[int]) -> Any:
    """The object behind a reference, the first time it is met."""
    if not isinstance(value, IndirectObject):
        return value
    if value.idnum in seen:
        return None
    seen.add(value.idnum)
    return cast("Any", value.get_object())


def _leads_on(value: Any) -> bool:
    return isinstance(value, IndirectObject | DictionaryObject | ArrayObject)
