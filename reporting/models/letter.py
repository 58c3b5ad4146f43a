"""Letters that remind a unit of what it missed: numbered in the year's book of the authority, kept as printed."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal import columns
from portal.models import Stamped
from reporting.enums import LetterState
from reporting.models.follow_up import Shortfall
from reporting.models.target import never_emptied
from vault.models import StoredFile


class ReminderLetter(Stamped):
    """One letter about a miss: drafted by one person of home affairs, issued by another, then unchangeable."""

    shortfall = models.ForeignKey(Shortfall, models.PROTECT, verbose_name=_("giải trình"), related_name="letters")
    state = columns.Line(_("tình trạng"), max_length=12, choices=LetterState.choices, default=LetterState.DRAFT)
    subject = columns.Line(_("trích yếu"), max_length=300)
    words = columns.Lines(_("nội dung"))
    revision = models.PositiveIntegerField(default=1)  # two tabs on one draft: the second save is told
    written_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("người soạn"), related_name="+")
    editors = columns.Json(default=list)  # ids of everybody who wrote in it: none of them issues it
    issued_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("người ký"), null=True, blank=True, related_name="+"
    )
    issued_at = models.DateTimeField(_("phát hành lúc"), null=True, blank=True)
    signer_name = columns.Line(_("họ tên người ký lúc đó"), max_length=200, blank=True)
    signer_post = columns.Line(_("chức trách người ký lúc đó"), max_length=200, blank=True)
    to_name = columns.Line(_("gửi cho, họ tên lúc đó"), max_length=200, blank=True)
    to_post = columns.Line(_("gửi cho, chức trách lúc đó"), max_length=200, blank=True)
    told = columns.Line(_("đã báo cho"), max_length=600, blank=True, db_default="")
    number = columns.Line(_("số, ký hiệu"), max_length=80, blank=True)
    book = columns.Line(max_length=90, blank=True)
    book_year = models.PositiveSmallIntegerField(null=True, blank=True)
    book_number = models.PositiveIntegerField(null=True, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-pk"]
        verbose_name = _("văn bản nhắc")
        verbose_name_plural = _("các văn bản nhắc")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shortfall"], condition=Q(state=LetterState.DRAFT), name="letter_one_draft_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["book", "book_year", "book_number"],
                condition=Q(book_number__isnull=False),
                name="letter_number_once",
            ),
            models.CheckConstraint(condition=~Q(written_by=F("issued_by")), name="letter_four_eyes"),
            models.CheckConstraint(
                condition=Q(state=LetterState.ISSUED, issued_at__isnull=False, book_number__isnull=False)
                | (~Q(state=LetterState.ISSUED) & Q(issued_at__isnull=True, book_number__isnull=True)),
                name="letter_state",
            ),
        ]
        triggers: ClassVar = [
            # Issued, it only gets its file, once.
            pgtrigger.Trigger(
                name="issued_letter_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="draft"),
                func="""
                IF OLD.state = 'dropped' OR OLD.file_id IS NOT NULL OR NEW.state <> OLD.state
                   OR (OLD.subject, OLD.words, OLD.number, OLD.issued_at, OLD.to_name, OLD.told, OLD.signer_name) IS DISTINCT FROM
                      (NEW.subject, NEW.words, NEW.number, NEW.issued_at, NEW.to_name, NEW.told, NEW.signer_name) THEN
                    RAISE EXCEPTION 'an issued letter stays as it is';
                END IF;
                RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="letter_never_deleted", operation=pgtrigger.Delete),
            never_emptied("letter_never_emptied"),
        ]

    def __str__(self) -> str:
        return self.number or self.subject
