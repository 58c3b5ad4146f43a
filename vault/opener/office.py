"""Opens a Word or Excel file by its parts and what they say they are. Runs in the child.

What a part is called proves nothing: macros are found by declared type, by relation and by the bytes of the part.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from vault.opener.findings import DOCX, XLSX, FileFindings, NotTakenError, Remark, WhyNot

MAIN = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
MAIN_TYPES = {"wordprocessingml.document.main+xml": DOCX, "spreadsheetml.sheet.main+xml": XLSX}
OFFICE_XML = re.compile(r"openxmlformats-officedocument.*\+xml$", re.IGNORECASE)
TYPES = "[Content_Types].xml"
XML = (".xml", ".rels")

MAX_ENTRIES = 2_000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 200  # text in a sheet packs 20 to 60 times, a bomb a thousand times
PIECE = 256 * 1024

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_VBA = "_VBA_PROJECT".encode("utf-16-le")
# What types and relations call macros: of Word and Excel, and the sheets of formulas that Excel 4 ran as macros.
_MACRO = re.compile(r"vbaproject|vbadata|macroenabled|macrosheet|intlmacro|activex", re.IGNORECASE)
_QUIET_LINK = re.compile(r"/hyperlink$")
_DDE = re.compile(r"\bDDE(?:AUTO)?\b", re.IGNORECASE)
_FIELD_KEPT = 100  # signs of what a field says so far: its first word may stand in several pieces


def look(data: bytes) -> FileFindings:
    """Tell about a Word or Excel file. Raises NotTakenError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _archive(archive)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, RuntimeError, zlib.error) as error:
        raise NotTakenError(WhyNot.CUT if b"PK\x05\x06" not in data[-70_000:] else WhyNot.BROKEN) from error


def _archive(archive: zipfile.ZipFile) -> FileFindings:
    entries = archive.infolist()
    _refuse_bomb(entries)
    names = {entry.filename for entry in entries}
    if TYPES not in names:
        raise NotTakenError(WhyNot.UNKNOWN)
    mime = next((mime for part, mime in MAIN.items() if part in names), "")
    left, remarks = MAX_UNPACKED, set()
    for entry in entries:
        part = _read(archive, entry, left)
        left -= part.size
        remarks |= part.remarks
        mime = mime or part.main_type
    if not mime:
        raise NotTakenError(WhyNot.UNKNOWN)
    return FileFindings(mime, remarks)


def _refuse_bomb(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if any(entry.flag_bits & 1 for entry in entries):
        raise NotTakenError(WhyNot.LOCKED)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or unpacked / packed > MAX_RATIO:
        raise NotTakenError(WhyNot.PACKED)


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> "_Part":
    """Read one part to its end, its check sum with it."""
    if _MACRO.search(entry.filename):
        raise NotTakenError(WhyNot.MACRO)
    part = _Part(entry.filename)
    for piece in _pieces(archive, entry):
        part.size += len(piece)
        if part.size > left:
            raise NotTakenError(WhyNot.PACKED)  # more comes out than the list of parts said
        part.feed(piece)
    part.end()
    return part


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as stream:
        while piece := stream.read(PIECE):
            yield piece


class _Part:
    """One part as it is unpacked: XML is parsed, anything else is asked whether it is a document of Office inside."""

    def __init__(self, name: str) -> None:
        self.remarks: set[Remark] = set()
        self.size, self.main_type = 0, ""
        self._says_types = name == TYPES
        self._says_relations = name.lower().endswith(".rels")
        self._is_main = name in MAIN
        self._parser = self._xml() if name.lower().endswith(XML) else None
        self._head, self._tail = b"", b""
        self._in_field, self._field = False, ""

    def _xml(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._begun
        parser.EndElementHandler = self._ended
        parser.CharacterDataHandler = self._text
        return parser

    def feed(self, piece: bytes) -> None:
        if self._parser is None:
            self._binary(piece)
            return
        try:
            self._parser.Parse(piece, False)
        except expat.ExpatError as error:
            self._broken(error)

    def end(self) -> None:
        if self._parser is None:
            return
        try:
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            self._broken(error)

    def _broken(self, error: Exception) -> None:
        """A part that cannot be read matters where the page itself, or what is in the file, stands in it."""
        if self._is_main or self._says_types or self._says_relations:
            raise NotTakenError(WhyNot.BROKEN) from error
        self._parser = None

    def _binary(self, piece: bytes) -> None:
        if len(self._head) < len(_OLE):
            self._head = (self._head + piece)[: len(_OLE)]
        if self._head != _OLE:
            return
        self.remarks.add(Remark.OBJECTS)
        if _VBA in self._tail + piece:
            raise NotTakenError(WhyNot.MACRO)
        self._tail = piece[-len(_VBA) :]

    def _doctype(self, *_given: object) -> None:
        raise NotTakenError(WhyNot.PACKED)  # Office writes none; what it is for here is to swell or to fetch

    def _begun(self, name: str, given: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "ddeLink":
            raise NotTakenError(WhyNot.MACRO)
        self._in_field = tag == "instrText"
        if tag == "fldChar":  # a field begins or ends
            self._field = ""
        if tag == "fldSimple":
            self._refuse_dde(" ".join(given.values()))
        if self._says_types:
            self._type(given.get("ContentType", ""), given.get("PartName") or f".{given.get('Extension')}")
        if self._says_relations:
            self._relation(given)

    def _type(self, said: str, part: str) -> None:
        """What is drawn, under a name by which nobody looks for fields in it, is hidden on purpose."""
        if _MACRO.search(said) or (OFFICE_XML.search(said) and not part.lower().endswith(XML)):
            raise NotTakenError(WhyNot.MACRO)
        self.main_type = self.main_type or next((mime for end, mime in MAIN_TYPES.items() if said.endswith(end)), "")

    def _relation(self, given: dict[str, str]) -> None:
        kind = given.get("Type", "")
        if _MACRO.search(kind.rpartition("/")[2]):
            raise NotTakenError(WhyNot.MACRO)
        if given.get("TargetMode", "").lower() == "external":
            self.remarks.add(Remark.LINKS if _QUIET_LINK.search(kind) else Remark.OUTSIDE)

    def _ended(self, _name: str) -> None:
        self._in_field = False

    def _text(self, text: str) -> None:
        if self._in_field:
            self._field = (self._field + text)[-_FIELD_KEPT - len(text) :]
            self._refuse_dde(self._field)

    def _refuse_dde(self, said: str) -> None:
        if _DDE.search(said):
            raise NotTakenError(WhyNot.MACRO)
