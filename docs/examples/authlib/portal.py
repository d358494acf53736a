"""A portal that signs citizens in, on Authlib and Flask.

python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && .venv/bin/python portal.py     then open http://localhost:3000
"""

import os
import secrets
from json import dumps
from urllib.parse import urlencode

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, render_template_string, request, session

ISSUER = os.environ.get("ISSUER", "http://localhost:8080")
PORT = int(os.environ.get("PORT", "3000"))
PORTAL = os.environ.get("BASE_URL", f"http://localhost:{PORT}")

app = Flask(__name__)
app.secret_key = os.environ.get("COOKIE_KEY") or secrets.token_bytes(32)
# Every port of localhost shares one cookie jar: give yours a name of its own.
app.config.update(SESSION_COOKIE_NAME="portal_example_flask", SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax")
app.config["SESSION_COOKIE_SECURE"] = PORTAL.startswith("https:")

provider = OAuth(app).register(
    "dinhdanh",
    client_id=os.environ.get("CLIENT_ID", "sandbox-portal"),
    client_secret=os.environ.get("CLIENT_SECRET", "demo-secret-that-is-public-and-for-the-sandbox-only"),
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_kwargs={"code_challenge_method": "S256", "token_endpoint_auth_method": "client_secret_basic"},
)

CITIZENS = {}  # session key -> citizen; tokens stay on the server. A real portal uses its database.

PAGE = """<!doctype html><html lang="vi"><title>Cổng mẫu</title><h1>Cổng mẫu</h1>
{% if citizen %}<p>Xin chào, <b id="name">{{ citizen.userinfo.name }}</b></p><pre id="claims">{{ shown }}</pre>
<form method="post" action="/sign-out"><button id="sign-out">Đăng xuất</button></form>
<form method="post" action="/refresh"><button id="refresh">Cập nhật</button></form>
{% elif problem %}<p>Quý công dân chưa đăng nhập: <code id="problem">{{ problem }}</code></p><a href="/">Thử lại</a>
{% else %}<a id="sign-in" href="/sign-in">Đăng nhập</a> · <a href="/sign-in?level=2">mức độ 2</a>{% endif %}</html>"""


class NotSignedIn(Exception):
    """Says why in one word."""


@app.get("/")
def home():
    citizen = CITIZENS.get(session.get("key"))
    return render_template_string(PAGE, citizen=citizen, shown=dumps(citizen, indent=2, ensure_ascii=False))


@app.get("/sign-in")
def sign_in():
    """Off to the provider. Authlib makes state, nonce and PKCE, and keeps them in this browser's signed session."""
    level2 = request.args.get("level") == "2"
    wish = {"scope": "openid profile citizen_id"}
    if level2:
        wish = {"scope": "openid profile citizen_id address offline_access", "acr_values": "LoA2"}
    session["level2"] = level2
    return provider.authorize_redirect(f"{PORTAL}/callback", ui_locales="vi", **wish)


@app.get("/callback")
def callback():
    """Back from the provider."""
    # RFC 9207: the answer must name the provider we asked. Authlib leaves this to us.
    if request.args.get("iss") != ISSUER:
        raise NotSignedIn("wrong_issuer")
    # Checks state, redeems the code, verifies signature, iss, aud, exp, nonce and at_hash of the ID token; raises on error=… too.
    tokens = provider.authorize_access_token()
    claims = tokens.get("userinfo")  # Authlib's name for the claims of the verified ID token
    if not claims:
        raise NotSignedIn("no_id_token")
    # acr_values is only a wish: look at what you got.
    if session.pop("level2", False) and min(claims["account_level"], claims["authentication_level"]) < 2:
        raise NotSignedIn("level_too_low")
    session.clear()
    session["key"] = secrets.token_urlsafe(32)
    CITIZENS[session["key"]] = {"claims": dict(claims), "userinfo": userinfo(tokens, claims["sub"]), "tokens": dict(tokens)}
    return redirect("/", 303)


@app.post("/refresh")
def refresh():
    """New tokens, and what they release today. The refresh token rotates: keep the new one."""
    own_form()
    citizen = CITIZENS.get(session.get("key"))
    if not citizen or "refresh_token" not in citizen["tokens"]:
        raise NotSignedIn("no_refresh_token")
    tokens = provider.fetch_access_token(grant_type="refresh_token", refresh_token=citizen["tokens"]["refresh_token"])
    citizen["tokens"].update(tokens)
    citizen["userinfo"] = userinfo(citizen["tokens"], citizen["claims"]["sub"])
    return redirect("/", 303)


@app.post("/sign-out")
def sign_out():
    """Ends the session here first, then at the provider (RP-Initiated Logout)."""
    own_form()
    citizen = CITIZENS.pop(session.get("key"), None)
    session.clear()
    if not citizen:
        return redirect("/", 303)
    end = provider.load_server_metadata()["end_session_endpoint"]
    return redirect(f"{end}?{urlencode({'id_token_hint': citizen['tokens']['id_token'], 'post_logout_redirect_uri': PORTAL + '/'})}", 303)


def userinfo(tokens, sub):
    """Personal claims. OpenID Connect Core 5.3.2: they count only if they speak of the same person."""
    released = dict(provider.userinfo(token=tokens))
    if released.get("sub") != sub:
        raise NotSignedIn("userinfo_of_somebody_else")
    return released


def own_form():
    """A browser names the page that a POST comes from."""
    if request.headers.get("Origin") != PORTAL:
        raise NotSignedIn("foreign_form")


@app.errorhandler(AuthlibBaseError)
@app.errorhandler(NotSignedIn)
@app.errorhandler(ValueError)  # a signature or a token that cannot be read
def sorry(error):
    """access_denied (cancelled, refused, or the account is locked) is nobody's fault; say so kindly."""
    app.logger.warning("not signed in: %s", error)
    return render_template_string(PAGE, problem=getattr(error, "error", None) or str(error)), 403


@app.after_request
def headers(response):
    """Pages with personal data stay out of caches."""
    response.headers.update({"Cache-Control": "no-store", "Referrer-Policy": "same-origin"})
    return response


if __name__ == "__main__":
    print(f"open {PORTAL}", flush=True)
    app.run(port=PORT)
