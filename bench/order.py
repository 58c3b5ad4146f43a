"""One whole order in pretix through a browser: shop, cart, questions with one file, payment, confirm, the order's page.

pretix puts a ticket into the cart and places an order in its worker; its page asks by script until that is done, and so
does this. The shop is made by bench.pretix_shop.
"""

import json
import re
import time
from urllib.parse import urljoin

from bench.browser import Browser, Files, Form, Page
from bench.filing import PDF, FlowError

EVENT = "/bench/filing/"
ASK_AGAIN = 0.25  # seconds, as its script
GIVE_UP = 120
BUYER = "khach@example.test"
CONTACT = {
    "email": BUYER,
    "phone_0": "+84",
    "phone_1": "903000102",
    "is_business": "individual",
    "name_parts_0": "Nguyen",
    "name_parts_1": "Mau",
    "street": "45 Nguyen An Ninh",
    "zipcode": "780000",
    "city": "Vung Tau",
    "country": "VN",
}
TICKET = {
    "attendee_name_parts_0": "Nguyen",
    "attendee_name_parts_1": "Mau",
    "attendee_email": BUYER,
    "question_1": "Loan for a house",
    "question_2": "1989-10-02",
    "question_3": "077089000102",
}
FILE = "question_4"


def order_one(browser: Browser, number: int) -> str:
    """Order one ticket and give the order's code; `number` makes the file's bytes its own."""
    form = _form(browser.get(EVENT), "item_")
    item = next(name for name in form.names if name.startswith("item_"))
    _done(browser, form.action, {**form.values, item: "1"})
    page = browser.get(f"{EVENT}checkout/start")
    page = _sent(browser, page, _form(page, "email"), number)
    while "/checkout/confirm/" not in page.url:
        page = _sent(browser, page, _form(page, "payment"), number)
    form = next(form for form in page.forms() if "csrfmiddlewaretoken" in form.names and "/confirm/" in form.action)
    page = _done(browser, form.action, form.values)
    found = re.search(r"/order/([A-Z0-9]+)/", page.url)
    if found is None or page.status != 200:
        raise FlowError(f"{page.url}: {page.status}")
    return found[1]


def _sent(browser: Browser, page: Page, form: Form, number: int) -> Page:
    """Answer a page's questions, ticket's ones by the end of their names, and go on."""
    values, files = {**form.values, **{name: value for name, value in CONTACT.items() if name in form.names}}, Files()
    for name in form.names:
        _position, _dash, question = name.partition("-")
        if question in TICKET:
            values[name] = TICKET[question]
        elif question == FILE:
            files[name] = (f"giay-to-{number}.pdf", PDF + f"% {number}\n".encode(), "application/pdf")
    after = browser.post(form.action, values, files or None)
    if after.status != 200 or after.url == page.url:
        raise FlowError(
            f"{page.url} was not left ({after.status}): {re.findall('alert-danger.{200}', after.text, re.DOTALL)}"
        )
    return after


def _form(page: Page, start: str) -> Form:
    for form in page.forms():
        if any(name.startswith(start) for name in form.names):
            return form
    raise FlowError(f"{page.url} ({page.status}) has no form with {start}…")


def _done(browser: Browser, url: str, values: dict[str, str]) -> Page:
    """Send what the worker does, ask until it is done, and open where it leads."""
    page, end = browser.post(url, {**values, "ajax": "1"}), time.monotonic() + GIVE_UP
    told = json.loads(page.text)
    again = urljoin(url, told.get("check_url", ""))
    while not told["ready"]:
        if time.monotonic() > end:
            raise FlowError(f"{url} is not done after {GIVE_UP} s")
        time.sleep(ASK_AGAIN)
        told = json.loads(browser.get(again).text)
    if not told.get("success"):
        raise FlowError(f"{url}: {told.get('message')}")
    return browser.get(urljoin(url, told["redirect"]))
