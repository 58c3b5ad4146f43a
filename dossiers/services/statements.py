"""Bank statements: each line that came in is kept once, and pays the dossier it names when the amount is right.

The same statement twice, or two that overlap, add nothing twice. What names no dossier, or another amount than is due, is
listed for a person. Called by the page of statements; knows no HTTP.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import OrgUnit, User
from dossiers import money
from dossiers.enums import PaymentKind, PaymentMethod
from dossiers.models.dossier import Dossier
from dossiers.models.money import BankLine, BankLineAside, BankMatch, BankStatement, Payment
from dossiers.services.payments import Taking, pay
from dossiers.statement_rows import Credit
from portal import clock
from portal.errors import UserError
from portal.templatetags.ui import money as in_words

SIGNS = re.compile(r"[^A-Z0-9]")
MATCHED = gettext_lazy("Dòng sao kê này đã được khớp.")


@dataclass(slots=True)
class Imported:
    """What became of a statement: payments confirmed, lines known before, lines for a person with why."""

    paid: list[Payment] = field(default_factory=list)
    known: int = 0
    left: list[tuple[BankLine, str]] = field(default_factory=list)


def load(*, by: User, desk: OrgUnit, name: str, lines: Iterable[Credit]) -> Imported:
    """Keep the lines of a statement and confirm what they pay, each line by itself: a refused one stops no other."""
    found = Imported()
    kept = _kept(by, desk, name, list(lines), found)
    for line in kept:
        why = _confirmed(by, line, found)
        if why:
            found.left.append((line, why))
    return found


def confirm(*, by: User, line_id: int, dossier_id: int) -> Payment:
    """Say of a line which dossier it pays, where its words do not. Raises UserError when the amount is not what is due."""
    with transaction.atomic():
        line = BankLine.objects.select_for_update(of=("self",)).get(pk=line_id)
        if BankMatch.objects.filter(line=line).exists():
            raise UserError(MATCHED)
        return _paid(by, line, dossier_id)


@transaction.atomic
def set_aside(*, by: User, line_id: int, reason: str) -> None:
    """Say of a line that it is no dossier's money: interest, another account's, a mistake. Raises UserError without a reason."""
    line = BankLine.objects.select_for_update(of=("self",)).get(pk=line_id)
    if BankMatch.objects.filter(line=line).exists():
        raise UserError(MATCHED)
    if not reason.strip():
        raise UserError(_("Hãy ghi vì sao khoản này không phải của hồ sơ nào."))
    BankLineAside.objects.get_or_create(line=line, defaults={"reason": reason, "by": by, "at": clock.now()})


@transaction.atomic
def _kept(by: User, desk: OrgUnit, name: str, lines: list[Credit], found: Imported) -> list[BankLine]:
    """The lines that no statement of the desk had before; with none of them no statement is kept."""
    digests = _told_apart(lines)
    there = BankLine.objects.filter(unit=desk, digest__in=digests).values_list("digest", flat=True)
    new = [digest for digest in digests if digest not in set(there)]
    found.known = len(lines) - len(new)
    if not new:
        return []
    statement = BankStatement.objects.create(unit=desk, name=name[:200], imported_by=by, imported_at=clock.now())
    BankLine.objects.bulk_create(
        [
            BankLine(
                statement=statement,
                unit=desk,
                booked_on=digests[digest].booked_on,
                amount=digests[digest].amount,
                reference=digests[digest].reference[:80],
                words=digests[digest].words[:500],
                digest=digest,
            )
            for digest in new
        ],
        ignore_conflicts=True,  # the same file sent twice at once
    )
    return list(statement.lines.order_by("pk"))


def _told_apart(lines: Iterable[Credit]) -> dict[str, Credit]:
    """Lines by what makes two of them the same: the bank's own number where it gives one, else day, amount and words.

    Without a number two alike of one day are two transfers: the second of a statement is the second of any other.
    """
    found: dict[str, Credit] = {}
    alike: Counter[tuple[date, int, str]] = Counter()
    for credit in lines:
        key = (credit.booked_on, credit.amount, credit.reference or credit.words)
        alike[key] += 1
        parts = [credit.booked_on.isoformat(), *map(str, key[1:])]
        if not credit.reference and alike[key] > 1:
            parts.append(str(alike[key]))
        found[hashlib.sha256("|".join(parts).encode()).hexdigest()] = credit
    return found


def _confirmed(by: User, line: BankLine, found: Imported) -> str:
    """Confirm what a line pays; else why a person must look at it."""
    dossier = _named(line)
    if dossier is None:
        return _("Nội dung không có mã hồ sơ của quầy này.")
    noted = _noted_before(line, dossier)
    if noted is not None:
        BankMatch.objects.create(line=line, payment=noted)
        found.paid.append(noted)
        return ""
    owed = money.owed(dossier)
    if owed != line.amount:
        return _("Hồ sơ %(code)s còn phải nộp %(owed)s, sao kê ghi %(amount)s.") % {
            "code": dossier.code or dossier.reference,
            "owed": in_words(owed),
            "amount": in_words(line.amount),
        }
    try:
        with transaction.atomic():
            found.paid.append(_paid(by, line, dossier.pk))
    except UserError as error:
        return str(error.message)
    return ""


def _paid(by: User, line: BankLine, dossier_id: int) -> Payment:
    reference = line.reference or f"SK{line.pk}"
    taking = Taking(dossier_id, line.amount, PaymentMethod.TRANSFER, reference=reference)
    payment = pay(by=by, taking=taking)
    BankMatch.objects.create(line=line, payment=payment)
    return payment


def _named(line: BankLine) -> Dossier | None:
    """The dossier of the desk that the words name: banks drop points, hyphens and small letters."""
    said = SIGNS.sub("", line.words.upper())
    owing = money.queue([line.unit]).only("pk", "code", "reference", "fee_due", "fee_paid", "state")
    paid = Dossier.objects.filter(payments__amount=line.amount, payments__method=PaymentMethod.TRANSFER)
    rows = [*owing, *paid.filter(receiving_unit=line.unit, payments__bank_match=None).distinct()]
    found = {row.pk: row for row in rows if SIGNS.sub("", money.purpose_of(row).upper()) in said}
    return next(iter(found.values())) if len(found) == 1 else None


def _noted_before(line: BankLine, dossier: Dossier) -> Payment | None:
    """The transfer that a clerk noted by hand before the statement came."""
    rows = dossier.payments.filter(kind=PaymentKind.PAID, method=PaymentMethod.TRANSFER, amount=line.amount)
    return rows.filter(bank_match=None).order_by("pk").first()
