// Pages outside of a sign-in: wrong requests of portals, the start page, sign-out, a forgotten password.

import assert from "node:assert/strict";
import { BINH, HAI, PASSWORD, national, newest, provider, story } from "./harness.mjs";

const authorize = (changes) => {
  const query = new URLSearchParams({
    response_type: "code",
    client_id: "demo-national-portal",
    redirect_uri: `${national}/callback`,
    scope: "openid",
    state: "s",
    nonce: "n",
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
    ...changes,
  });
  return `${provider}/oauth2/authorize?${query}`;
};

/** A citizen who chose the language here before. */
async function chose(citizen) {
  await citizen.page.goto(`${provider}/?lang=${citizen.language}`);
}

story("the start page", async (citizen) => {
  await chose(citizen);
  await citizen.look("home");
  await citizen.press("#switch-language");
  assert.equal(await citizen.page.getAttribute("html", "lang"), citizen.in("en", "vi"));
  await citizen.page.goto(`${provider}/sandbox/phone?lang=${citizen.language}`);
  await citizen.look("phone-of-everybody");
});

story("an unknown client", async (citizen) => {
  await chose(citizen);
  const answer = await citizen.page.goto(authorize({ client_id: "nobody" }));
  assert.equal(answer.status(), 400);
  assert.match(await citizen.heading(), citizen.in(/Không nhận ra cổng/, /do not know this portal/));
  await citizen.look("unknown-client");
});

story("a redirect URI that is not registered is never followed", async (citizen) => {
  await chose(citizen);
  for (const wrong of [`${national}/callback/`, `${national}/Callback`, `${national}/callback?x=1`, "https://evil.example/callback"]) {
    const answer = await citizen.page.goto(authorize({ redirect_uri: wrong }));
    assert.equal(answer.status(), 400);
    assert.ok(citizen.place.startsWith(provider), `${wrong} was followed`);
  }
  assert.match(await citizen.heading(), citizen.in(/Địa chỉ quay lại không đúng/, /return address is wrong/));
  await citizen.look("wrong-redirect-uri");
});

story("a request that cannot be read", async (citizen) => {
  await chose(citizen);
  const answer = await citizen.page.goto(`${provider}/oauth2/authorize?client_id=%zz`);
  assert.equal(answer.status(), 400);
  await citizen.look("wrong-request");
});

story("an address where nothing is", async (citizen) => {
  await chose(citizen);
  const answer = await citizen.page.goto(`${provider}/khong-co-gi`);
  assert.equal(answer.status(), 404);
  await citizen.look("not-found");
  await citizen.page.goto(`${national}/khong-co-gi?lang=${citizen.language}`);
  await citizen.look("not-found-at-the-portal");
});

story("the language can be switched on every page of a sign-in", async (citizen, language) => {
  await citizen.begins_at(national);
  const other = language === "vi" ? "en" : "vi";
  await citizen.press("#switch-language");
  assert.equal(await citizen.page.getAttribute("html", "lang"), other);
  await citizen.types_password(HAI);
  assert.equal(await citizen.page.getAttribute("html", "lang"), citizen.place.startsWith(provider) ? other : language);
});

story("signing out without a portal asks first", async (citizen, language) => {
  await citizen.begins_at(national);
  await citizen.goes_on(HAI);
  await citizen.page.goto(`${provider}/oidc/logout?lang=${language}`);
  await citizen.look("sign-out-alone");
  await citizen.press("#sign-out");
  await citizen.look("signed-out");
  // The portal's own session is the portal's; a new sign-in there starts from the password.
  await citizen.page.goto(`${national}/sign-in`);
  assert.equal(await citizen.page_here(), "sign-in");
});

story("a forgotten password", async (citizen) => {
  await citizen.begins_at(national);
  await citizen.press("a[href^='/account/recover']");
  await citizen.look("recover-start");
  await citizen.page.fill("#citizen_id", BINH);
  await citizen.press("#send-code");
  await citizen.look("recover-code");
  const { code } = await newest(BINH);
  const fill = async (password, again) => {
    await citizen.page.fill("#otp", code);
    await citizen.page.fill("#password", password);
    await citizen.page.fill("#password_again", again);
    await citizen.press("#confirm");
  };
  await fill("weak", "weak");
  assert.ok(await citizen.page.innerText("#problem"));
  await citizen.look("recover-weak");
  await fill(PASSWORD, PASSWORD);
  await citizen.look("recover-done");
  assert.equal(await citizen.page.locator("#password").count(), 0, await citizen.page.innerText("main"));
});
