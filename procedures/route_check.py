"""Whether a route can be walked to its end: asked before a revision is published. Pure; asks nothing.

Each fault is a sentence for the person who publishes and names the step. Called by procedures.services.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from accounts.enums import Role
from portal.templatetags.ui import number
from portal.worktime import Limit
from procedures import routes
from procedures.enums import ROUTE_KINDS, StepKind, StepPlace
from procedures.limits import Step, fitted, limit_words, longest, working_hours

# Who can do a step: the roles that the table of acts (dossiers.workflow) lets end it. A test compares the two.
ROLES_FOR: Mapping[str, frozenset[str]] = {
    StepKind.INTAKE: frozenset({Role.RECEPTIONIST, Role.DESK_HEAD, Role.POSTAL_CLERK}),
    StepKind.ASSIGN: frozenset({Role.UNIT_HEAD}),
    StepKind.APPRAISE: frozenset({Role.OFFICER}),
    StepKind.REVIEW: frozenset({Role.UNIT_HEAD}),
    StepKind.SIGN: frozenset({Role.SIGNER}),
    StepKind.STAMP: frozenset({Role.CLERK}),
    StepKind.RETURN: frozenset({Role.RETURNER, Role.RECEPTIONIST, Role.DESK_HEAD, Role.POSTAL_CLERK}),
    StepKind.CONSULT: frozenset({Role.CONSULTED, Role.OFFICER, Role.UNIT_HEAD}),
}
DECISIONS = frozenset({StepKind.REVIEW, StepKind.SIGN})

Faults = Iterator[str]


def faults(steps: Sequence[Step], limits: Iterable[Limit]) -> list[str]:
    """Why a route cannot be published, sentence by sentence; none: it can. No steps at all: the default route is used.

    `limits`: those of the revision, each for its case and channel.
    """
    if not steps:
        return []
    found = [fault for step in steps for check in _OF_A_STEP for fault in check(step)]
    found += _places(steps)
    if found:
        return found  # what follows reads positions and kinds
    return [*_ends(steps), *_decided(steps), *_time(steps, list(limits))]


# ── one step ─────────────────────────────────────────────────────────────────────────────────────


def _kind(step: Step) -> Faults:
    if step.kind not in ROUTE_KINDS:
        yield _("%(step)s: loại bước không dùng được trong quy trình.") % {"step": _name(step)}
    elif step.role not in ROLES_FOR[step.kind]:
        allowed = ", ".join(str(Role(role).label) for role in sorted(ROLES_FOR[step.kind]))
        words = _("%(step)s: vai trò không làm được bước này. Vai trò làm được: %(roles)s.")
        yield words % {"step": _name(step), "roles": allowed}


def _unit(step: Step) -> Faults:
    if step.place not in StepPlace.values:
        yield _("%(step)s: nơi thực hiện không có trong danh mục.") % {"step": _name(step)}
    if step.place == StepPlace.OTHER and not step.asks.strip():
        yield _("%(step)s: chưa ghi đơn vị được hỏi.") % {"step": _name(step)}
    if step.kind == StepKind.CONSULT and step.place != StepPlace.OTHER:
        yield _("%(step)s: lấy ý kiến phải hỏi một đơn vị khác và ghi rõ đơn vị đó.") % {"step": _name(step)}
    if step.silence_agrees and step.kind != StepKind.CONSULT:
        words = _("%(step)s: chỉ bước lấy ý kiến mới có thể coi không trả lời là đồng ý.")
        yield words % {"step": _name(step)}


def _hours(step: Step) -> Faults:
    if step.hours <= 0:
        yield _("%(step)s: số giờ phải lớn hơn 0.") % {"step": _name(step)}


_OF_A_STEP: tuple[Callable[[Step], Faults], ...] = (_kind, _unit, _hours)


# ── the whole ────────────────────────────────────────────────────────────────────────────────────


def _places(steps: Sequence[Step]) -> Faults:
    """Positions are unique, and every step but the first waits for steps that stand before it: no circle, no orphan."""
    for place, times in Counter(step.position for step in steps).items():
        if times > 1:
            yield _("Bước số %(position)s đứng %(times)s lần; mỗi số chỉ dùng cho một bước.") % {
                "position": place,
                "times": times,
            }
    known = {step.position for step in steps}
    for step in sorted(steps, key=lambda step: step.position)[1:]:
        if not step.after:
            yield _("%(step)s: không chờ bước nào nên không bao giờ được mở.") % {"step": _name(step)}
    for step in steps:
        for place in step.after:
            if place not in known:
                words = _("%(step)s: chờ bước số %(position)s, nhưng quy trình không có bước đó.")
                yield words % {"step": _name(step), "position": place}
            elif place >= step.position:
                words = _("%(step)s: chờ bước số %(position)s, là bước không đứng trước nó.")
                yield words % {"step": _name(step), "position": place}


def _ends(steps: Sequence[Step]) -> Faults:
    """One intake at the beginning, one issue that waits for everything before it, one return after it."""
    first = routes.first(steps)
    if first.kind != StepKind.INTAKE:
        words = _("%(step)s: quy trình phải bắt đầu bằng bước tiếp nhận.")
        yield words % {"step": _name(first)}
    once = {kind: [step for step in steps if step.kind == kind] for kind in _ONCE}
    for kind, found in once.items():
        if not found:
            yield _("Quy trình không có bước “%(kind)s”.") % {"kind": kind.label}
        for step in found[1:]:
            yield _("%(step)s: quy trình chỉ có một bước “%(kind)s”.") % {"step": _name(step), "kind": kind.label}
    for issue in once[StepKind.STAMP][:1]:
        yield from _all_done_before(steps, issue)


_ONCE = (StepKind.INTAKE, StepKind.STAMP, StepKind.RETURN)


def _all_done_before(steps: Sequence[Step], issue: Step) -> Faults:
    done = routes.before(steps, issue.position)
    for step in steps:
        if step.kind == StepKind.RETURN and issue.position not in routes.before(steps, step.position):
            yield _("%(step)s: phải đứng sau bước ban hành.") % {"step": _name(step)}
        elif step.kind not in {StepKind.RETURN, StepKind.STAMP} and step.position not in done:
            words = _("%(step)s: bước ban hành không chờ bước này, nên có thể còn dở khi kết quả đã ban hành.")
            yield words % {"step": _name(step)}


def _decided(steps: Sequence[Step]) -> Faults:
    """Nothing is issued that nobody decided, and nothing is decided that nobody appraised."""
    kinds = {step.position: step.kind for step in steps}
    for step in steps:
        earlier = {kinds[place] for place in routes.before(steps, step.position)}
        if step.kind == StepKind.STAMP and not earlier & DECISIONS:
            yield _("%(step)s: trước đó phải có ít nhất một bước kiểm tra hoặc ký.") % {"step": _name(step)}
        if step.kind in DECISIONS and StepKind.APPRAISE not in earlier:
            yield _("%(step)s: trước đó phải có bước thẩm định để có đề xuất.") % {"step": _name(step)}


def _time(steps: Sequence[Step], limits: Sequence[Limit]) -> Faults:
    """The longest way stays within the longest limit, and can be pressed into each of the others."""
    if not limits:
        return
    widest = max(limits, key=working_hours)
    if longest(steps) > working_hours(widest):
        yield _over(steps, widest)
        return
    for limit in limits:
        pressed = fitted(steps, limit)
        if longest(pressed) > working_hours(limit):
            yield _over(pressed, limit)


def _over(steps: Sequence[Step], limit: Limit) -> str:
    longest_step = max(steps, key=lambda step: step.hours)
    words = _(
        "Đường dài nhất của quy trình cần %(hours)s giờ làm việc, quá thời hạn %(limit)s (%(most)s giờ). "
        "Bước dài nhất: %(step)s."
    )
    given = {"hours": number(longest(steps)), "limit": limit_words(limit), "most": number(working_hours(limit))}
    return words % {**given, "step": _name(longest_step)}


def _name(step: Step) -> str:
    return _("Bước %(position)s “%(name)s”") % {"position": step.position, "name": step.name}
