// What every JavaScript relying party is put through; a client supplies begin, finish, refresh and signOutAddress.

import assert from "node:assert/strict";
import { Browser } from "./browser.mjs";

export const settings = {
  base: process.env.BASE_URL,
  forger: process.env.FORGER_URL,
  clientId: process.env.CLIENT_ID,
  clientSecret: process.env.CLIENT_SECRET,
  citizen: process.env.CITIZEN,
  redirectUri: process.env.REDIRECT_URI,
  postLogoutRedirectUri: process.env.POST_LOGOUT_REDIRECT_URI,
};

let passed = 0;
async function test(name, body) {
  try {
    await body();
    passed += 1;
    console.log(`  ok   ${name}`);
  } catch (error) {
    console.log(`  FAIL ${name}`);
    console.error(error);
    process.exitCode = 1;
  }
}

/** `connect(issuer)` discovers; the client it gives back is { begin(extra), finish(url, pending), refresh(tokens), signOut(tokens, state) }. */
export async function story(library, connect) {
  const { base, forger, citizen, redirectUri, postLogoutRedirectUri } = settings;
  console.log(library);
  const browser = new Browser({ base, citizen });
  const client = await connect(base);
  let first, second;

  const signIn = async (client, browser, extra) => {
    const pending = await client.begin(extra);
    return client.finish(await browser.visit(pending.url, redirectUri), pending);
  };

  await test("signs in with a password", async () => {
    first = await signIn(client, browser, { scope: "openid profile citizen_id" });
    assert.deepEqual(browser.pages.filter((page) => page !== "consent"), ["password"]);
    assert.equal(first.userinfo.sub, first.claims.sub);
    assert.equal(first.userinfo.citizen_id, citizen);
    assert.equal(first.claims.account_level >= 1, true);
    assert.equal(first.claims.authentication_level, 1);
    assert.equal(first.claims.citizen_id, undefined, "personal claims belong to userinfo");
  });

  await test("steps up to level 2 and stays the same person", async () => {
    second = await signIn(client, browser, { scope: "openid profile citizen_id address offline_access", acr_values: "LoA2" });
    assert.deepEqual(browser.pages.filter((page) => page !== "consent"), ["otp"], "no password again");
    assert.equal(second.claims.acr, "LoA2");
    assert.equal(second.claims.authentication_level, 2);
    assert.equal(second.claims.sub, first.claims.sub);
    assert.equal(second.claims.sid, first.claims.sid);
    assert.ok(second.userinfo.address, "a level-2 claim");
  });

  await test("signs in silently with prompt=none", async () => {
    const silent = await signIn(client, browser, { scope: "openid profile citizen_id", prompt: "none" });
    assert.deepEqual(browser.pages, []);
    assert.equal(silent.claims.sub, first.claims.sub);
  });

  await test("refreshes", async () => {
    assert.ok(second.tokens.refresh_token, "offline_access brings a refresh token");
    const refreshed = await client.refresh(second);
    assert.notEqual(refreshed.tokens.access_token, second.tokens.access_token);
    assert.notEqual(refreshed.tokens.refresh_token, second.tokens.refresh_token, "rotation");
    assert.equal(refreshed.userinfo.sub, first.claims.sub);
  });

  await test("signs out", async () => {
    const url = await client.signOut(second, "bye");
    const back = await browser.visit(url, postLogoutRedirectUri);
    assert.equal(back.searchParams.get("state"), "bye");
    const pending = await client.begin({ scope: "openid", prompt: "none" });
    const refused = await browser.visit(pending.url, redirectUri);
    assert.equal(refused.searchParams.get("error"), "login_required");
    assert.equal(refused.searchParams.get("iss"), base);
  });

  // The lying provider: first honest, so that a refusal afterwards means something.
  const lie = (mode) => fetch(`${forger}/forger/mode`, { method: "POST", body: mode });
  await lie("honest");
  const victim = new Browser({ base: forger, citizen, outbox: base });
  const deceived = await connect(forger);
  await test("believes the relay while it tells the truth", async () => {
    const honest = await signIn(deceived, victim, { scope: "openid profile citizen_id" });
    assert.equal(honest.userinfo.citizen_id, citizen);
  });
  const reasons = { iss: /"iss"/, nonce: /"nonce"/, signature: /signature/, "response-iss": /"iss"/ };
  for (const [mode, reason] of Object.entries(reasons)) {
    await test(`rejects a forged ${mode}`, async () => {
      await lie(mode);
      await assert.rejects(signIn(deceived, victim, { scope: "openid profile citizen_id" }), (error) => {
        assert.match(`${error.message} ${error.cause?.message ?? ""}`, reason);
        return true;
      });
    });
  }
  await lie("honest");
  console.log(`${library}: ${passed} passed`);
}
