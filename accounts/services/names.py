"""Names of proven parties: another name under a proven number is stopped, and a head of desk confirms a change of name."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import PartyKind, Role
from accounts.models import NameChange, Party, User
from accounts.queries import roles_in
from accounts.services.facts import PartyFacts, checked
from portal.db import advisory_lock
from portal.errors import UserError
from portal.text import clean, fold, name_sort_key, sort_key


class OtherNameError(UserError):
    """The number was proven for somebody of another name; a mistyped number, or a change of name to be confirmed."""

    default_message = _(
        "Số này đã được đối chiếu với một họ tên khác. Vui lòng kiểm tra lại số và họ tên trên giấy tờ. "
        "Nếu người này đã đổi tên, trưởng Bộ phận Một cửa xác nhận việc đổi tên rồi mới tiếp nhận được."
    )


def refuse_other_name(party: Party, name: str) -> None:
    """Raise OtherNameError unless `name` is the party's, accents aside. Only where the person's papers were seen."""
    if party.search_name != fold(name):
        raise OtherNameError(field="full_name")


@transaction.atomic
def confirm_name_change(*, by: User, unit_id: int, facts: PartyFacts, basis: str) -> NameChange:
    """Give a proven party its new name. `facts` tell kind, number and new name; `basis` names the paper that proves it.

    Raises UserError when `by` heads no desk there, the number is not proven, or the name is the same as before.
    """
    if Role.DESK_HEAD not in roles_in(by, unit_id):
        raise UserError(_("Việc đổi tên do trưởng Bộ phận Một cửa xác nhận."))
    facts = checked(facts)
    basis = clean(basis)
    if not basis:
        raise UserError(_("Hãy ghi giấy tờ chứng minh việc đổi tên: loại, số, ngày, nơi cấp."), field="basis")
    with advisory_lock(f"party:{facts.index}"):
        party = _proven(facts)
        old = party.full_name
        if old == facts.full_name:
            raise UserError(_("Họ tên này đã là họ tên đang lưu. Không có gì phải đổi."), field="full_name")
        _rename(party, facts.full_name)
        return NameChange.objects.create(
            party=party, old_name=old, new_name=facts.full_name, basis=basis[:300], confirmed_by=by, unit_id=unit_id
        )


def write_name(party: Party, name: str) -> None:
    """Set the name of a party with the forms it is found and sorted by; the caller saves."""
    party.full_name = name
    party.search_name = fold(name)
    party.sort_name = name_sort_key(name) if party.kind == PartyKind.PERSON else sort_key(name)


def _proven(facts: PartyFacts) -> Party:
    rows = Party.objects.select_for_update(of=("self",), no_key=True).filter(
        Party.HOLDS_NUMBER, kind=facts.kind, identity_kind=facts.identity_kind, identity_index=facts.index
    )
    party = rows.first() if facts.identity else None
    if party is None or not party.is_proven:
        sentence = _("Chưa có ai được đối chiếu với số này, nên không cần xác nhận đổi tên. Hãy kiểm tra lại số.")
        raise UserError(sentence, field="identity")
    return party


def _rename(party: Party, name: str) -> None:
    write_name(party, name)
    party.save(update_fields=["full_name", "search_name", "sort_name", "updated_at"])
    if party.user_id is not None and party.kind == PartyKind.PERSON:
        User.objects.filter(pk=party.user_id).update(full_name=name)
