"""Real processes and a real browser: embedded PostgreSQL and Redis, web, worker, and the system's Chromium."""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Cookie, Page, expect, sync_playwright

from running.supervisor import Stack, free_port
from tests.browsers import chromium
from tests.house.source import ROOT
from tests.upgrades.tools import copy_of_the_migrated_one

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {"phone": 360, "desk": 1280}
LOOK = """async () => {
  const {violations} = await axe.run(document, {resultTypes: ["violations"]});
  const {scrollWidth, clientWidth} = document.documentElement;
  return {violations, overflow: scrollWidth - clientWidth};
}"""
expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def stack(django_db_blocker):
    """The portal as bin/demo runs it, on free ports, with an empty desk.

    Not in pytest's own temporary folder: that one is closed to the user PostgreSQL runs as when we are root.
    """
    folder = Path(tempfile.mkdtemp(prefix="motcua-e2e-"))
    own = {"DATABASE_URL": "", "REDIS_URL": "", "DJANGO_SETTINGS_MODULE": "portal.settings", "PYTHONWARNINGS": "ignore"}
    stack = Stack(folder, free_port(), own)
    try:
        stack.start_postgres(fast=True)
        stack.start_redis()
        with django_db_blocker.unblock():
            _fill(stack)
        stack.start("web", "worker")
        stack.wait_until_healthy(90)
        yield stack
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)


COMMANDS = (
    ("migrate", "--noinput", "--verbosity", "0"),
    ("collectstatic", "--noinput", "--verbosity", "0"),
    ("seed_demo",),
    ("seed_reporting",),
)


def _fill(stack: Stack) -> None:
    """The tables of the other tests' migrated database (migrating takes ten seconds), then the commands, in one process."""
    with psycopg.connect(stack.env["DATABASE_URL"]) as link:
        filled = link.execute("SELECT to_regclass('django_migrations') IS NOT NULL").fetchone()
    assert filled == (False,), "the stack's database is new"
    copy_of_the_migrated_one(stack.env["DATABASE_URL"])
    lines = [f"call_command(*{command!r})" for command in COMMANDS]
    code = "; ".join(["import django", "django.setup()", "from django.core.management import call_command", *lines])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env=stack.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]


