"""A browser without scripts: keeps cookies, submits the first form it is shown, stops where the portal takes over."""

from html.parser import HTMLParser
from urllib.parse import urljoin

import requests


class FirstForm(HTMLParser):
    """Action, hidden fields, names and ids of the first form of a page."""

    def __init__(self):
        super().__init__()
        self.action, self.hidden, self.marks, self._inside, self._done = None, {}, set(), False, False

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form" and not self._done:
            self._inside, self.action = True, given.get("action") or ""
        elif self._inside:
            self.marks.update(filter(None, (given.get("name"), given.get("id"))))
            if tag == "input" and given.get("type") == "hidden":
                self.hidden[given["name"]] = given.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "form" and self._inside:
            self._inside, self._done = False, True


class Browser:
    """Signs in as one citizen."""

    def __init__(self, base, citizen, password="Sandbox#2024", outbox=None):
        self.citizen, self.password, self.outbox = citizen, password, outbox or base
        self.session = requests.Session()
        self.session.trust_env = False
        self.pages = []

    def visit(self, address, stop):
        """Opens an address and answers every page until the browser is sent to `stop`; returns that address."""
        self.pages = []
        answer = self._get(address)
        for _ in range(25):
            location = answer.headers.get("location")
            if location is None:
                answer = self._answer(answer)
                continue
            address = urljoin(answer.url, location)
            if address.startswith(stop):
                return address
            answer = self._get(address)
        raise AssertionError(f"never came to {stop}; pages: {self.pages}")

    def open(self, address):
        """One page, redirects within the portal followed."""
        return self.session.get(address, timeout=20)

    def _get(self, address):
        return self.session.get(address, allow_redirects=False, timeout=20)

    def _answer(self, page):
        form = FirstForm()
        form.feed(page.text)
        fields = dict(form.hidden)
        if "password" in form.marks:
            self._once("password", page)
            fields |= {"citizen_id": self.citizen, "password": self.password}
        elif "otp" in form.marks:
            self._once("otp", page)
            fields["otp"] = self._code()
        elif "decision" in form.marks:
            self._once("consent", page)
            fields["decision"] = "allow"
        elif "account" in form.marks:
            self._once("account", page)
            fields["account"] = "current"
        elif "sign-out" in form.marks:
            self._once("sign-out", page)
        else:
            raise AssertionError(f"a page this browser does not know at {page.url} (status {page.status_code}): {page.text[:600]}")
        origin = "/".join(page.url.split("/")[:3])
        action = urljoin(page.url, form.action)
        return self.session.post(action, data=fields, headers={"origin": origin}, allow_redirects=False, timeout=20)

    def _once(self, name, page):
        """The same page twice means that our answer was refused."""
        assert name not in self.pages, f"the {name} page came again at {page.url}: {page.text[:600]}"
        self.pages.append(name)

    def _code(self):
        messages = requests.get(f"{self.outbox}/sandbox/outbox", params={"citizen_id": self.citizen}, timeout=20).json()
        assert messages and messages[0].get("code"), f"no code in the outbox of {self.citizen}"
        return messages[0]["code"]
