// One story over https on three registrable domains. Localhost ports share cookies and site, and so hide faults in SameSite, form_post
// and form-action; here the browser takes provider and portals for three sites.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { AN, Citizen, HAI, LAUNCH } from "../harness.mjs";
import { DOMAINS, startProvider } from "./provider.mjs";
import { RelyingParty } from "./relying-party.mjs";

const client = (name, origin, secret) => `
[[clients]]
client_id = "${name}"
client_secret = "${secret}"
client_name = "Cổng ${name}"
redirect_uris = ["${origin}/callback"]
post_logout_redirect_uris = ["${origin}/"]
token_endpoint_auth_method = "client_secret_basic"
grant_types = ["authorization_code"]
scope = "openid profile citizen_id"
purpose = "Xác định người nộp hồ sơ"
`;

let provider, one, other, browser;

before(async () => {
  provider = await startProvider(([first, second], secrets) => client("one", first, secrets[0]) + client("other", second, secrets[1]));
  const { issuer, origins, secrets, tls } = provider;
  const open = (index, clientId) => RelyingParty.open({ issuer, origin: origins[index], clientId, clientSecret: secrets[index], ...tls });
  one = await open(0, "one");
  other = await open(1, "other");
  const rules = Object.values(DOMAINS).map((name) => `MAP ${name} 127.0.0.1`).join(", ");
  browser = await chromium.launch({
    ...LAUNCH,
    args: [...LAUNCH.args, `--host-resolver-rules=${rules}`, `--ignore-certificate-errors-spki-list=${tls.pin}`],
  });
});

after(async () => {
  await browser?.close();
  one?.close();
  other?.close();
  await provider?.stop();
});

const claims = async (citizen) => JSON.parse(await citizen.page.innerText("#claims", { timeout: 15_000 }));
const begin = (party, wishes = {}) => `${party.origin}/begin?${new URLSearchParams(wishes)}`;

/** Number, password, consent; the browser goes where the provider sends it. */
async function signs_in(citizen, number) {
  await citizen.page.fill("#citizen_id", number);
  await citizen.page.fill("#password", "Sandbox#2024");
  await citizen.press("#sign-in");
  if (await citizen.page.locator("#allow").count()) await citizen.page.click("#allow");
}

function tell(name, story) {
  test(`https: ${name}`, { timeout: 120_000 }, async (t) => {
    const citizen = await Citizen.arrive("vi", {}, browser);
    t.after(() => citizen.leave());
    await story(citizen);
    citizen.saw_no_fault();
  });
}

tell("sign-in and consent forms reach the portal, cookies are __Host-, Secure and Lax, a second portal needs no password", async (citizen) => {
  const answer = await citizen.page.goto(begin(one));
  const headers = await answer.allHeaders();
  assert.match(headers["strict-transport-security"], /max-age=\d{7,}/);
  assert.match(headers["content-security-policy"], new RegExp(`form-action 'self' ${one.origin}`));
  await citizen.look("https-sign-in");
  await signs_in(citizen, AN);
  assert.equal((await claims(citizen)).citizen_id, AN);
  assert.equal(one.answers.at(-1), "GET");

  const cookies = (await citizen.context.cookies()).filter(({ domain }) => domain.endsWith(DOMAINS.provider));
  assert.ok(cookies.length >= 2, "browser and session");
  for (const cookie of cookies) {
    assert.match(cookie.name, /^__Host-dinhdanh_/);
    assert.deepEqual([cookie.secure, cookie.httpOnly, cookie.sameSite, cookie.path], [true, true, "Lax", "/"], cookie.name);
    assert.ok(!cookie.domain.startsWith("."), `${cookie.name} belongs to this host alone`);
  }

  await citizen.page.goto(begin(other));
  assert.equal(await citizen.page.locator("#password").count(), 0, "no password again");
  await citizen.page.click("#allow");
  const second = await claims(citizen);
  assert.equal(second.citizen_id, AN);
});

tell("form_post brings the answer from one site to the other", async (citizen) => {
  await citizen.page.goto(begin(one, { response_mode: "form_post" }));
  await signs_in(citizen, AN);
  assert.equal((await claims(citizen)).citizen_id, AN);
  assert.equal(one.answers.at(-1), "POST");
});

