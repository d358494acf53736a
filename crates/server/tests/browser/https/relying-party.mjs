// A service portal on https, with openid-client 6: GET or POST to the authorization endpoint, any response mode.

import { createServer, request } from "node:https";
import * as oidc from "openid-client";

/** `fetch` for names that only our browser resolves: everything is on this machine, and certificates must be those of our CA. */
function fetchWith(ca) {
  return (url, { method = "GET", headers, body } = {}) =>
    new Promise((resolve, reject) => {
      const lookup = (_, options, found) => (options.all ? found(null, [{ address: "127.0.0.1", family: 4 }]) : found(null, "127.0.0.1", 4));
      const sent = request(url, { method, headers: Object.fromEntries(new Headers(headers)), ca, lookup }, (answer) => {
        const chunks = [];
        answer.on("data", (chunk) => chunks.push(chunk));
        answer.on("end", () => {
          const empty = [204, 304].includes(answer.statusCode);
          const pairs = Object.entries(answer.headersDistinct).flatMap(([name, values]) => values.map((value) => [name, value]));
          resolve(new Response(empty ? null : Buffer.concat(chunks), { status: answer.statusCode, headers: pairs }));
        });
      });
      sent.on("error", reject);
      sent.end(body === undefined || body === null ? undefined : String(body));
    });
}

const escape = (text) => String(text).replace(/[&<>"]/g, (mark) => `&#${mark.codePointAt(0)};`);
const page = (title, body) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><body>${body}`;

export class RelyingParty {
  /** Sign-ins that have left, by state. */
  #pending = new Map();
  /** How each answer arrived: method and content type. */
  answers = [];

  static async open({ issuer, origin, clientId, clientSecret, ca, key, certificate }) {
    const party = new RelyingParty();
    Object.assign(party, { origin, redirectUri: `${origin}/callback` });
    party.config = await oidc.discovery(new URL(issuer), clientId, undefined, oidc.ClientSecretBasic(clientSecret), {
      [oidc.customFetch]: fetchWith(ca),
    });
    party.server = createServer({ key, cert: certificate }, (request, response) => {
      party.#answer(request, response).catch((error) => {
        response.writeHead(500, { "content-type": "text/html" });
        response.end(page("Failed", `<h1>Failed</h1><pre id="failed">${escape(error.error ?? error.message)}</pre>`));
      });
    });
    await new Promise((listening) => party.server.listen(Number(new URL(origin).port), "127.0.0.1", listening));
    return party;
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }

  async #answer(request, response) {
    const url = new URL(request.url, this.origin);
    const html = (title, body, headers = {}) => {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...headers });
      response.end(page(title, body));
    };
    if (url.pathname === "/begin") return this.#begin(url.searchParams, html, response);
    if (url.pathname === "/callback") return this.#finish(request, url, html);
    if (url.pathname === "/sign-out") {
      const bye = oidc.buildEndSessionUrl(this.config, { id_token_hint: this.idToken, post_logout_redirect_uri: `${this.origin}/` });
      response.writeHead(303, { location: bye.href });
      return response.end();
    }
    return html("Portal", "<h1>Portal</h1>");
  }

  /** `method=post` sends the request from a form of this site; everything else goes into the request. */
  async #begin(wishes, html, response) {
    const { method, ...extra } = Object.fromEntries(wishes);
    const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()];
    this.#pending.set(state, { nonce, verifier });
    const address = oidc.buildAuthorizationUrl(this.config, {
      redirect_uri: this.redirectUri,
      scope: "openid profile citizen_id",
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      ...extra,
    });
    // An answer by form_post is a post from another site: only SameSite=None comes along with it.
    const cookie = { "set-cookie": `state=${state}; Path=/; Secure; HttpOnly; SameSite=None` };
    if (method !== "post") {
      response.writeHead(303, { location: address.href, ...cookie });
      return response.end();
    }
    const fields = [...address.searchParams].map(([name, value]) => `<input type="hidden" name="${name}" value="${escape(value)}">`);
    const form = `<h1>On to sign in</h1><form method="post" action="${address.origin}${address.pathname}">${fields.join("")}<button id="go">Go</button></form>`;
    return html("On to sign in", form, cookie);
  }

  async #finish(request, url, html) {
    let answer = url;
    if (request.method === "POST") {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      answer = new Request(url, { method: "POST", headers: { "content-type": request.headers["content-type"] }, body: Buffer.concat(chunks) });
    }
    this.answers.push(request.method);
    const state = /(?:^|; )state=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
    const pending = this.#pending.get(state);
    if (!pending) throw new Error(`no sign-in waits here for the state ${state}`);
    this.#pending.delete(state);
    const tokens = await oidc.authorizationCodeGrant(this.config, answer, {
      expectedState: state,
      expectedNonce: pending.nonce,
      pkceCodeVerifier: pending.verifier,
      idTokenExpected: true,
    });
    this.idToken = tokens.id_token;
    const claims = tokens.claims();
    const userinfo = await oidc.fetchUserInfo(this.config, tokens.access_token, claims.sub);
    return html("Signed in", `<h1>Signed in</h1><pre id="claims">${escape(JSON.stringify({ ...claims, ...userinfo }))}</pre>`);
  }
}
