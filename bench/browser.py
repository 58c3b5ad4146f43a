"""A small browser for measurements: keeps cookies, follows redirects, reads the forms of a page. No scripts, no assets.

Two of them speak the same language: `Browser` over HTTP to any server, `InProcess` through Django's own client.
"""

import http.client
import uuid
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Protocol
from urllib.parse import urlencode, urljoin, urlsplit

REDIRECTS = frozenset({301, 302, 303})
Files = dict[str, tuple[str, bytes, str]]  # field: (name, bytes, type)


@dataclass
class Form:
    """One form of a page: where it goes and what it would send untouched."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


@dataclass
class Page:
    """One answer after its redirects."""

    url: str
    status: int
    text: str

    def forms(self) -> list[Form]:
        """All forms of the page."""
        reader = _Forms(self.url)
        reader.feed(self.text)
        return reader.found

    def form(self, name: str) -> Form:
        """The first form that has a control of this name."""
        for one in self.forms():
            if name in one.names:
                return one
        raise LookupError(f"{self.url} ({self.status}) has no form with {name!r}: {self.text[:2000]}")


class Visitor(Protocol):
    """What a measured flow needs of a browser."""

    def get(self, url: str) -> Page:
        """Open an address."""

    def post(self, url: str, values: dict[str, str], files: Files | None = None) -> Page:
        """Send a form and open where it leads."""


class Browser:
    """A visitor over HTTP on one kept connection."""

    def __init__(self, port: int, host: str = "localhost") -> None:
        self.origin = f"http://{host}:{port}"
        self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.host = f"{host}:{port}"
        self.cookies: dict[str, str] = {}
        self.requests = 0

    def get(self, url: str) -> Page:
        """Open an address, following redirects."""
        return self._send("GET", url, None, "")

    def post(self, url: str, values: dict[str, str], files: Files | None = None) -> Page:
        """Send a form as a browser does, following redirects."""
        if files is None:
            return self._send("POST", url, urlencode(values).encode(), "application/x-www-form-urlencoded")
        body, kind = multipart(values, files)
        return self._send("POST", url, body, kind)

    def close(self) -> None:
        """Close the connection."""
        self.link.close()

    def _send(self, method: str, url: str, body: bytes | None, kind: str) -> Page:
        target = urlsplit(urljoin(self.origin + "/", url))
        headers = {"Host": self.host, "Referer": self.origin + "/", "Accept": "text/html", "Accept-Language": "vi,en"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"], headers["Origin"] = kind, self.origin
        path = target.path + (f"?{target.query}" if target.query else "")
        self.link.request(method, path, body, headers)
        answer = self.link.getresponse()
        text = answer.read().decode()
        self.requests += 1
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.update({name: one.value for name, one in SimpleCookie(line).items()})
        if answer.status in REDIRECTS:
            return self._send("GET", urljoin(target.geturl(), answer.headers["Location"]), None, "")
        return Page(target.geturl(), answer.status, text)


class InProcess:
    """A visitor through Django's client: the same flow without a server, for profiles."""

    def __init__(self, client: object) -> None:
        self.client = client

    def get(self, url: str) -> Page:
        """Open an address, following redirects."""
        return self._page(url, self.client.get(url))

    def post(self, url: str, values: dict[str, str], files: Files | None = None) -> Page:
        """Send a form, following redirects."""
        body, kind = multipart(values, files or {})
        if files is None:
            body, kind = urlencode(values).encode(), "application/x-www-form-urlencoded"
        return self._page(url, self.client.generic("POST", url, body, kind))

    def _page(self, url: str, answer: object) -> Page:
        if answer.status_code in REDIRECTS:
            return self.get(urljoin(url, answer["Location"]))
        return Page(url, answer.status_code, answer.content.decode())


def multipart(values: dict[str, str], files: Files) -> tuple[bytes, str]:
    """A form with files as bytes, and its content type."""
    mark = uuid.uuid4().hex
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in values.items()
    ]
    for name, (file_name, content, kind) in files.items():
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        parts.append(f"{head}Content-Type: {kind}\r\n\r\n".encode() + content + b"\r\n")
    return b"".join(parts) + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


class _Forms(HTMLParser):
    """Reads forms: hidden and text values, ticked boxes, chosen options; buttons are not pressed."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.found: list[Form] = []
        self.select = ""
        self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, a control or an option."""
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(urljoin(self.url, facts.get("action", ""))))
        elif self.found and tag in {"input", "select", "textarea", "button"} and facts.get("name"):
            self._control(tag, facts, {name for name, _value in attrs})
        elif tag == "option" and self.select and "selected" in {name for name, _value in attrs}:
            self.found[-1].values[self.select] = facts.get("value", "")

    def _control(self, tag: str, facts: dict[str, str], given: set[str]) -> None:
        form, name, kind = self.found[-1], facts["name"], facts.get("type", "text")
        form.names.add(name)
        if tag == "select":
            self.select = name
        elif tag == "textarea":
            self.area = name
            form.values[name] = ""
        elif tag == "input" and kind in {"checkbox", "radio"}:
            if "checked" in given:
                form.values[name] = facts.get("value", "on")
        elif tag == "input" and kind not in {"submit", "button", "file", "image"}:
            form.values[name] = facts.get("value", "")

    def handle_data(self, data: str) -> None:
        """Keep the text of a text area."""
        if self.area:
            self.found[-1].values[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        """Leave a control."""
        if tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""
