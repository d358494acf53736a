"""Drives a portal that runs as a server of its own, as a citizen with a browser would.

portals.py KIND HONEST_PORTAL LYING_PORTAL: the first portal trusts the provider, the second one the forger in front of it.
KIND says how the portal's pages look: rust (openidconnect crate), js (openid-client example), authlib, apache (mod_auth_openidc).
"""

import html
import json
import os
import re
import sys
import traceback
from urllib.parse import parse_qs, quote, urlparse

import requests

from browser import Browser

BASE, FORGER, CITIZEN = (os.environ[name] for name in ("BASE_URL", "FORGER_URL", "CITIZEN"))


class Example:
    """The portals under docs/examples: home page with `id="claims"`, everything as JSON."""

    sign_in, step_up, callback = "/sign-in", "/sign-in?level=2", "/callback"

    def __init__(self, portal, browser):
        self.portal, self.browser = portal, browser

    def home(self):
        return self.browser.open(self.portal + "/")

    def is_signed_in(self):
        return 'id="claims"' in self.home().text

    def known(self):
        shown = re.search(r'id="claims">(.*?)</pre>', self.home().text, re.S).group(1)
        citizen = json.loads(html.unescape(shown))
        return citizen["claims"], citizen["userinfo"]

    def refresh(self):
        answer = self.post("/refresh")
        assert answer.status_code == 303, answer.text

    def sign_out_address(self):
        return self.post("/sign-out").headers["location"]

    def post(self, path):
        return self.browser.session.post(self.portal + path, headers={"origin": self.portal}, allow_redirects=False, timeout=20)


class Rust(Example):
    """The demo portal: claims and checks in two tables."""

    step_up = None  # a portal of its own level: the second instance of the run asks for level 2

    def home(self):
        return self.browser.open(self.portal + "/citizen?lang=en")

    def is_signed_in(self):
        return 'id="claims"' in self.home().text

    def known(self):
        page = self.home().text
        cells = re.findall(r'data-claim="([^"]+)">([^<]*)<', page)
        released = {name: html.unescape(value) for name, value in cells}
        levels = re.search(r"account_level (\d), authentication_level (\d)", page)
        acr = re.search(r"acr (\S+),", page).group(1)
        claims = {"sub": released["sub"], "acr": acr, "account_level": int(levels[1]), "authentication_level": int(levels[2])}
        return claims, released


class Apache(Example):
    """mod_auth_openidc: everything is asked of the module's own address."""

    sign_in, step_up, callback = "/protected/", "/protected/level2/", "/protected/callback"

    def info(self):
        return self.browser.session.get(f"{self.portal}{self.callback}?info=json", allow_redirects=False, timeout=20)

    def is_signed_in(self):
        return self.info().status_code == 200

    def known(self):
        info = self.info().json()
        return info["id_token"], info["userinfo"]

    def refresh(self):
        before = self.info().json()["access_token"]
        back = quote(self.portal + "/protected/", safe="")
        address = f"{self.portal}{self.callback}?refresh={back}&access_token={quote(before, safe='')}"
        answer = self.browser.session.get(address, allow_redirects=False, timeout=20)
        assert answer.status_code == 302 and "error" not in answer.headers["location"], answer.headers
        assert self.info().json()["access_token"] != before

    def sign_out_address(self):
        back = quote(self.portal + "/", safe="")
        return self.browser.session.get(f"{self.portal}{self.callback}?logout={back}", allow_redirects=False, timeout=20).headers["location"]


KINDS = {"js": Example, "authlib": Example, "rust": Rust, "apache": Apache}


def sign_in(portal, path):
    """From the portal to the provider and back; the portal's own last page is the result."""
    answer = portal.browser.visit(portal.portal + path, portal.portal + portal.callback)
    return portal.browser.open(answer)


def story(kind, honest, lying, level2_portal=None):
    """Yields (sentence, check) one by one; a check raises when it fails."""
    browser = Browser(BASE, CITIZEN)
    portal = KINDS[kind](honest, browser)
    seen = {}

    def signs_in():
        sign_in(portal, portal.sign_in)
        assert [page for page in browser.pages if page != "consent"] == ["password"], browser.pages
        claims, userinfo = portal.known()
        assert claims["sub"] == userinfo["sub"] and userinfo["citizen_id"] == CITIZEN, userinfo
        seen["sub"] = claims["sub"]

    def steps_up():
        stepped = KINDS[kind](level2_portal, browser) if level2_portal else portal
        sign_in(stepped, stepped.step_up or stepped.sign_in)
        assert [page for page in browser.pages if page != "consent"] == ["otp"], browser.pages
        claims, userinfo = stepped.known()
        assert claims["acr"] == "LoA2" and claims["authentication_level"] == 2, claims
        assert claims["sub"] == seen["sub"], "the same person"
        assert any(name.startswith("address") for name in userinfo), userinfo
        seen["level2"] = stepped

    def refreshes():
        seen["level2"].refresh()
        assert seen["level2"].known()[1]["sub"] == seen["sub"]

    def signs_out():
        if not portal.is_signed_in():  # its twin for level 2 shares host and cookie name
            sign_in(portal, portal.sign_in)
        address = portal.sign_out_address()
        assert address.startswith(BASE + "/oidc/logout"), address
        browser.visit(address, honest + "/")
        assert not portal.is_signed_in()
        sign_in(portal, portal.sign_in)
        assert "password" in browser.pages, "the provider's session must have ended as well"

    yield "signs in with a password", signs_in
    yield "steps up to level 2 and stays the same person", steps_up
    yield "refreshes", refreshes
    yield "signs out", signs_out

    def lie(mode):
        requests.post(f"{FORGER}/forger/mode", data=mode, timeout=20)

    victim = Browser(FORGER, CITIZEN, outbox=BASE)
    deceived = KINDS[kind](lying, victim)

    def believes_the_truth():
        lie("honest")
        sign_in(deceived, deceived.sign_in)
        assert deceived.known()[1]["citizen_id"] == CITIZEN

    def rejects(mode):
        def check():
            lie("honest")
            victim.session.cookies.clear()
            lie(mode)
            answer = sign_in(deceived, deceived.sign_in)
            refused = answer.status_code >= 400 or "<title>Error</title>" in answer.text  # mod_auth_openidc says so with status 200
            assert refused, (answer.status_code, answer.text[:500])
            assert not deceived.is_signed_in()
            lie("honest")

        return check

    yield "believes the relay while it tells the truth", believes_the_truth
    for mode in ("iss", "nonce", "signature", "response-iss"):
        yield f"rejects a forged {mode}", rejects(mode)
    yield "believes it again, so nothing else was broken", believes_the_truth


def main():
    kind, *addresses = sys.argv[1:]
    print(os.environ.get("LIBRARY", kind))
    passed = failed = 0
    for sentence, check in story(kind, *addresses):
        try:
            check()
            passed += 1
            print(f"  ok   {sentence}", flush=True)
        except Exception:  # noqa: BLE001 - every failure is told, the story goes on
            failed += 1
            print(f"  FAIL {sentence}", flush=True)
            traceback.print_exc()
    print(f"{os.environ.get('LIBRARY', kind)}: {passed} passed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
