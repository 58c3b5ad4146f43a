"""The URL × role table: for each route, what each person may get. A route that is missing here fails the house tests.

Statuses: 200 page, 302 redirect, LOGIN redirect to sign-in, 400 empty form refused, 403 wrong role, 404 not theirs,
405 wrong method, 409 not now. Later words of a row win over earlier ones.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.house.world import ADMINISTRATORS, CASE, CITIZENS, DESK, EVERYBODY, MANAGERS, NEIGHBOURS, REST, SIGNED_IN

LOGIN = "login"
GROUPS = {
    "everybody": EVERYBODY,
    "signed_in": SIGNED_IN,
    "citizens": CITIZENS,
    "desk": DESK,
    "case": CASE,
    "rest": REST,
    "managers": MANAGERS,
    "neighbours": NEIGHBOURS,
    "administrators": ADMINISTRATORS,
}


@dataclass(frozen=True)
class Route:
    """One request and what each person gets."""

    method: str
    words: dict[str, Any]
    args: Callable[[Any], dict[str, Any]] = field(default=lambda _world: {})
    data: dict[str, Any] = field(default_factory=dict)

    def expected(self) -> dict[str, Any]:
        """Status by person."""
        found: dict[str, Any] = {}
        for word, status in self.words.items():
            for person in GROUPS.get(word, [word]):
                found[person] = status
        assert set(found) == set(EVERYBODY), f"nobody may be forgotten: {set(EVERYBODY) - set(found)}"
        return found


def get(args: Callable[[Any], dict[str, Any]] | None = None, **words: Any) -> Route:
    """A page."""
    return Route("get", words, args or (lambda _world: {}))


def post(
    args: Callable[[Any], dict[str, Any]] | None = None, data: dict[str, Any] | None = None, **words: Any
) -> Route:
    """An act, sent empty (or with `data`): whoever may do it is told what is missing, nobody else learns anything."""
    return Route("post", words, args or (lambda _world: {}), data or {})


def paper_draft(world):
    return {"dossier_id": world.paper_draft.dossier_id, "draft_id": world.paper_draft.pk}


def dossier(world):
    return {"dossier_id": world.dossier.pk}


def sheet(world):
    return {"sheet_id": world.sheet.pk}


def draft(world):
    return {"reference": world.draft.reference}


def question(world):
    return {"item_id": world.question.pk}


def filed(world):
    return {"reference": world.dossier.reference}


PUBLIC = {"everybody": 200}
OWN = {"anonymous": LOGIN, "signed_in": 200}
OWNER_ONLY = {"anonymous": LOGIN, "signed_in": 404, "owner": 200}
STAFF = {"anonymous": LOGIN, "signed_in": 403, "desk": 200, "case": 200, "neighbours": 200}
IN_SCOPE = {**STAFF, "neighbours": 404}
INSIDE = {**IN_SCOPE, "postal_clerk": 404}  # opinions and the archive are not there for the post
SHEET_SIDES = ["receptionist", "returner", "desk_head", "postal_clerk"]
SHEETS = {"anonymous": LOGIN, "signed_in": 403, **dict.fromkeys(SHEET_SIDES, 200)}
# what is recorded for who comes to the desk: those with nothing to record now are led back to the dossier
AT_COUNTER = {
    "anonymous": LOGIN,
    "signed_in": 403,
    **dict.fromkeys(["receptionist", "desk_head", "postal_clerk"], 302),
    "other_receptionist": 404,
}
LETTER_OWERS = {"anonymous": LOGIN, "signed_in": 403, **dict.fromkeys(["desk_head", "unit_head", "signer"], 200)}
ON_PAPER = {**LETTER_OWERS, "officer": 200, "clerk": 200, "other_officer": 200}
CALLERS = {
    "anonymous": LOGIN,
    "signed_in": 403,
    **dict.fromkeys(["receptionist", "returner", "desk_head", "postal_clerk", "other_receptionist"], 200),
}
CASHIER = {"anonymous": LOGIN, "signed_in": 403, "cashier": 200}
TILLS = {**CASHIER, "postal_clerk": 200}
CASH_READERS = {**TILLS, "desk_head": 200}
NO_SUCH_PAYMENT = {**CASHIER, "cashier": 404, "postal_clerk": 404}
OTHERS_DRAWER = {**CASHIER, "desk_head": 200, "postal_clerk": 404}
ASKED = {**IN_SCOPE, "desk": 404, "case": 404, "adviser": 200}
ADMINISTRATION = {"anonymous": LOGIN, "signed_in": 403, "administrators": 200}

BOOK_READERS = ["clerk", "desk_head", "unit_head", "signer", *ADMINISTRATORS]
BOOKS = {"anonymous": LOGIN, "signed_in": 403, **dict.fromkeys(BOOK_READERS, 200)}
HOME_AFFAIRS = {"anonymous": LOGIN, "signed_in": 403, "home_affairs": 200}
CONTROLLER = {"anonymous": LOGIN, "signed_in": 403, "procedure_controller": 200}

ROUTES: dict[str, Route | list[Route]] = {
    # --- the catalogue
    "procedures:home": get(**PUBLIC),
    "procedures:search": get(**PUBLIC),
    "procedures:suggest": get(**PUBLIC),
    "procedures:help": get(**PUBLIC),
    "procedures:accessibility": get(**PUBLIC),
    "procedures:catalogue": get(**PUBLIC),
    "procedures:field": get(lambda world: {"field_id": world.house.procedure.field_id}, **PUBLIC),
    "procedures:life_event": get(lambda _world: {"slug": "khong-co"}, everybody=404),
    "procedures:procedure": [
        get(lambda world: {"code": world.house.procedure.code}, **PUBLIC),
        get(lambda _world: {"code": "khong-co"}, everybody=404),
    ],
    "procedures:manage": get(**CONTROLLER),
    "procedures:papers": get(**CONTROLLER),
    "procedures:postal_listings": get(**ADMINISTRATION),
    "procedures:end_listing": post(
        lambda _world: {"listing_id": 0}, anonymous=LOGIN, signed_in=403, administrator=404, other_administrator=404
    ),
    "procedures:preview": get(lambda world: {"revision_id": world.house.revision.pk}, **CONTROLLER),
    "procedures:publish": post(
        lambda world: {"revision_id": world.house.revision.pk}, **{**CONTROLLER, "procedure_controller": 302}
    ),
    # --- accounts
    "accounts:onward": get(anonymous=LOGIN, signed_in=302),
    "accounts:demo_sign_in": post(everybody=LOGIN),  # an unknown key leads back to the sign-in page
    "accounts:mailbox": get(**PUBLIC),
    "accounts:notices": get(**OWN),
    "accounts:read_all_notices": post(anonymous=LOGIN, signed_in=302),
    "accounts:open_notice": post(
        lambda world: {"notice_id": world.notice.pk}, anonymous=LOGIN, signed_in=404, owner=302
    ),
    "accounts:profile": get(**OWN),
    "accounts:edit_profile": get(**OWN),
    "accounts:leave": get(**{**STAFF, "administrators": 200}),
    "accounts:leave_of": get(
        lambda world: {"user_id": world.people["officer"].pk},
        **{**IN_SCOPE, "case": 404, "desk": 404, "administrator": 200, "other_administrator": 404},
        unit_head=200,
        signer=200,
    ),
    "accounts:end_leave": get(
        lambda world: {"cover_id": world.leave.pk},
        **{**IN_SCOPE, "case": 404, "desk": 404, "administrator": 200, "other_administrator": 404},
        officer=200,
        unit_head=200,
        signer=200,
    ),
    "accounts:manage": get(**ADMINISTRATION),
    "accounts:staff": get(**ADMINISTRATION),
    "accounts:add_staff": get(**ADMINISTRATION),
    "accounts:staff_member": get(
        lambda world: {"user_id": world.people["officer"].pk}, **{**ADMINISTRATION, "other_administrator": 404}
    ),
    "accounts:grant_role": post(
        lambda world: {"user_id": world.people["officer"].pk},
        anonymous=LOGIN,
        signed_in=403,
        administrator=400,
        other_administrator=404,
    ),
    "accounts:office": get(
        lambda world: {
            "user_id": world.people["signer"].pk,
            "membership_id": world.people["signer"].memberships.first().pk,
        },
        **{**ADMINISTRATION, "other_administrator": 404},
    ),
    "accounts:revoke_role": get(
        lambda world: {
            "user_id": world.people["officer"].pk,
            "membership_id": world.people["officer"].memberships.first().pk,
        },
        **{**ADMINISTRATION, "other_administrator": 404},
    ),
    "accounts:lock_account": get(
        lambda world: {"user_id": world.people["officer"].pk}, **{**ADMINISTRATION, "other_administrator": 404}
    ),
    "accounts:staff_act": post(
        lambda world: {"user_id": world.people["officer"].pk, "what": "khong-co"},
        anonymous=LOGIN,
        signed_in=403,
        administrators=404,
    ),
    "accounts:units": get(**ADMINISTRATION),
    "accounts:add_unit": get(**ADMINISTRATION),
    "accounts:edit_unit": get(
        lambda world: {"unit_id": world.house.center.pk}, **{**ADMINISTRATION, "other_administrator": 404}
    ),
    "accounts:close_unit": get(
        lambda world: {"unit_id": world.house.center.pk}, **{**ADMINISTRATION, "other_administrator": 404}
    ),
    "accounts:order_closing": post(
        lambda world: {"unit_id": world.house.center.pk}, anonymous=LOGIN, signed_in=403, administrators=404
    ),
    # The world's administrators run wards; whoever runs the province is tried in tests/accounts/test_stuck.py.
    "accounts:stuck": get(anonymous=LOGIN, signed_in=403),
    "accounts:try_again": post(anonymous=LOGIN, signed_in=403),
    "accounts:common_calendar": get(**ADMINISTRATION),
    "accounts:unit_calendar": get(
        lambda world: {"unit_id": world.house.center.pk}, **{**ADMINISTRATION, "other_administrator": 404}
    ),
    "accounts:drop_calendar": post(
        lambda world: {"unit_id": world.house.center.pk},
        anonymous=LOGIN,
        signed_in=403,
        administrator=302,
        other_administrator=404,
    ),
    "accounts:remove_day": post(lambda _world: {"day_id": 0}, anonymous=LOGIN, signed_in=403, administrators=404),
    # --- vault
    "vault:mine": get(**OWN),
    "vault:item": get(lambda world: {"item_id": world.item.pk}, **OWNER_ONLY),
    # --- the citizen's dossiers
    "my:list": get(**OWN),
    "my:track": get(**PUBLIC),
    "my:start": get(lambda world: {"code": world.house.procedure.code}, **OWN),
    "my:dossier": [get(filed, **OWNER_ONLY), get(draft, **OWNER_ONLY)],
    "my:step": get(
        lambda world: {**draft(world), "step_key": "buoc-khong-co"}, anonymous=LOGIN, signed_in=404, owner=302
    ),
    "my:files": get(draft, **OWNER_ONLY),
    "my:remove_file": post(
        lambda world: {**draft(world), "attachment_id": world.draft_attachment.pk},
        anonymous=LOGIN,
        signed_in=404,
        owner=302,
    ),
    "my:check": get(draft, **OWNER_ONLY),
    "my:submit": post(draft, anonymous=LOGIN, signed_in=404, owner=400),
    "my:done": get(filed, **OWNER_ONLY),
    "my:discard": get(draft, **OWNER_ONLY),
    "my:supplement": get(filed, anonymous=LOGIN, signed_in=404, owner=302),
    "my:paper_check": get(filed, anonymous=LOGIN, signed_in=404, owner=302),
    "my:withdraw": get(filed, **OWNER_ONLY),
    "my:pay": get(filed, **OWNER_ONLY),
    "my:file": get(lambda world: {**filed(world), "attachment_id": world.attachment.pk}, **OWNER_ONLY),
    "my:print_form": get(lambda world: {**filed(world), "form_id": world.printed.pk}, **OWNER_ONLY),
    # --- the desk
    "desk:inbox": get(**STAFF),
    "desk:search": [
        get(**{**STAFF, "postal_clerk": 404}),
        post(
            data={"q": "khong co ai"},
            anonymous=LOGIN,
            signed_in=403,
            desk=302,
            case=302,
            neighbours=302,
            postal_clerk=404,
        ),
    ],
    "desk:handovers": get(**SHEETS, other_receptionist=200),
    "desk:post_figures": get(anonymous=LOGIN, signed_in=403, postal_clerk=200),
    "desk:give_sheet": post(**{**SHEETS, **dict.fromkeys(SHEET_SIDES, 400)}, other_receptionist=400),
    "desk:sheet": get(sheet, **SHEETS, other_receptionist=404),
    "desk:sheet_print": get(sheet, **SHEETS, other_receptionist=404),
    "desk:sheet_act": post(
        lambda world: {**sheet(world), "what": "rut"},
        **{**SHEETS, **dict.fromkeys(SHEET_SIDES, 400)},
        other_receptionist=404,
    ),
    "desk:counter": get(
        anonymous=LOGIN, signed_in=403, receptionist=200, desk_head=200, postal_clerk=200, other_receptionist=200
    ),
    "desk:name_change": get(anonymous=LOGIN, signed_in=403, desk_head=200),
    "desk:reopen": get(anonymous=LOGIN, signed_in=403, desk_head=200),
    "desk:books": get(**BOOKS),
    "desk:book": [get(**{**BOOKS, **dict.fromkeys(BOOK_READERS, 404)})],
    "desk:book_csv": [get(**{**BOOKS, **dict.fromkeys(BOOK_READERS, 404)})],
    "desk:cashier": get(**TILLS),
    "desk:fee_offices": get(**ADMINISTRATION),
    "desk:drawers": get(**CASH_READERS),
    "desk:open_drawer": get(**TILLS),
    "desk:drawer": get(lambda world: {"day_id": world.drawer.pk}, **OTHERS_DRAWER),
    "desk:drawer_act": [
        post(
            lambda world: {"day_id": world.drawer.pk, "what": "dong"},
            anonymous=LOGIN,
            signed_in=403,
            cashier=400,
            desk_head=400,
            postal_clerk=404,
        ),
        post(
            lambda world: {"day_id": world.drawer.pk, "what": "khong-co"},
            anonymous=LOGIN,
            signed_in=403,
            cashier=404,
            desk_head=404,
            postal_clerk=404,
        ),
    ],
    "desk:cash_sheets": get(**CASH_READERS),
    "desk:statements": get(**CASHIER),
    "desk:set_line_aside": post(lambda _world: {"line_id": 0}, anonymous=LOGIN, signed_in=403, cashier=404),
    "desk:match_line": post(lambda _world: {"line_id": 0}, anonymous=LOGIN, signed_in=403, cashier=404),
    "desk:money": get(dossier, **CASH_READERS),
    "desk:refund": get(lambda world: {**dossier(world), "payment_id": 0}, **NO_SUCH_PAYMENT),
    "desk:replace_receipt": get(lambda world: {**dossier(world), "form_id": 0}, **NO_SUCH_PAYMENT),
    "desk:owed_letters": get(**LETTER_OWERS),
    "desk:on_paper": get(**ON_PAPER),
    "desk:corrections": get(dossier, **{**INSIDE, "cashier": 302, "consulted": 302}),
    "desk:calls": get(**CALLERS),
    "desk:call": get(
        lambda world: {**dossier(world), "call_id": world.owed_call.pk}, **{**CALLERS, "other_receptionist": 404}
    ),
    "desk:sheets": get(
        anonymous=LOGIN, signed_in=403, receptionist=200, returner=200, desk_head=200, other_receptionist=200
    ),
    "desk:sheet_file": get(
        lambda _world: {"order_id": 1}, anonymous=LOGIN, signed_in=403, desk=404, case=404, neighbours=404
    ),
    "desk:control_slip": post(dossier, **{**INSIDE, **{who: 302 for who, code in INSIDE.items() if code == 200}}),
    "desk:holders": get(anonymous=LOGIN, signed_in=403, desk_head=200, unit_head=200, signer=200),
    "desk:move": post(anonymous=LOGIN, signed_in=403, desk_head=400, unit_head=400, signer=400),
    "desk:together": post(
        anonymous=LOGIN,
        signed_in=403,
        receptionist=400,
        desk_head=400,
        postal_clerk=400,
        other_receptionist=400,
        args=lambda _world: {"action": "forward"},
    ),
    "desk:save_view": post(anonymous=LOGIN, signed_in=403, desk=400, case=400, neighbours=400),
    "desk:assign_rules": get(anonymous=LOGIN, signed_in=403, desk_head=200, unit_head=200, signer=200),
    "desk:end_assign_rule": post(
        anonymous=LOGIN, signed_in=403, desk_head=404, unit_head=404, signer=404, args=lambda _world: {"rule_id": 1}
    ),
    "desk:take": post(anonymous=LOGIN, signed_in=403, desk=302, case=302, neighbours=302),
    "desk:presence": get(dossier, **IN_SCOPE),
    "desk:dossier": get(dossier, **IN_SCOPE),
    "desk:file": get(lambda world: {**dossier(world), "attachment_id": world.attachment.pk}, **IN_SCOPE),
    "desk:viewer": get(dossier, **IN_SCOPE),
    "desk:page_picture": get(
        lambda world: {**dossier(world), "attachment_id": world.attachment.pk, "number": 1, "size": "to"}, **IN_SCOPE
    ),
    # of another kind than any paper of the dossier: nobody's at the desk
    "desk:vault_picture": get(
        lambda world: {**dossier(world), "item_id": world.item.pk, "number": 1},
        **{name: 404 if status == 200 else status for name, status in IN_SCOPE.items()},
    ),
    "desk:checked": post(
        lambda world: {**dossier(world), "attachment_id": world.attachment.pk},
        **{name: 302 if status == 200 else status for name, status in INSIDE.items()},
    ),
    "desk:print_form": get(lambda world: {**dossier(world), "form_id": world.printed.pk}, **IN_SCOPE),
    "desk:print_now": get(lambda world: {**dossier(world), "form_id": world.printed.pk}, **IN_SCOPE),
    "desk:draft": get(paper_draft, **INSIDE),
    "desk:draft_print": get(paper_draft, **INSIDE),
    "desk:new_draft": get(
        lambda world: {"dossier_id": world.paper_draft.dossier_id, "kind": world.paper_draft.kind},
        **{**IN_SCOPE, "desk": 302, "case": 302, "postal_clerk": 404},
    ),
    "desk:visit": get(dossier, **AT_COUNTER),
    "desk:scan": get(dossier, **{**AT_COUNTER, **dict.fromkeys(["receptionist", "desk_head", "postal_clerk"], 200)}),
    "desk:paper_check": get(dossier, **AT_COUNTER),
    "desk:identity": post(dossier, **IN_SCOPE),
    # a question to the culture department: its adviser answers, the dossier's own people do not see the page
    "desk:consultation": get(question, **ASKED),
    "desk:answer_consultation": post(
        question,
        anonymous=LOGIN,
        signed_in=403,
        officer=404,
        unit_head=404,
        signer=404,
        consulted=404,
        other_officer=404,
        adviser=400,
    ),
    "desk:answer_draft": post(
        lambda world: {**question(world), "what": "ky"},
        anonymous=LOGIN,
        signed_in=403,
        officer=404,
        unit_head=404,
        signer=404,
        consulted=404,
        other_officer=404,
        adviser=302,  # nothing is drafted: told on the page
    ),
    "desk:consultation_file": [
        get(lambda world: {**question(world), "attachment_id": world.attachment.pk}, **ASKED),
        get(lambda world: {**question(world), "attachment_id": 0}, **{**ASKED, "adviser": 404}),
    ],
    "desk:consultation_print": get(question, **{**ASKED, "adviser": 404}),  # not answered yet
    "desk:end_consultation": post(
        lambda world: {**dossier(world), **question(world)},
        anonymous=LOGIN,
        signed_in=403,
        other_officer=404,
        officer=400,
        unit_head=400,
    ),
    "desk:act": [
        post(
            lambda world: {**dossier(world), "action": "propose"},
            anonymous=LOGIN,
            signed_in=403,
            neighbours=404,
            officer=400,
        ),
        post(
            lambda world: {**dossier(world), "action": "khong-co"},
            anonymous=LOGIN,
            signed_in=403,
            desk=404,
            case=404,
            neighbours=404,
        ),
    ],
    # --- figures
    "reporting:board": get(anonymous=LOGIN, signed_in=403, managers=200),
    "reporting:unit": get(
        lambda world: {"unit_id": world.house.ward.pk}, anonymous=LOGIN, signed_in=403, managers=200, unit_head=404
    ),
    "reporting:cases": get(
        lambda world: {
            "month": world.month,
            "indicator": "online_share_all",
            "basis": "month",
            "scope": "chung",
            "part": "mau-so",
        },
        anonymous=LOGIN,
        signed_in=403,
        managers=404,
        home_affairs=200,
    ),
    "reporting:index": get(anonymous=LOGIN, signed_in=403, managers=200),
    "reporting:outlook": get(
        lambda world: {"month": world.month, "indicator": "online_share_all", "scope": "chung"},
        anonymous=LOGIN,
        signed_in=403,
        managers=404,
        home_affairs=200,
    ),
    "reporting:compare": get(anonymous=LOGIN, signed_in=403, managers=200),
    "reporting:ranking": get(anonymous=LOGIN, signed_in=403, managers=200),
    "reporting:mix": get(anonymous=LOGIN, signed_in=403, managers=200),
    "reporting:span": get(anonymous=LOGIN, signed_in=403, managers=200),
    "reporting:span_cases": get(lambda _world: {"part": "mau-so"}, anonymous=LOGIN, signed_in=403, managers=200),
    "reporting:indicators": get(anonymous=LOGIN, signed_in=403, managers=200),
    "reporting:changed": get(
        lambda world: {
            "month": world.month,
            "indicator": "online_share_all",
            "basis": "month",
            "scope": "chung",
            "part": "mau-so",
        },
        anonymous=LOGIN,
        signed_in=403,
        managers=404,  # the month is not closed
    ),
    "reporting:durations": get(anonymous=LOGIN, signed_in=403, managers=200),
    "reporting:lateness": get(anonymous=LOGIN, signed_in=403, managers=200),
    "reporting:funnel": get(anonymous=LOGIN, signed_in=403, managers=200),
    "reporting:procedures": get(anonymous=LOGIN, signed_in=403, managers=200),
    "reporting:completeness": get(anonymous=LOGIN, signed_in=403, managers=200),
    "reporting:officers": get(anonymous=LOGIN, signed_in=403, managers=200),
    "reporting:own": get(anonymous=LOGIN, signed_in=403, officer=200, other_officer=200),
    "reporting:own_slice": get(
        lambda world: {"month": world.month, "basis": "month", "code": "xong"},
        anonymous=LOGIN,
        signed_in=403,
        officer=200,
        other_officer=200,
    ),
    "reporting:slice": get(
        lambda world: {"month": world.month, "basis": "month", "scope": "chung", "code": "xong"},
        anonymous=LOGIN,
        signed_in=403,
        managers=404,
        home_affairs=200,
    ),
    "reporting:follow_up": get(anonymous=LOGIN, signed_in=403, managers=200),
    "reporting:unit_targets": [
        get(
            lambda world: {"unit_id": world.house.ward.pk},
            anonymous=LOGIN,
            signed_in=403,
            managers=200,
            unit_head=404,
        ),
        post(
            lambda world: {"unit_id": world.house.ward.pk},
            anonymous=LOGIN,
            signed_in=403,
            managers=302,
            unit_head=404,
        ),
    ],
    "reporting:shortfall": get(
        lambda world: {"shortfall_id": world.shortfall.pk},
        anonymous=LOGIN,
        signed_in=403,
        managers=200,
        unit_head=404,
    ),
    "reporting:decide_shortfall": post(
        lambda world: {"shortfall_id": world.shortfall.pk},
        anonymous=LOGIN,
        signed_in=403,
        managers=400,
        unit_head=404,
    ),
    "reporting:add_letter": get(lambda world: {"shortfall_id": world.shortfall.pk}, **HOME_AFFAIRS),
    "reporting:letter": get(
        lambda world: {"letter_id": world.letter.pk}, anonymous=LOGIN, signed_in=403, managers=404, home_affairs=200
    ),
    "reporting:letter_file": get(
        lambda world: {"letter_id": world.letter.pk}, anonymous=LOGIN, signed_in=403, managers=404
    ),
    "reporting:sample": get(anonymous=LOGIN, signed_in=403, managers=200),
    "reporting:sample_reach": get(
        lambda world: {"sample_id": world.case.sample_id},
        anonymous=LOGIN,
        signed_in=403,
        managers=200,
        unit_head=404,
    ),
    "reporting:sample_case": get(
        lambda world: {"case_id": world.case.pk}, anonymous=LOGIN, signed_in=403, managers=200, unit_head=404
    ),
    "reporting:meetings": get(anonymous=LOGIN, signed_in=403, managers=200),
    "reporting:add_minutes": get(**HOME_AFFAIRS),
    "reporting:minutes": get(
        lambda world: {"minutes_id": world.minutes.pk}, anonymous=LOGIN, signed_in=403, managers=404, home_affairs=200
    ),
    "reporting:effects": get(anonymous=LOGIN, signed_in=403, managers=200),
    "reporting:remedy": get(
        lambda world: {"remedy_id": world.remedy.pk}, anonymous=LOGIN, signed_in=403, managers=200, unit_head=404
    ),
    "reporting:exports": get(anonymous=LOGIN, signed_in=403, managers=200),
    "reporting:export_list": post(anonymous=LOGIN, signed_in=403, managers=404),  # of an address that is no list
    "reporting:export_file": get(lambda _world: {"export_id": 0}, anonymous=LOGIN, signed_in=403, managers=404),
    "reporting:progress": get(anonymous=LOGIN, signed_in=403, managers=200),
    "reporting:progress_list": get(
        lambda world: {"month": world.month, "period": "thang", "scope": "chung", "column": "tiep-nhan"},
        anonymous=LOGIN,
        signed_in=403,
        managers=404,
        home_affairs=200,
    ),
    "reporting:versions": get(anonymous=LOGIN, signed_in=403, managers=200),
    "reporting:month_paper": get(
        lambda world: {"month": world.month, "version": 1, "slug": "bao-cao-thang", "form": "pdf"},
        anonymous=LOGIN,
        signed_in=403,
        managers=404,  # not closed
    ),
    "reporting:public": get(**PUBLIC),
    "reporting:open_data": get(**PUBLIC),
    "reporting:open_file": get(lambda _world: {"name": "khong-co.csv"}, everybody=404),
    "reporting:months": get(**HOME_AFFAIRS),
    "reporting:close_month": post(**{**HOME_AFFAIRS, "home_affairs": 302}),
    "reporting:month_key": get(**HOME_AFFAIRS),
    "reporting:month_file": get(lambda _world: {"run_id": 0}, **{**HOME_AFFAIRS, "home_affairs": 404}),
    "reporting:targets": get(**HOME_AFFAIRS),
    "reporting:add_plan": get(**HOME_AFFAIRS),
    "reporting:plan": get(lambda world: {"plan_id": world.plan.pk}, **HOME_AFFAIRS),
    "reporting:put_in_force": post(lambda world: {"plan_id": world.plan.pk}, **{**HOME_AFFAIRS, "home_affairs": 302}),
    "reporting:drop_plan": post(lambda world: {"plan_id": world.plan.pk}, **{**HOME_AFFAIRS, "home_affairs": 302}),
}
