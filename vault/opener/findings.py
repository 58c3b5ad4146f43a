"""What opening a file may find, as short stable words that both sides of the pipe know. Their sentences: vault.opening."""

from dataclasses import dataclass, field
from enum import StrEnum


class Job(StrEnum):
    """Which of the readers a file goes to; SHEET reads what stands in an Excel file and keeps nothing of it, PAGE draws one page."""

    PDF = "pdf"
    PICTURE = "picture"
    OFFICE = "office"
    SHEET = "sheet"
    PAGE = "page"


class WhyNot(StrEnum):
    """Why a file is not taken."""

    LOCKED = "locked"
    NO_PAGE = "no_page"
    CUT = "cut"
    BROKEN = "broken"
    BROKEN_PHONE = "broken_phone"
    GIANT = "giant"
    SCRIPT = "script"
    LAUNCH = "launch"
    MACRO = "macro"
    PACKED = "packed"
    UNKNOWN = "unknown"
    TOO_HEAVY = "too_heavy"


PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS = "application/json"  # of SHEET: rows of text
# What may come out of each reader; anything else is not kept.
KEPT_AS = {Job.PDF: {PDF}, Job.PICTURE: {JPEG, PNG}, Job.OFFICE: {DOCX, XLSX}, Job.SHEET: {ROWS}, Job.PAGE: {JPEG}}


class Remark(StrEnum):
    """What was done to a file that is taken, and what the officer who opens it should know."""

    CONVERTED = "converted"
    TURNED = "turned"
    CLEANED = "cleaned"
    REDUCED = "reduced"
    BLANK = "blank"
    PRINT_LOCKED = "print_locked"
    FORM = "form"
    LINKS = "links"
    ATTACHED = "attached"
    MEDIA = "media"
    OUTSIDE = "outside"
    OBJECTS = "objects"
    UNSEEN = "unseen"


class NotTakenError(Exception):
    """The file is not taken; `facts` are numbers for the sentence."""

    def __init__(self, reason: WhyNot, **facts: int | str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


@dataclass(slots=True)
class FileFindings:
    """A file that opens: what it is, what is remarkable, and its bytes when they are to be kept instead of those sent.

    Of PAGE: how many pages there are, and as bytes the small picture and the large one, the length of the small one before.
    """

    mime: str
    remarks: set[Remark] = field(default_factory=set)
    content: bytes | None = None
    pages: int = 0
