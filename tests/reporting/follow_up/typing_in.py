"""What people send from the pages of follow-up, and how they enter."""

from django.urls import reverse

from reporting.follow_up.services import explaining

OVERVIEW = "/so-lieu/theo-doi/"


def typed(**changes):
    """What the head's page sends."""
    rows = {
        "bp-TOTAL_FORMS": "2",
        "bp-INITIAL_FORMS": "0",
        "bp-0-text": "Hướng dẫn tại nhà văn hóa",
        "bp-0-indicator": "online_share_all",
        "bp-0-expected": "12",
        "bp-0-owner": "Trần Thị Cán Bộ",
        "bp-0-due_on": "31/10/2022",
    }
    return {"act": "send", "revision": "1", "causes": ["skills"], "words": "Mới nhận việc.", **rows, **changes}


def enter(client, user):
    client.force_login(user)
    session = client.session
    session["demo_person"] = True
    session.save()
    return client


def page_of(found):
    return reverse("reporting:shortfall", kwargs={"shortfall_id": found.pk})


def sent(city, **changes):
    content = {
        "causes": ["skills"],
        "words": "",
        "measures": [
            {
                "text": "Hướng dẫn",
                "indicator": "online_share_all",
                "procedure": city.birth.pk,
                "expected": 12,
                "owner": "Tổ một cửa",
                "due_on": "2022-10-31",
            }
        ],
    }
    facts = {"by": city.head, "shortfall_id": city.shortfall.pk, "revision": 1, "draft": {"words": "x"}}
    explaining.send(**{**facts, "content": content, **changes})
    city.shortfall.refresh_from_db()
    return city.shortfall.acts.latest("seq")


def minutes_typed(**changes):
    """What home affairs sends."""
    rows = {
        "viec-TOTAL_FORMS": "2",
        "viec-INITIAL_FORMS": "0",
        "viec-0-unit": "UBND phường 2",
        "viec-0-text": "Mở điểm hướng dẫn",
        "viec-0-owner": "Tổ công nghệ số",
        "viec-0-due_on": "30/10/2022",
    }
    said = {"held_on": "04/10/2022", "present": "Ông Một\nBà Hai", "conclusions": "Mở điểm hướng dẫn."}
    return {"act": "settle", "revision": "0", **said, **rows, **changes}


def letter_typed(**changes):
    return {"act": "save", "revision": "0", "subject": "nhắc chỉ tiêu", "words": "Đề nghị thực hiện.", **changes}
