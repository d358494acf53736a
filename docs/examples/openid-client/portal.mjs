// A portal that signs citizens in, on openid-client 6 and nothing else.
//   npm install && npm start        then open http://localhost:3000

import { createServer } from "node:http";
import { randomBytes } from "node:crypto";
import * as oidc from "openid-client";

const issuer = process.env.ISSUER ?? "http://localhost:8080";
const port = Number(process.env.PORT ?? 3000);
const portal = process.env.BASE_URL ?? `http://localhost:${port}`;
const clientId = process.env.CLIENT_ID ?? "sandbox-portal";
const clientSecret = process.env.CLIENT_SECRET ?? "demo-secret-that-is-public-and-for-the-sandbox-only";

// Discovery. The sandbox speaks http, so that must be allowed; never do it in production. By default the library trusts the TLS
// connection to the token endpoint; the second line makes it verify the ID token's signature as well.
const execute = [oidc.enableNonRepudiationChecks, ...(issuer.startsWith("http:") ? [oidc.allowInsecureRequests] : [])];
const config = await oidc.discovery(new URL(issuer), clientId, undefined, oidc.ClientSecretBasic(clientSecret), { execute });

const waiting = new Map(); // state -> sign-in under way; a real portal keeps both in its database, with an expiry
const sessions = new Map(); // cookie -> signed-in citizen

const routes = {
  "GET /": (request, response) => {
    const citizen = sessions.get(cookie(request, "portal_example_session"));
    if (!citizen) return page(response, 200, `<a id="sign-in" href="/sign-in">Đăng nhập</a> · <a href="/sign-in?level=2">mức độ 2</a>`);
    page(
      response,
      200,
      `<p>Xin chào, <b id="name">${escape(citizen.userinfo.name ?? "")}</b></p><pre id="claims">${escape(JSON.stringify(citizen, null, 2))}</pre>
       <form method="post" action="/sign-out"><button id="sign-out">Đăng xuất</button></form>
       <form method="post" action="/refresh"><button id="refresh">Cập nhật</button></form>`,
    );
  },

  "GET /sign-in": async (request, response, url) => {
    const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
    const level2 = url.searchParams.get("level") === "2";
    const browser = randomBytes(32).toString("base64url");
    waiting.set(state, { verifier, nonce, browser, level2 });
    if (waiting.size > 10_000) waiting.delete(waiting.keys().next().value);
    const to = oidc.buildAuthorizationUrl(config, {
      redirect_uri: `${portal}/callback`,
      scope: level2 ? "openid profile citizen_id address offline_access" : "openid profile citizen_id",
      ...(level2 && { acr_values: "LoA2" }),
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
      ui_locales: "vi",
    });
    go(response, to.href, `portal_example_state_${state}=${browser}; Path=/; HttpOnly; SameSite=Lax; Max-Age=600`);
  },

  "GET /callback": async (request, response, url) => {
    const state = url.searchParams.get("state") ?? "";
    const started = waiting.get(state);
    if (!started || cookie(request, `portal_example_state_${state}`) !== started.browser) return sorry(response, "unknown_sign_in");
    waiting.delete(state);
    // Checks state, iss of the answer, signature, iss, aud, exp and nonce of the ID token; throws on `error=…` too.
    const tokens = await oidc.authorizationCodeGrant(config, new URL(url.search, `${portal}/callback`), {
      pkceCodeVerifier: started.verifier,
      expectedState: state,
      expectedNonce: started.nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    // acr_values is only a wish: look at what you got.
    if (started.level2 && Math.min(claims.account_level, claims.authentication_level) < 2) return sorry(response, "level_too_low");
    const userinfo = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
    const session = randomBytes(32).toString("base64url");
    sessions.set(session, { claims, userinfo, idToken: tokens.id_token, refreshToken: tokens.refresh_token });
    go(response, "/", `portal_example_session=${session}; Path=/; HttpOnly; SameSite=Lax`);
  },

  "POST /refresh": async (request, response) => {
    const citizen = sessions.get(cookie(request, "portal_example_session"));
    if (!citizen?.refreshToken) return sorry(response, "no_refresh_token");
    const tokens = await oidc.refreshTokenGrant(config, citizen.refreshToken);
    citizen.refreshToken = tokens.refresh_token ?? citizen.refreshToken; // it rotates: keep the new one
    citizen.userinfo = await oidc.fetchUserInfo(config, tokens.access_token, citizen.claims.sub);
    go(response, "/");
  },

  "POST /sign-out": (request, response) => {
    const citizen = sessions.get(cookie(request, "portal_example_session"));
    sessions.delete(cookie(request, "portal_example_session"));
    if (!citizen) return go(response, "/");
    const parameters = { id_token_hint: citizen.idToken, post_logout_redirect_uri: `${portal}/` };
    go(response, oidc.buildEndSessionUrl(config, parameters).href, "portal_example_session=; Path=/; Max-Age=0");
  },
};

createServer(async (request, response) => {
  const url = new URL(request.url, portal);
  const route = routes[`${request.method} ${url.pathname}`];
  if (!route) return sorry(response, "not_found", 404);
  // Our own forms only: the browser says where a POST comes from.
  if (request.method === "POST" && request.headers.origin !== portal) return sorry(response, "foreign_form");
  try {
    await route(request, response, url);
  } catch (error) {
    sorry(response, error.error ?? error.code ?? "untrusted_answer", 403, error);
  }
}).listen(port, "127.0.0.1", () => console.log(`${clientId}: open ${portal}`));

// What the citizen reads: access_denied (cancelled, refused, or the account is locked) is nobody's fault.
function sorry(response, code, status = 400, error) {
  if (error) console.error(code, error.error_description ?? error.message);
  page(response, status, `<p>Quý công dân chưa đăng nhập: <code id="problem">${escape(code)}</code></p><a href="/">Thử lại</a>`);
}

function page(response, status, body) {
  const headers = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", "referrer-policy": "same-origin" };
  response.writeHead(status, headers).end(`<!doctype html><html lang="vi"><title>Cổng mẫu</title><h1>Cổng mẫu</h1>${body}</html>`);
}

function go(response, location, setCookie) {
  response.writeHead(303, { location, ...(setCookie && { "set-cookie": setCookie }) }).end();
}

function cookie(request, name) {
  const pairs = (request.headers.cookie ?? "").split("; ").map((pair) => pair.split("="));
  return pairs.find(([key]) => key === name)?.[1];
}

function escape(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
