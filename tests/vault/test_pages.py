"""Pages of files as pictures: drawn in the child, once, within bounds, for whom the file itself is."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from portal import clock
from portal.errors import LimitError
from portal.models import SweepTry
from tests.factories import UserFactory
from tests.vault import samples
from vault import keeping, opening, pages, queries, services, tasks
from vault.enums import ScanState
from vault.models import FilePages, PagePicture, StoredFile
from vault.opener import samples as own_samples
from vault.opener.findings import NotTakenError, WhyNot

pytestmark = pytest.mark.unit


def size_of(data):
    return Image.open(io.BytesIO(data)).size


# ── one page ──


def test_a_page_of_a_pdf_is_drawn_large_and_small():
    page = opening.draw_page(samples.pdf(pages=3), 2)
    assert page.pages == 3
    assert (size_of(page.picture), size_of(page.small)) == ((1600, 1600), (160, 160))


def test_a_photograph_is_one_page():
    page = opening.draw_page(samples.picture("JPEG", size=(4000, 3000)), 0)
    assert page.pages == 1
    assert max(size_of(page.picture)) == 1754
    assert max(size_of(page.small)) == 160
    with pytest.raises(NotTakenError):
        opening.draw_page(samples.picture("PNG"), 1)


def test_a_pdf_that_claims_two_billion_pages_gives_what_it_has_or_a_reason():
    honest = samples.pdf()
    boast = honest.replace(b"/Count 1", b"/Count 2147483647", 1)
    with pytest.raises(NotTakenError) as refused:
        opening.draw_page(boast, 2_000_000_000)
    assert refused.value.reason in {WhyNot.CUT, WhyNot.NO_PAGE, WhyNot.BROKEN, WhyNot.TOO_HEAVY}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (samples.pdf()[:200], WhyNot.CUT),
        (b"%PDF-1.4\nnothing%%EOF", WhyNot.NO_PAGE),
        (b"\x89PNG\r\n\x1a\nnothing", WhyNot.BROKEN),
    ],
)
def test_what_cannot_be_drawn_says_why(data, reason):
    with pytest.raises(NotTakenError) as refused:
        opening.draw_page(data, 0)
    assert refused.value.reason == reason


def test_an_encrypted_pdf_says_so():
    with pytest.raises(NotTakenError) as refused:
        opening.draw_page(own_samples.pdf(user="x"), 0)
    assert refused.value.reason == WhyNot.LOCKED


# ── all pages of a file ──


def stored(data=None, name="giay.pdf", **changes):
    file = services.store_upload(samples.opened(name, data or samples.pdf(pages=2)), by=UserFactory())
    StoredFile.objects.filter(pk=file.pk).update(**changes)
    return StoredFile.objects.get(pk=file.pk)


def drawn(file):
    """Ask for the pages of a file, and be the worker."""
    pages.ask([file])
    tasks.draw_pages(file_id=str(file.pk))


@pytest.mark.django_db
def test_pages_are_drawn_once_and_lie_encrypted():
    file = stored()
    drawn(file)
    drawn(file)
    row = FilePages.objects.get()
    assert (row.count, row.refused, row.drawn_at is not None) == (2, "", True)
    assert [one.number for one in PagePicture.objects.all()] == [1, 2]
    one = PagePicture.objects.first()
    assert one.picture.wrapped_key is not None
    with keeping.opened(one.picture) as stream:
        assert stream.read(3) == b"\xff\xd8\xff"
    assert pages.draw(file.pk) is False


@pytest.mark.django_db
@pytest.mark.parametrize("state", [ScanState.WAITING, ScanState.INFECTED])
def test_none_is_drawn_before_the_scan_allows_it(state):
    file = stored(scan_state=state)
    pages.ask([file])
    assert not FilePages.objects.exists()
    FilePages.objects.create(source=file, asked_at=clock.now())  # asked for while it was clean
    assert tasks.draw_waiting() == 0
    assert not PagePicture.objects.exists()


@pytest.mark.django_db
def test_other_kinds_have_no_pages():
    file = stored(mime="application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    pages.ask([file])
    assert not FilePages.objects.exists()


@pytest.mark.django_db
def test_a_file_that_cannot_be_drawn_is_done_with(monkeypatch):
    def refuse(_data, _number):
        raise NotTakenError(WhyNot.TOO_HEAVY)

    monkeypatch.setattr(opening, "draw_page", refuse)
    file = stored()
    drawn(file)
    row = FilePages.objects.get()
    assert (row.count, row.refused) == (0, "too_heavy")
    assert not SweepTry.objects.exists()


@pytest.mark.django_db
def test_a_run_that_was_broken_off_goes_on_where_it_was(monkeypatch):
    draw = opening.draw_page

    def away(data, number):
        if number:
            raise LimitError
        return draw(data, number)

    monkeypatch.setattr(opening, "draw_page", away)
    file = stored()
    drawn(file)
    first = PagePicture.objects.get()
    assert FilePages.objects.get().drawn_at is None
    assert SweepTry.objects.get().sweep == "pages"
    monkeypatch.setattr(opening, "draw_page", draw)
    SweepTry.objects.update(next_at=clock.now() - timedelta(minutes=1))
    FilePages.objects.update(asked_at=clock.now() - timedelta(minutes=5))
    assert tasks.draw_waiting() == 1
    assert PagePicture.objects.first().pk == first.pk
    assert PagePicture.objects.count() == 2
    assert not SweepTry.objects.exists()


@pytest.mark.django_db
def test_bytes_that_are_lost_wait_on_the_page_of_stuck_work():
    file = stored()
    FilePages.objects.create(source=file, asked_at=clock.now() - timedelta(hours=1))
    keeping.discard(file.key)
    assert tasks.draw_waiting() == 0
    (row,) = tasks.TO_DRAW.stuck(10)
    assert "không đọc được" in row.reason


@pytest.mark.django_db
def test_a_long_file_is_drawn_up_to_a_limit(monkeypatch):
    monkeypatch.setattr(pages, "MOST", 3)
    drawn(stored(samples.pdf(pages=5)))
    assert FilePages.objects.get().count == 5
    assert PagePicture.objects.count() == 3


@pytest.mark.django_db
def test_pictures_go_with_their_file():
    file = stored()
    drawn(file)
    later = clock.now() + timedelta(days=3)
    assert file in queries.orphans(later)
    assert services.erase(file_id=file.pk)
    assert not FilePages.objects.exists()
    assert queries.orphans(later).count() == 4
