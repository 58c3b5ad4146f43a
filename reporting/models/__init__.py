"""Tables of reporting: targets, counted months, and what the ledger says about each dossier, what others measured."""

from reporting.models.closed import ClosedField, ClosedProcedure, ClosedService, ClosedTarget, ClosedUnit, ClosedVerdict
from reporting.models.export import ListExport
from reporting.models.fact import ClosedFact, DirtyMonth, FactDossier, PromiseFact, TransferFact
from reporting.models.follow_up import FollowedMonth, MeetingMinutes, Remedy, Shortfall, ShortfallAct, TargetReceipt
from reporting.models.letter import ReminderLetter
from reporting.models.measure import ExternalMeasure
from reporting.models.open_file import OpenFile
from reporting.models.paper import MonthPaper
from reporting.models.run import CloseOrder, FigureFault, Run, Snapshot
from reporting.models.sample import IntegrityCase, IntegrityMark, IntegritySample
from reporting.models.target import Target, TargetPlan

__all__ = [
    "CloseOrder",
    "ClosedFact",
    "ClosedField",
    "ClosedProcedure",
    "ClosedService",
    "ClosedTarget",
    "ClosedUnit",
    "ClosedVerdict",
    "DirtyMonth",
    "ExternalMeasure",
    "FactDossier",
    "FigureFault",
    "FollowedMonth",
    "IntegrityCase",
    "IntegrityMark",
    "IntegritySample",
    "ListExport",
    "MeetingMinutes",
    "MonthPaper",
    "OpenFile",
    "PromiseFact",
    "Remedy",
    "ReminderLetter",
    "Run",
    "Shortfall",
    "ShortfallAct",
    "Snapshot",
    "Target",
    "TargetPlan",
    "TargetReceipt",
    "TransferFact",
]
