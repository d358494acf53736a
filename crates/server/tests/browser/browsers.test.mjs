// What browsers do: tabs, back, old pages, no cookies, no scripts, no mouse.

import assert from "node:assert/strict";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { ANNA, Citizen, LAN, LANGUAGES, LAUNCH, PASSWORD, minutes_later, national, newest, provider, social, story } from "./harness.mjs";

story("two tabs at once, both arrive", async (citizen) => {
  const other = await citizen.another_tab();
  await citizen.begins_at(national);
  await other.begins_at(social);
  await citizen.goes_on(LAN);
  await citizen.is_signed_in_at(national);
  // This tab still shows the sign-in form from before.
  await other.goes_on(LAN);
  await other.is_signed_in_at(social);
});

story("the same portal in two tabs, both arrive", async (citizen) => {
  const other = await citizen.another_tab();
  await citizen.begins_at(national);
  await other.begins_at(national);
  await other.goes_on(LAN);
  await other.is_signed_in_at(national);
  await citizen.goes_on(LAN);
  await citizen.is_signed_in_at(national);
});

story("the back button never leads to a blank page or a second sign-in", async (citizen) => {
  const { page } = citizen;
  await citizen.begins_at(national);
  await citizen.goes_on(LAN);
  await citizen.is_signed_in_at(national);
  for (let step = 0; step < 4; step += 1) {
    await page.goBack();
    await page.waitForLoadState("load");
    if (page.url() === "about:blank") break;
    await citizen.look(`back-${step + 1}`);
  }
  await page.goto(`${national}/citizen`);
  await citizen.is_signed_in_at(national);
});

story("a form that was answered in another tab says so", async (citizen) => {
  const { page } = citizen;
  await citizen.begins_at(national);
  await page.reload();
  const other = await citizen.another_tab();
  await other.page.goto(page.url());
  const action = await page.locator("form input[name=interaction]").inputValue();
  assert.ok(action, "the form names its interaction");
  await citizen.goes_on(LAN);
  await citizen.is_signed_in_at(national);
  const answer = await page.goto(`${provider}/interaction/${action}`);
  assert.equal(answer.status(), 409);
  await citizen.look("already-done");
  assert.equal(await page.locator("#back").count(), 1, "there is a way to the portal");
});

story("a page that was open too long", async (citizen) => {
  await citizen.begins_at(national);
  try {
    await minutes_later(11);
    await citizen.types_password(LAN);
    assert.match(await citizen.heading(), citizen.in(/Trang đã hết hạn/, /page has expired/));
    await citizen.look("expired-page");
  } finally {
    await minutes_later(0);
  }
});

story("somebody else's page", async (citizen, language) => {
  await citizen.begins_at(national);
  const interaction = await citizen.page.locator("input[name=interaction]").inputValue();
  const stranger = await Citizen.arrive(language);
  try {
    await stranger.page.goto(`${provider}/?lang=${language}`);
    const answer = await stranger.page.goto(`${provider}/interaction/${interaction}`);
    assert.equal(answer.status(), 403);
    await stranger.look("other-browser");
  } finally {
    await stranger.leave();
  }
});

for (const language of LANGUAGES) {
  test(`cookies off (${language})`, { timeout: 60_000 }, async (t) => {
    const profile = mkdtempSync(join(tmpdir(), "dinhdanh-browser-"));
    mkdirSync(join(profile, "Default"));
    const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
    writeFileSync(join(profile, "Default", "Preferences"), JSON.stringify(preferences));
    const context = await chromium.launchPersistentContext(profile, { ...LAUNCH, locale: language === "vi" ? "vi-VN" : "en-GB" });
    const citizen = new Citizen(context, context.pages()[0], language);
    t.after(async () => {
      await citizen.leave();
      // The browser's last writes may come after it has gone.
      rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    });
    await citizen.begins_at(national);
    await citizen.types_password(LAN);
    assert.match(await citizen.heading(), citizen.in(/chặn cookie/, /blocks cookies/));
    await citizen.look("cookies-off");
    citizen.saw_no_fault();
  });

  test(`scripts off (${language})`, { timeout: 60_000 }, async (t) => {
    const citizen = await Citizen.arrive(language, { javaScriptEnabled: false });
    t.after(() => citizen.leave());
    await citizen.begins_at(social);
    const pages = await citizen.goes_on(ANNA);
    assert.deepEqual(pages.slice(0, 2), ["sign-in", "code"]);
    await citizen.is_signed_in_at(social);
    await citizen.press("#sign-out");
    if (citizen.place.startsWith(provider)) await citizen.press("#sign-out");
    assert.equal(citizen.place, `${social}/`);
  });

  test(`by keyboard alone (${language})`, { timeout: 60_000 }, async (t) => {
    const citizen = await Citizen.arrive(language);
    t.after(() => citizen.leave());
    const { page } = citizen;
    await page.goto(social);
    await tab_to(page, "sign-in");
    await enter(page);
    // The first field has the focus already.
    assert.equal(await focused(page), "citizen_id");
    await page.keyboard.type(LAN);
    await tab_to(page, "password");
    await page.keyboard.type(PASSWORD);
    await enter(page);
    assert.equal(await focused(page), "otp");
    await page.keyboard.type((await newest(LAN)).code);
    await enter(page);
    if ((await citizen.page_here()) === "consent") {
      await tab_to(page, "allow");
      await enter(page);
    }
    await citizen.is_signed_in_at(social);
    await tab_to(page, "sign-out");
    await enter(page);
    if (citizen.place.startsWith(provider)) {
      await tab_to(page, "sign-out");
      await enter(page);
    }
    assert.equal(citizen.place, `${social}/`);
    citizen.saw_no_fault();
  });
}

const focused = (page) => page.evaluate(() => document.activeElement?.id ?? "");

/** Tab by tab; wherever the focus is, one must see it. */
async function tab_to(page, id) {
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const style = getComputedStyle(element);
      const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
      return { id: element.id, shows: outlined || style.boxShadow !== "none", what: element.outerHTML.slice(0, 120) };
    });
    if (!here) continue;
    assert.ok(here.shows, `the focus does not show on ${here.what}`);
    if (here.id === id) return;
  }
  assert.fail(`Tab never comes to #${id}`);
}

async function enter(page) {
  await Promise.all([page.waitForEvent("framenavigated"), page.keyboard.press("Enter")]);
  await page.waitForLoadState("load");
}
