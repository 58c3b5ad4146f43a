"""Tables of the aggregate. Django finds them here; other code imports from the defining module."""

from dossiers.models.appearance import Appearance
from dossiers.models.attachment import Attachment
from dossiers.models.call import Call
from dossiers.models.clock import CalendarDecision, ClockSegment, ClockWarning, TouchedPromise
from dossiers.models.consultation import Consultation
from dossiers.models.correction import TimeCorrection
from dossiers.models.counter import Counter
from dossiers.models.dirty import DirtyDossier
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent, EventText
from dossiers.models.handover import HandoverRow, HandoverSheet
from dossiers.models.lists import AssignRule, SavedView
from dossiers.models.money import (
    BankLine,
    BankMatch,
    BankStatement,
    CashDay,
    CashHandover,
    CashSettlement,
    FeeOffice,
    Payment,
    ReceiptEnd,
)
from dossiers.models.paper_check import PaperCheck
from dossiers.models.paper_draft import PaperDraft, PaperReview
from dossiers.models.result import PrintedForm, Result, Supplement
from dossiers.models.seal import Seal, SealExport, SealRow, SealStamp, Unsealed
from dossiers.models.sheet_order import SheetOrder
from dossiers.models.work import WorkItem

__all__ = [
    "Appearance",
    "AssignRule",
    "Attachment",
    "BankLine",
    "BankMatch",
    "BankStatement",
    "CalendarDecision",
    "Call",
    "CashDay",
    "CashHandover",
    "CashSettlement",
    "ClockSegment",
    "ClockWarning",
    "Consultation",
    "Counter",
    "DirtyDossier",
    "Dossier",
    "DossierEvent",
    "EventText",
    "FeeOffice",
    "HandoverRow",
    "HandoverSheet",
    "PaperCheck",
    "PaperDraft",
    "PaperReview",
    "Payment",
    "PrintedForm",
    "ReceiptEnd",
    "Result",
    "SavedView",
    "Seal",
    "SealExport",
    "SealRow",
    "SealStamp",
    "SheetOrder",
    "Supplement",
    "TimeCorrection",
    "TouchedPromise",
    "Unsealed",
    "WorkItem",
]
