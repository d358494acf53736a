// The actors: a citizen with a browser, who looks at every page; and the sandbox around them.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const provider = process.env.PROVIDER ?? "http://localhost:8080";
const above = (offset) => {
  const url = new URL(provider);
  url.port = Number(url.port) + offset;
  return url.origin;
};
/** The demo portals: the first asks level 1, the second level 2. */
export const national = above(1);
export const social = above(2);

/** Demo citizens (design section 6), all with the same password. */
export const PASSWORD = "Sandbox#2024";
export const AN = "098090000001"; // level 2
export const BINH = "098199000002"; // level 1
export const CUONG = "098085000003"; // e-ID card locked
export const DUNG = "098188000004"; // ID card expired
export const DUC = "098216000005"; // a child under An's guardianship
export const GIANG = "098195000006"; // no account yet
export const HAI = "098070000007"; // level 2
export const HUONG = "098175000008"; // level 2
export const KHOA = "098068000009"; // level 2
export const LAN = "098180000010"; // level 2
export const ANNA = "098188000011"; // foreigner, level 2

export const WIDTHS = [360, 1280];
/** Every page is looked at in both languages and at both widths: a story runs in each of these, `look` changes the width. */
export const LANGUAGES = ["vi", "en"];

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const screenshots = fileURLToPath(new URL("screenshots/", import.meta.url));
mkdirSync(screenshots, { recursive: true });

export const LAUNCH = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

let browser;
before(async () => {
  browser = await chromium.launch(LAUNCH);
});
after(() => browser?.close());

/** A story, told once for each language. */
export function story(name, tell, languages = LANGUAGES) {
  for (const language of languages) {
    test(`${name} (${language})`, { timeout: 120_000 }, async (t) => {
      const citizen = await Citizen.arrive(language, {}, browser);
      t.after(() => citizen.leave());
      await tell(citizen, language);
      citizen.saw_no_fault();
    });
  }
}

/** A citizen at a browser of their own. */
export class Citizen {
  faults = [];

  /** `language`: what the browser prefers. `options` go to Playwright's browser context. */
  static async arrive(language, options = {}, launched = browser) {
    const context = await launched.newContext({
      locale: language === "vi" ? "vi-VN" : "en-GB",
      viewport: { width: options.width ?? 1280, height: 900 },
      ...options,
    });
    return new Citizen(context, await context.newPage(), language);
  }

  constructor(context, page, language) {
    Object.assign(this, { context, page, language });
    context.setDefaultTimeout(15_000);
    context.on("weberror", (error) => this.faults.push(`script: ${error.error()}`));
    context.on("console", (message) => {
      // Chromium says so when a policy of ours blocks something of ours.
      if (/Content Security Policy|Refused to/.test(message.text())) this.faults.push(message.text());
    });
    context.on("response", (response) => {
      if (response.status() >= 500) this.faults.push(`${response.status()} ${response.url()}`);
    });
  }

  leave() {
    return this.context.close();
  }

  saw_no_fault() {
    assert.deepEqual(this.faults, []);
  }

  /** The same citizen in another tab. */
  async another_tab() {
    return Object.assign(Object.create(this), { page: await this.context.newPage() });
  }

  in(vi, en) {
    return this.language === "vi" ? vi : en;
  }

  /** Looks at the page that is there, at both widths: it says something, in the right language, fits, and axe has nothing to say. */
  async look(name, widths = WIDTHS) {
    const { page } = this;
    const before = page.viewportSize();
    for (const width of widths) {
      await page.setViewportSize({ width, height: width < 1000 ? 800 : 900 });
      const file = `${screenshots}${name}.${this.language}.${width}.png`;
      await page.screenshot({ path: file, fullPage: true });
      const seen = await page.evaluate(() => ({
        language: document.documentElement.lang,
        heading: document.querySelector("main h1")?.innerText.trim() ?? "",
        words: document.body.innerText.trim(),
        beyond: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      }));
      const where = `${name} at ${page.url()}, ${width} px`;
      assert.equal(seen.language, this.language, `language of ${where}`);
      assert.ok(seen.heading && seen.words.length > 60, `${where} says nothing: ${seen.words}`);
      assert.doesNotMatch(seen.words, /\{\{|\{%|panicked|\bat src\/|undefined|\[object/, where);
      assert.equal(seen.beyond, 0, `${where} is wider than the screen`);
      await page.evaluate(axe);
      const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: values }), RULES);
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
      assert.deepEqual(found, [], `axe about ${where}`);
    }
    await page.setViewportSize(before);
    return this;
  }

  heading() {
    return this.page.locator("main h1").innerText();
  }

  /** Where the browser is, without the query. */
  get place() {
    const url = new URL(this.page.url());
    return url.origin + url.pathname;
  }

  /** Opens a portal and presses its sign-in button. */
  async begins_at(portal) {
    await this.page.goto(portal);
    await this.press("#sign-in");
  }

  async press(selector) {
    await Promise.all([this.page.waitForEvent("framenavigated"), this.page.click(selector)]);
    await this.page.waitForLoadState("load");
  }

  async types_password(number, password = PASSWORD) {
    await this.page.fill("#citizen_id", number);
    await this.page.fill("#password", password);
    await this.press("#sign-in");
  }

  async types_code(number, code) {
    await this.page.fill("#otp", code ?? (await newest(number)).code);
    await this.press("#confirm");
  }

  /** Answers every page as it comes until a portal has the word again; the names of the pages. */
  async goes_on(number, { upTo } = {}) {
    const pages = [];
    for (let step = 0; step < 8 && this.place.startsWith(provider); step += 1) {
      const page = await this.page_here();
      if (page === upTo) return pages;
      assert.ok(!pages.includes(page), `the page ${page} came twice: ${await this.page.innerText("main")}`);
      pages.push(page);
      if (page === "sign-in") await this.types_password(number);
      else if (page === "code") await this.types_code(number);
      else if (page === "consent") await this.press("#allow");
      else if (page === "choose") await this.press("#continue");
      else assert.fail(`stopped at ${await this.page.innerText("main")}`);
    }
    return pages;
  }

  async page_here() {
    const ids = { "sign-in": "#password", code: "#otp", consent: "#allow", choose: "#continue" };
    for (const [name, selector] of Object.entries(ids)) if (await this.page.locator(selector).count()) return name;
    return "notice";
  }

  /** What the portal shows: claim by claim. */
  async claims() {
    const rows = await this.page.locator("#claims td[data-claim]").evaluateAll((cells) => cells.map((cell) => [cell.dataset.claim, cell.innerText.trim()]));
    return Object.fromEntries(rows);
  }

  async is_signed_in_at(portal) {
    assert.equal(this.place, `${portal}/citizen`, await this.page.innerText("main"));
  }
}

/** The newest message to that citizen's phone; for a child: to the guardian about the child. */
export async function newest(number) {
  const response = await fetch(`${provider}/sandbox/outbox?citizen_id=${number}`);
  const messages = await response.json();
  const message = messages.find(({ channel, code }) => channel === "sms" && code);
  assert.ok(message, `no code was sent to ${number}`);
  return message;
}

/** Moves the sandbox's time by that many minutes from the real one. */
export async function minutes_later(minutes) {
  const now = new Date(Date.now() + minutes * 60_000).toISOString();
  const response = await fetch(`${provider}/sandbox/clock`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ now }),
  });
  assert.equal(response.status, 200, await response.text());
}
