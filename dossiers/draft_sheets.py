"""The one rendering of a draft: what a page shows, what its preview prints, and what becomes the issued file.

Called by the pages of desk and citizen and by the maker of files. Identity numbers may stand in clear: whoever shows a sheet logs it.
"""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from dossiers import documents, result_papers, signatures
from dossiers.draft_kinds import DRAFT_KINDS
from dossiers.models.paper_draft import PaperDraft
from portal import clock
from procedures import result_templates
from procedures.paperspec import PaperSpec


def html(draft: PaperDraft) -> str:
    """The sheet of a draft with its dossier loaded. Before the number is bound it says DỰ THẢO; nothing else differs."""
    if not DRAFT_KINDS[draft.kind].follows_route:
        return render_to_string(documents.sheet_of(draft), documents.of_draft(draft))
    template = template_of(draft)
    day = clock.local(draft.numbered_at).date() if draft.numbered_at else None
    signer = draft.signer
    return result_papers.sheet(
        draft.dossier,
        template,
        draft.fields,
        number=draft.number,
        date=day,
        signer=signatures.signer_on(draft.dossier, template.signer, signer, day) if signer and day else None,
        is_draft=day is None,
        preview=False,
    )


def inline(draft: PaperDraft) -> SafeString:
    """A draft's sheet as it stands in a page: the very markup of the paper, without its frame."""
    body = html(draft).partition("<body")[2].partition(">")[2].partition("</body>")[0]
    # The page has its own first heading.
    return mark_safe(body.replace("<h1", "<h2").replace("</h1>", "</h2>"))  # noqa: S308  a template of ours, escaped


def size(draft: PaperDraft) -> str:
    """The class of a draft's sheet."""
    if DRAFT_KINDS[draft.kind].follows_route:
        return template_of(draft).size
    return documents.size_of(draft)


def template_of(draft: PaperDraft) -> PaperSpec:
    """The template a result or refusal is written on."""
    return result_templates.template(draft.template, draft.template_version)


def plain(draft: PaperDraft) -> str:
    """What a result says, line by line without its layout; identity numbers masked."""
    groups = result_papers.summary(template_of(draft), draft.fields)
    filled = (line for group in groups for line in group.lines if line.value and draft.fields.get(line.key))
    return "\n".join(f"{line.label}: {line.value}" for line in filled)