@pytest.fixture(scope="session")
def browser(stack):
    """The system's Chromium; Playwright brings none, and lets no statement of ours through once it runs: the stack is first."""
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@dataclass
class Auditor:
    """Looks at every page of a story at both widths with axe-core, also pages made without JavaScript.

    It has one window for the whole session, narrowed and widened; each look brings the cookies of whoever is looked at.
    """

    browser: Browser
    seen: list[str] = field(default_factory=list)
    window: Page | None = None

    def look(self, page: Page, name: str) -> None:
        """Check what the page shows once it is there whole; AssertionError names each violation."""
        page.wait_for_load_state("load")
        # An address may have changed before a word of its page came.
        page.locator("h1").first.wait_for(state="attached")
        html, url, cookies = page.content(), page.url, page.context.cookies()
        window = self._window()
        window.context.clear_cookies()
        window.context.add_cookies(cookies)
        found = self._violations(window, html, url, name)
        self.seen.append(name)
        assert found == [], "\n".join(found)

    def _window(self) -> Page:
        if self.window is None:
            self.window = self.browser.new_context(viewport={"width": WIDTHS["desk"], "height": 900}).new_page()
        return self.window

    def _violations(self, window: Page, html: str, url: str, name: str) -> list[str]:
        """The same HTML in a scripted context: style sheets come from the portal, the policy's headers do not."""
        found = []
        address = url.split("#", maxsplit=1)[0]
        window.route(address, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
        try:
            window.goto(address)
            window.evaluate(AXE)
            for width in WIDTHS.values():
                window.set_viewport_size({"width": width, "height": 900})
                report = window.evaluate(LOOK)
                where = f"{name} at {width}px"
                found += [
                    f"{where}: {entry['id']} ({entry['impact']}): {entry['help']}: {node['html'][:160]}"
                    for entry in report["violations"]
                    for node in entry["nodes"]
                ]
                if report["overflow"] > 0:
                    found.append(f"{where}: scrolls sideways by {report['overflow']} px")
        finally:
            window.unroute(address)
        return found


@pytest.fixture(scope="session")
def auditor(browser):
    """One list of looked-at pages for the whole session."""
    return Auditor(browser)


class Person:
    """Somebody in front of a browser of their own; one of the cast who signed in once stays signed in (`cookies`)."""

    def __init__(
        self,
        browser: Browser,
        stack: Stack,
        auditor: Auditor,
        cookies: dict[str, list[Cookie]],
        *,
        scripts: bool = True,
        width: int = 1280,
    ) -> None:
        self.stack = stack
        self.scripts = scripts
        self.auditor = auditor
        self.cookies = cookies
        self.root = f"http://localhost:{stack.port}"
        self.context = browser.new_context(
            java_script_enabled=scripts,
            viewport={"width": width, "height": 900},
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
        )
        self.page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on(
            "console",
            lambda message: (
                self.faults.append(f"console: {message.text} {message.location['url']}")
                if message.type == "error"
                else None
            ),
        )
        self.page.on(
            "response",
            lambda answer: self.faults.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
        )
        self.page.on("request", self._only_our_host)

    def _only_our_host(self, request) -> None:
        if not request.url.startswith((self.root, "data:", "blob:")):
            self.faults.append(f"third party asked: {request.url}")

    def take_role(self, key: str) -> None:
        """Sign in with one click as a member of the cast, or come back to the session begun then."""
        if key in self.cookies:
            self.context.add_cookies(self.cookies[key])
            return
        self.go("/tai-khoan/login/")
        self.page.locator(".cast-fold > summary").click()
        self.page.locator('button[name="key"]').first.wait_for()
        button = self.page.locator(f'button[name="key"][value="{key}"]')
        if button.count() == 0:  # no button invites those whose role has no work in the demo yet
            button = self.page.locator('button[name="key"]')
            button.first.evaluate("(button, key) => { button.value = key }", key)
        button.first.click()
        self.page.wait_for_url(lambda url: "/login" not in url)
        self.cookies[key] = self.context.cookies()

    def go(self, path: str) -> None:
        """Open a page of the portal."""
        answer = self.page.goto(self.root + path)
        assert answer is not None
        assert answer.status < 400, f"{answer.status} {path}"

    def look(self, name: str) -> None:
        """Have the page audited."""
        self.auditor.look(self.page, name)

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Wait until the page shows a text."""
        expect(self.page.locator("body")).to_contain_text(text)

    def leave(self) -> None:
        """Close the browser; whatever went wrong on the way fails the story."""
        self.context.close()
        if self.faults:
            print((self.stack.var / "log" / "web.log").read_text(errors="replace")[-6000:])
        assert self.faults == []


@pytest.fixture(scope="session")
def cookies():
    """Sessions of the cast, by key: nobody signs in twice."""
    return {}


@pytest.fixture
def person(browser, stack, auditor, cookies):
    """Make people; all of them leave at the end."""
    people: list[Person] = []

    def make(*, scripts: bool = True, width: int = 1280) -> Person:
        people.append(Person(browser, stack, auditor, cookies, scripts=scripts, width=width))
        return people[-1]

    yield make
    for one in people:
        one.leave()


@pytest.fixture(scope="session")
def eventually():
    """Wait for something another process does: `eventually(check, seconds)` gives the first true answer."""

    def wait(check, seconds: float = 20):
        end = time.monotonic() + seconds
        while True:
            answer = check()
            if answer or time.monotonic() > end:
                assert answer, "did not happen in time"
                return answer
            time.sleep(0.3)

    return wait
