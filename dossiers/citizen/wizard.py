"""Finding one's way through a draft: which pages there are, where one stands, what comes next. Reads only."""

from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.validators import citizen_id_doubts
from dossiers import answers
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.queries import fetch_files, live_attachments
from dossiers.services.submission import INFECTED
from dossiers.services.terms import papers_for
from portal import clock
from procedures import formspec
from procedures.enums import PaperKind
from procedures.fieldkinds.table import TableSpec
from procedures.formspec import StepForm, StepSpec
from procedures.models import RequiredPaper
from vault.enums import ScanState
from vault.models import VaultItem
from vault.queries import mine

FILES, CHECK = "giay-to", "kiem-tra"
TASK_LIST_FROM = 5  # GOV.UK: a task list when there are more than four steps


@dataclass(frozen=True, slots=True)
class WizardPage:
    """One page of the wizard."""

    key: str
    label: str
    url: str
    done: bool


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One paper on the files page: what it is, what is there, what the vault could give."""

    code: str
    name: str
    note: str
    required: bool
    files: list[Attachment]
    reusable: tuple[VaultItem, ...] = ()


class Wizard:
    """The pages of one draft."""

    def __init__(self, dossier: Dossier, user: User) -> None:
        self.dossier = dossier
        self.user = user
        self.spec = answers.spec_of(dossier)
        self._pages: list[WizardPage] = []
        self._own: dict[str, dict[str, Any]] = {}
        visible = {field.key for field in formspec.shown(self.spec, dossier.answers)}
        self.steps = [step for step in self.spec.steps if any(field.key in visible for field in step.fields)]

    # ── pages ──

    def pages(self) -> list[WizardPage]:
        """All pages in order: steps of the form, papers, check. Asked once."""
        if not self._pages:
            self._pages = self._all_pages()
        return self._pages

    def _all_pages(self) -> list[WizardPage]:
        whole = formspec.done_steps(self.spec, self.dossier.answers)
        found = [WizardPage(step.key, str(step.title), self.url(step.key), step.key in whole) for step in self.steps]
        if self.asked:
            # No tick before a file is there, though none may be needed: a draft then opens here, not at sending.
            done = bool(self.attached) and not self.missing_papers
            found.append(WizardPage(FILES, _("Giấy tờ kèm theo"), self.url(FILES), done))
        found.append(WizardPage(CHECK, _("Kiểm tra và gửi"), self.url(CHECK), done=False))
        return found

    def keys(self) -> list[str]:
        """Keys of all pages in order, without asking what stands on them."""
        return [*(step.key for step in self.steps), *([FILES] if self.asked else []), CHECK]

    def url(self, key: str) -> str:
        """Address of a page."""
        if key == FILES:
            return reverse("my:files", args=[self.dossier.reference])
        if key == CHECK:
            return reverse("my:check", args=[self.dossier.reference])
        return reverse("my:step", args=[self.dossier.reference, key])

    def after(self, key: str, *, from_check: bool) -> str:
        """Where "Tiếp tục" leads: back to the check page when one came from there, else to the next page."""
        if from_check:
            return self.url(CHECK)
        keys = self.keys()
        place = keys.index(key) if key in keys else -1
        return self.url(keys[min(place + 1, len(keys) - 1)])

    def before(self, key: str) -> str:
        """Where "Quay lại" leads."""
        keys = self.keys()
        place = keys.index(key) if key in keys else 0
        return self.url(keys[place - 1]) if place else self.home()

    def home(self) -> str:
        """The draft's own page."""
        return reverse("my:dossier", args=[self.dossier.reference])

    @property
    def is_long(self) -> bool:
        """Tell whether the form deserves a task list, counting steps that answers may still open."""
        return len(self.spec.steps) >= TASK_LIST_FROM

    def first(self) -> str:
        """Where a fresh draft opens: the task list of a long form, the first page of a short one."""
        return self.home() if self.is_long else self.url(self.keys()[0])

    def resume(self) -> str:
        """The first page that still lacks something."""
        return next(page.url for page in self.pages() if not page.done)

    def stepper(self, key: str) -> dict[str, Any]:
        """Context of ui/stepper."""
        pages = self.pages()
        number = next((place for place, page in enumerate(pages, start=1) if page.key == key), 1)
        steps = [
            {
                "label": page.label,
                "state": "current" if page.key == key else "done" if page.done else "todo",
                "url": page.url if page.done and page.key != key else "",
            }
            for page in pages
        ]
        return {"steps": steps, "number": number, "total": len(pages)}

    # ── questions ──

    def form(self, step: StepSpec, data: QueryDict | None = None, *, partial: bool = False, grow: str = "") -> StepForm:
        """The form of a step, prefilled from the person's own data where it is not answered yet."""
        known = {**self.dossier.answers, **self.own_data(step)}
        form_class = formspec.build_form(
            self.spec,
            step.key,
            known,
            wards=answers.wards() if step.wants_wards else (),
            masked=answers.masked_numbers(step, known),
            partial=partial,
        )
        return form_class(data, grow=grow)

    def table(self, step: StepSpec, key: str) -> TableSpec | None:
        """A table of a step by its key."""
        return next((field for field in step.fields if field.key == key and isinstance(field, TableSpec)), None)

    def is_prefilled(self, step: StepSpec) -> bool:
        """Tell whether a step shows the person's own data, so that the page can say where they come from."""
        return bool(self.own_data(step))

    def own_data(self, step: StepSpec) -> dict[str, Any]:
        """What the person's own data answer in a step, asked once."""
        if step.key not in self._own:
            self._own[step.key] = answers.prefilled(self.user, step, self.dossier.answers)
        return self._own[step.key]

    def gaps(self) -> list[dict[str, str]]:
        """What is missing over all pages, each with its address."""
        titles = {step.key: step.title for step in self.steps}
        found = [
            {
                "text": _("%(step)s: còn thiếu “%(label)s”.")
                % {"step": titles.get(gap.step_key, ""), "label": gap.label},
                "href": f"{self.url(gap.step_key)}?ve={CHECK}#div_id_{gap.key}",
            }
            for gap in formspec.missing(self.spec, self.dossier.answers)
        ]
        found += [
            {"text": _("Còn thiếu giấy tờ “%(name)s”.") % {"name": paper.name}, "href": self.url(FILES)}
            for paper in self.missing_papers
        ]
        return found + [
            {"text": str(INFECTED) % {"name": attachment.file.name}, "href": f"{self.url(FILES)}#paper_{paper.code}"}
            for paper in self.papers
            for attachment in paper.files
            if attachment.file is not None and attachment.file.scan_state == ScanState.INFECTED
        ]

    def doubts(self, step: StepSpec, given: dict[str, Any]) -> list[str]:
        """Sentences about identity numbers just typed that do not agree with a birth date; they warn, never block."""
        known = {**self.dossier.answers, **given}
        found: list[str] = []
        for field in step.fields:
            number = given.get(field.key)
            if field.kind.seals_number and isinstance(number, str) and number:
                born = known.get(field.bearer.birth_date) if field.bearer else None
                found += citizen_id_doubts(number, birth_date=born or "")
        return found

    # ── papers ──

    @cached_property
    def asked(self) -> list[RequiredPaper]:
        """Papers the case asks for or takes."""
        return papers_for(self.dossier)

    @cached_property
    def attached(self) -> dict[str, list[Attachment]]:
        """What was attached so far, by code of paper, without the files."""
        found: dict[str, list[Attachment]] = {}
        for attachment in sorted(live_attachments(self.dossier.pk, with_files=False), key=attrgetter("pk")):
            found.setdefault(attachment.paper_code, []).append(attachment)
        return found

    @cached_property
    def papers(self) -> list[PaperRow]:
        """Papers of the case with their files."""
        fetch_files([attachment for rows in self.attached.values() for attachment in rows])
        return [
            PaperRow(paper.code, paper.name, paper.form_name, _must_be_sent(paper), self.attached.get(paper.code, []))
            for paper in self.asked
        ]

    def papers_and_vault(self) -> list[PaperRow]:
        """The same with what the person's vault could give."""
        kinds = {paper.code: paper.vault_kind for paper in self.asked if paper.vault_kind}
        owned: dict[str, list[VaultItem]] = {}
        today = clock.today()
        for item in mine(self.user) if kinds else ():
            if item.expires_on is not None and item.expires_on < today:
                continue
            owned.setdefault(item.paper_kind, []).append(item)
        return [replace(row, reusable=tuple(owned.get(kinds.get(row.code, ""), ()))) for row in self.papers]

    @cached_property
    def missing_papers(self) -> list[RequiredPaper]:
        """Required papers without a file."""
        return [paper for paper in self.asked if _must_be_sent(paper) and paper.code not in self.attached]


def _must_be_sent(paper: RequiredPaper) -> bool:
    return paper.is_required and paper.kind == PaperKind.SUBMIT
