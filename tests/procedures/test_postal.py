"""The post's lists: dated rows with their decision, entered by who administers the units, ended, and what a closing does to them."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.enums import ClosingRule, Role, UnitKind
from accounts.services import closings
from portal import clock
from portal.errors import UserError
from procedures import postal, services
from procedures.models import PostalListing
from tests import houses
from tests.client import StrictClient
from tests.dossiers import post as posts
from tests.factories import ProcedureFactory, UnitFactory

pytestmark = pytest.mark.django_db
PAGE = reverse("procedures:postal_listings")


@pytest.fixture
def post():
    return posts.make_post(houses.make_house())


@pytest.fixture
def administrator(post):
    client = StrictClient()
    client.force_login(post.house.people[Role.ADMINISTRATOR])
    session = client.session
    session["demo_person"] = True
    session.save()
    return client


def facts(post, **changes):
    day = clock.today() + timedelta(days=7)
    said = {"office": post.office, "desk": post.house.center, "procedure": post.house.procedure, "valid_from": day}
    return said | {"decision": "Quyết định số 2/QĐ-UBND", "within": [post.house.center.pk]} | changes


def test_a_new_row_ends_the_one_before_and_needs_its_decision(post):
    with pytest.raises(UserError, match="quyết định"):
        services.list_for_post(**facts(post, decision=" "))
    with pytest.raises(UserError, match="nội bộ"):
        services.list_for_post(**facts(post, procedure=ProcedureFactory(is_internal=True)))
    with pytest.raises(UserError, match="không hoạt động"):
        services.list_for_post(**facts(post, valid_from=date(2019, 1, 1)))
    row = services.list_for_post(**facts(post))
    post.listing.refresh_from_db()
    assert post.listing.valid_to == row.valid_from - timedelta(days=1)
    assert postal.listed(post.office.pk, post.house.procedure.pk, row.valid_from) == row
    assert postal.listed(post.office.pk, post.house.procedure.pk) == post.listing
    with pytest.raises(UserError, match="đã có dòng"):
        services.list_for_post(**facts(post))


def test_nobody_ends_the_list_of_a_desk_that_is_not_theirs(post):
    with pytest.raises(UserError, match="phải kết thúc trước"):
        services.list_for_post(**facts(post, within=[]))
    post.listing.refresh_from_db()
    assert post.listing.valid_to is None


def test_a_row_is_ended_once(post):
    services.end_listing(listing_id=post.listing.pk, last_day=clock.today())
    assert postal.listed(post.office.pk, post.house.procedure.pk, clock.today() + timedelta(days=1)) is None
    with pytest.raises(UserError, match="đã có ngày kết thúc"):
        services.end_listing(listing_id=post.listing.pk, last_day=clock.today())


def test_the_page_lists_adds_and_ends(post, administrator):
    other = ProcedureFactory(name="Cấp lại Giấy thử")
    text = administrator.get(PAGE).content.decode()
    assert posts.DECISION in text
    assert "NĐ 309/2026" in text
    sent = {"office": post.office.pk, "desk": post.house.center.pk, "procedure": other.pk}
    assert administrator.post(PAGE, sent | {"valid_from": "hôm qua", "decision": ""}).status_code == 400
    administrator.post(PAGE, sent | {"valid_from": f"{clock.today():%d/%m/%Y}", "decision": "QĐ 3/QĐ-UBND"})
    row = PostalListing.objects.get(procedure=other)
    end = reverse("procedures:end_listing", args=[row.pk])
    assert "sớm hơn" in administrator.post(end, {"last_day": "01/01/2020"}, follow=True).content.decode()
    administrator.post(end, {"last_day": f"{clock.today():%d/%m/%Y}"})
    row.refresh_from_db()
    assert row.valid_to == clock.today()


def test_the_successor_of_an_office_takes_the_same_from_the_next_day_on(post):
    heir = UnitFactory(
        name="Điểm bưu điện mới", kind=UnitKind.POST, parent=post.house.ward, authority_code="H29.951.10"
    )
    said = closings.ClosingFacts(clock.today(), "QĐ 4/QĐ-UBND", ClosingRule.ONE, {"": heir.pk})
    by = post.house.people[Role.ADMINISTRATOR]
    plan = closings.prepare_closing(by=by, unit_id=post.office.pk, facts=said)
    closings.order_closing(by=by, closing_id=plan.pk)
    tomorrow = clock.today() + timedelta(days=1)
    assert postal.listed(post.office.pk, post.house.procedure.pk, tomorrow) is None
    row = postal.listed(heir.pk, post.house.procedure.pk, tomorrow)
    assert (row.desk, row.decision) == (post.house.center, "QĐ 4/QĐ-UBND")
