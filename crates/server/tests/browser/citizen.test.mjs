// The whole way of a citizen: one portal, a second one, sign-out. In both languages, at both widths, each with a citizen who never was here.

import assert from "node:assert/strict";
import { test } from "node:test";
import { AN, Citizen, HAI, HUONG, KHOA, LANGUAGES, WIDTHS, national, newest, provider, social } from "./harness.mjs";

const CITIZENS = [AN, HAI, HUONG, KHOA];
const ways = LANGUAGES.flatMap((language) => WIDTHS.map((width) => [language, width]));

for (const [index, [language, width]] of ways.entries()) {
  const number = CITIZENS[index];
  test(`a citizen signs in at two portals and out again (${language}, ${width} px)`, { timeout: 180_000 }, async (t) => {
    const citizen = await Citizen.arrive(language, { viewport: { width, height: 800 } });
    t.after(() => citizen.leave());
    const { page } = citizen;
    const look = (name) => citizen.look(name, [width]);

    await page.goto(national);
    await look("national-home");
    await citizen.press("#sign-in");
    assert.ok(citizen.place.startsWith(provider));
    await look("sign-in");
    await citizen.types_password(number);

    await look("consent");
    const asked = await page.innerText("main");
    for (const words of [number, citizen.in("Mục đích", "Purpose"), citizen.in("Xác định người nộp hồ sơ", "To know who files the dossier")]) {
      assert.ok(asked.includes(words), `the consent page does not say ${words}: ${asked}`);
    }
    await citizen.press("#allow");
    await citizen.is_signed_in_at(national);
    await look("national-citizen");
    const first = await citizen.claims();
    assert.equal(first.citizen_id, number);
    assert.match(await page.innerText("#checks"), /S256/);
    assert.ok(await page.locator("#checks tr").count() > 5, "the portal says how it verified");

    // The second portal: no password again, but the code, since it asks level 2.
    await page.goto(social);
    await look("social-home");
    await citizen.press("#sign-in");
    assert.equal(await citizen.page_here(), "code");
    await look("code");
    const message = await newest(number);
    const phone = await citizen.another_tab();
    await phone.page.goto(`${provider}/sandbox/phone?citizen_id=${number}&lang=${language}`);
    assert.ok((await phone.page.innerText("#messages")).includes(message.code), "the phone shows the code");
    await phone.look("phone", [width]);
    await phone.page.close();
    await citizen.types_code(number, message.code);
    await look("consent-level-2");
    await citizen.press("#allow");
    await citizen.is_signed_in_at(social);
    await look("social-citizen");
    const second = await citizen.claims();
    assert.notEqual(second.sub, first.sub, "each portal has a name of its own for the citizen");
    assert.ok(Object.keys(second).some((name) => name.startsWith("address")), `level-2 claims: ${Object.keys(second)}`);

    // A step up is remembered, and so is the consent.
    await page.goto(national);
    await page.context().clearCookies({ name: /portal_/ });
    await citizen.begins_at(national);
    await citizen.is_signed_in_at(national);

    await citizen.press("#sign-out");
    if (citizen.place.startsWith(provider)) {
      await look("sign-out");
      await citizen.press("#sign-out");
    }
    assert.equal(citizen.place, `${national}/`);
    assert.ok(await page.locator("[role=status]").count(), "the portal says that the citizen is signed out");
    await look("national-signed-out");
    await citizen.press("#sign-in");
    assert.equal(await citizen.page_here(), "sign-in", "signed out here as well");
    citizen.saw_no_fault();
  });
}
