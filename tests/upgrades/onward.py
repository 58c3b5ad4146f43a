"""Goes on with what an older version left under way: every open dossier to its end, through the services, with real papers.

`python -m tests.upgrades.onward` in a restored and migrated installation; prints what became of each as JSON.
"""

import io
import json
import os
import sys
from datetime import UTC, datetime
from types import SimpleNamespace

import django
import time_machine

BEGIN = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)  # half past ten in Vietnam, after the facts were read


class Onward:
    """One installation, its people, and the ways to an end."""

    def __init__(self):
        from accounts.models import Membership, User
        from dossiers.models.dossier import Dossier

        self.dossiers = Dossier
        rows = Membership.objects.select_related("user", "unit").order_by("pk")
        people = {row.role: row.user for row in rows}
        places = {row.role: row.unit for row in rows}
        citizen = User.objects.get(pk=Dossier.objects.filter(account__isnull=False).first().account_id)
        self.house = SimpleNamespace(
            people=people,
            center=places["receptionist"],
            office=places["officer"],
            ward=places["signer"],
            citizen=citizen,
        )

    def now(self, pk):
        return self.dossiers.objects.get(pk=pk)

    def by(self, role):
        return self.house.people[role]

    # ── ways ─────────────────────────────────────────────────────────────────────────────────────

    def to_the_end(self, pk, decision="grant"):
        """Each step by its people, whichever comes next, until the dossier is over."""
        for _step in range(20):
            dossier = self.now(pk)
            if not self.one_step(dossier, decision):
                return
        raise AssertionError(f"dossier {pk} comes to no end: {self.now(pk).state}")

    def one_step(self, dossier, decision):
        from dossiers.enums import FINAL_STATES, State
        from dossiers.services import submission

        pk = dossier.pk
        if dossier.state in FINAL_STATES:
            return False
        if dossier.state == State.DRAFT:
            submission.submit(dossier_id=pk, by=dossier.account)
        elif dossier.state in {State.INTAKE_FIX, State.SUPPLEMENT}:
            submission.answer_supplement(dossier_id=pk, by=dossier.account, answer="Đã chụp lại.")
        else:
            self.staff_step(dossier, decision)
        return True

    def staff_step(self, dossier, decision):
        from dossiers.enums import State
        from dossiers.services import decision as deciding
        from dossiers.services import desk, results
        from tests import houses

        pk, item = dossier.pk, dossier.work_items.filter(closed_at=None).order_by("pk").first()
        assert item is not None, f"dossier {pk} ({dossier.state}) lies with nobody"
        officer = self.by("officer")
        steps = {
            "intake": lambda: desk.forward(dossier_id=pk, by=self.by("receptionist")),
            "assign": lambda: desk.assign(dossier_id=pk, by=self.by("unit_head"), officer_id=officer.pk),
            "appraise": lambda: houses.proposed(dossier_id=pk, by=officer, decision=decision),
            "review": lambda: deciding.approve(dossier_id=pk, by=self.by("unit_head")),
            "sign": lambda: deciding.approve(dossier_id=pk, by=self.by("signer")),
            "stamp": lambda: results.issue(dossier_id=pk, by=self.by("clerk")),
            "return": lambda: results.return_to_citizen(dossier_id=pk, by=self.by("returner"), handed_to="Người nhận"),
        }
        if dossier.state == State.SUBMITTED:
            steps["intake"] = lambda: desk.receive(dossier_id=pk, by=self.by("receptionist"))
        steps[item.kind]()

    def asked_and_answered(self, pk):
        """Asked for more on a paper; the applicant answers, and it goes on to its result."""
        from tests import houses

        while self.now(pk).work_items.filter(closed_at=None).first().kind != "appraise":
            self.staff_step(self.now(pk), "grant")
        houses.asked(self.house, self.now(pk))
        self.to_the_end(pk)

    def withdrawn(self, pk):
        """Taken back by the applicant, agreed to on a paper."""
        from dossiers.services import submission
        from tests import houses

        submission.request_withdrawal(dossier_id=pk, by=self.now(pk).account, reason="Không cần nữa.")
        houses.let_withdraw(self.house, self.now(pk))

    def refused(self, pk):
        self.to_the_end(pk, "refuse")


def named(dossier):
    """The first person whom the page names for each open step, and that what it says is so."""
    from accounts.models import User
    from dossiers import loading, queries
    from dossiers.enums import WAITING_STATES, Action
    from dossiers.services import stuck

    loading.with_parties(dossier)
    work, past = list(queries.open_work(dossier.pk)), queries.past_events(dossier.pk)
    assert work, f"dossier {dossier.pk} ({dossier.state}) lies with nobody"
    for way in stuck.ways_of(dossier, work, past).values():
        assert not way.is_stuck, (dossier.pk, dossier.state, way)
        first = way.heads[0] if way.needs_head else way.doers[0]
        may = set(queries.allowed_actions(dossier, User.objects.get(pk=first.user_id), work=work, past=past))
        assert dossier.state in WAITING_STATES or may - {Action.TAKE, Action.RELEASE, Action.RECALL}, (dossier.pk, way)
    return len(work)


def papers(pks):
    """Every paper of these dossiers, read back from the vault: a PDF that bears its number."""
    import pypdf

    from dossiers.models.result import PrintedForm
    from vault import keeping

    count = 0
    for form in PrintedForm.objects.filter(dossier_id__in=pks).select_related("file"):
        assert form.file is not None, f"paper {form.pk} ({form.name}) has no file"
        with keeping.opened(form.file) as source:
            pages = pypdf.PdfReader(io.BytesIO(source.read())).pages
        text = "".join("".join(page.extract_text() for page in pages).split())
        assert not form.number or "".join(form.number.split()) in text, (form.pk, form.name, form.number)
        count += 1
    return count


def go_on():
    """Ask who can act on each open dossier, then take each to another end."""
    from dossiers import tasks
    from dossiers.enums import FINAL_STATES, State
    from dossiers.models.dossier import Dossier

    onward = Onward()
    tasks.make_missing_draft_files()  # beat does: what was decided before papers were drafts gets number and file
    found = list(Dossier.objects.exclude(state__in=FINAL_STATES).order_by("pk"))
    for dossier in found:
        if dossier.state != State.DRAFT:
            named(dossier)
    ways = {
        "processing": [onward.withdrawn, onward.to_the_end],
        "accepted": [onward.asked_and_answered, onward.refused],
    }
    became = {}
    for dossier in found:
        before = str(dossier.state)
        at_clerk = dossier.work_items.filter(closed_at=None, kind="stamp").exists()
        rest = ways.get(before) if not at_clerk else None
        way = rest.pop(0) if rest else onward.to_the_end
        way(dossier.pk)
        became[str(dossier.pk)] = [before, str(onward.now(dossier.pk).state)]
    return {"became": became, "papers": papers([dossier.pk for dossier in found])}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings_test")
    django.setup()
    with time_machine.travel(BEGIN, tick=False):
        said = go_on()
    json.dump(said, sys.stdout, ensure_ascii=False, indent=1, sort_keys=True)