tell("form_post works with scripts off, by its button", async (started) => {
  const citizen = await Citizen.arrive("vi", { javaScriptEnabled: false }, browser);
  try {
    await citizen.page.goto(begin(one, { response_mode: "form_post" }));
    await signs_in(citizen, AN);
    await citizen.page.waitForSelector("form button[type=submit]");
    await citizen.page.click("form button[type=submit]");
    assert.equal((await claims(citizen)).citizen_id, AN);
  } finally {
    await citizen.leave();
  }
});

tell("a POST to authorize from the portal's site finds the session", async (citizen) => {
  await citizen.page.goto(begin(one));
  await signs_in(citizen, HAI);
  const first = await claims(citizen);
  for (const wishes of [{ method: "post" }, { method: "post", prompt: "none" }, { method: "post", prompt: "none", response_mode: "form_post" }]) {
    await citizen.page.goto(begin(one, wishes));
    await citizen.page.click("#go");
    const again = await claims(citizen);
    assert.deepEqual([again.sub, again.sid], [first.sub, first.sid], JSON.stringify(wishes));
  }
});

tell("a POST to authorize without a session leads through sign-in", async (citizen) => {
  await citizen.page.goto(begin(other, { method: "post", response_mode: "form_post" }));
  await citizen.press("#go");
  await signs_in(citizen, HAI);
  assert.equal((await claims(citizen)).citizen_id, HAI);
  assert.equal(other.answers.at(-1), "POST");
});

tell("turning back arrives as an error, by query and by form", async (citizen) => {
  for (const response_mode of ["query", "form_post"]) {
    await citizen.page.goto(begin(one, { response_mode }));
    await citizen.page.click("#cancel");
    assert.equal(await citizen.page.innerText("#failed"), "access_denied");
  }
  citizen.faults.length = 0; // the portal of this test answers 500 then
});

tell("sign-out returns to the portal and ends the session", async (citizen) => {
  await citizen.page.goto(begin(one));
  await signs_in(citizen, AN);
  await claims(citizen);
  await citizen.page.goto(`${one.origin}/sign-out`);
  if (await citizen.page.locator("#sign-out").count()) await citizen.press("#sign-out");
  assert.equal(citizen.place, `${one.origin}/`);
  await citizen.page.goto(begin(one));
  assert.equal(await citizen.page.locator("#password").count(), 1);
});

tell("another site can neither frame a page nor post a form of ours", async (citizen) => {
  await citizen.page.goto(begin(one));
  const fields = await citizen.page.locator("form").first().evaluate((form) => [...new FormData(form)].filter(([name]) => name === "interaction"));
  const address = citizen.page.url();
  await citizen.page.goto(`${other.origin}/`);
  citizen.faults.length = 0;
  const framed = await citizen.page.evaluate(async (source) => {
    const frame = Object.assign(document.createElement("iframe"), { src: source });
    const loaded = new Promise((resolve) => (frame.onload = resolve));
    document.body.append(frame);
    await loaded;
    try {
      return frame.contentDocument === null && frame.contentWindow.length;
    } catch {
      return "blocked";
    }
  }, address);
  const inside = citizen.page.frames().find((frame) => frame !== citizen.page.mainFrame());
  assert.ok(framed === "blocked" || !inside || !(await inside.locator("#password").count()), "our page shows inside of another site's");
  const [answer] = await Promise.all([
    citizen.page.waitForNavigation(),
    citizen.page.evaluate(
      ([action, pairs]) => {
        const form = Object.assign(document.createElement("form"), { method: "post", action });
        for (const [name, value] of [...pairs, ["citizen_id", "098090000001"], ["password", "Sandbox#2024"]]) {
          form.append(Object.assign(document.createElement("input"), { name, value }));
        }
        document.body.append(form);
        form.submit();
      },
      [`${provider.issuer}/interaction/login`, fields],
    ),
  ]);
  assert.equal(Math.floor(answer.status() / 100), 4);
  citizen.faults.length = 0; // the browser says that it refused the frame
});
