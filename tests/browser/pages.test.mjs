// Every page and state: WCAG 2.2 AA, nothing from elsewhere, nothing blocked, and room at 400% zoom.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { mkdirSync, readFileSync } from "node:fs";
import { accessible, errorLeadsToField, fits } from "./checks.mjs";
import { openWindow, signedIn, startBrowser, startHerald } from "./herald.mjs";
import { PAGES } from "./pages.mjs";

let herald;
let browser;
before(async () => { [herald, browser] = await Promise.all([startHerald(), startBrowser()]); });
after(async () => { await browser?.close(); await herald?.stop(); });

const shots = process.env.SHOTS;
if (shots) mkdirSync(shots, { recursive: true });

for (const { name, role, go } of PAGES) {
  test(name, async () => {
    const page = role ? await signedIn(browser, herald, role) : await openWindow(browser, herald);
    await go(page, herald);
    assert.equal(await page.locator("h1").count(), 1);
    assert.match(await page.title(), / – Herald$/);
    // Decision buttons wait a moment after loading; disabled ones are not judged for contrast.
    await page.waitForFunction(() => !document.querySelector("[data-decision] button[disabled]"));
    await accessible(page, name);
    if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
    // 1280 px at 400% is 320 px.
    await page.setViewportSize({ width: 320, height: 800 });
    await fits(page, name);
    await accessible(page, `${name} at 400%`);
    if (shots) await page.screenshot({ path: `${shots}/${name}-320.png`, fullPage: true });
    if ((await page.title()).startsWith("Error: ") && (await page.locator("[data-error-summary] a").count())) {
      await page.setViewportSize({ width: 1366, height: 900 });
      await page.locator("[data-error-summary]").focus();
      await errorLeadsToField(page);
    }
    assert.deepEqual(page.wrongs, []);
    await page.context().close();
  });
}

// States that only time brings stand as snapshots of the templates; they are looked at with the styles served.
const SNAPSHOTS = new URL("../../crates/web/tests/gallery/snapshots/", import.meta.url);
for (const name of ["candidate-decided", "candidate-disputed", "import-running", "resume", "said-no-finished"]) {
  test(`${name} (snapshot)`, async () => {
    const html = readFileSync(new URL(`gallery__${name}.snap`, SNAPSHOTS), "utf8").replace(/^---\n[\s\S]*?\n---\n/, "");
    const page = await openWindow(browser, herald);
    await page.goto("/sign-in");
    const style = await page.locator("link[rel=stylesheet]").getAttribute("href");
    const body = html.replace("/assets/herald.css", style).replace(/<script[^>]*><\/script>/, "").replace("/assets/herald.svg", "data:,");
    await page.route("**/snapshot", (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body }));
    await page.goto("/snapshot");
    await accessible(page, name);
    if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
    await page.setViewportSize({ width: 320, height: 800 });
    await fits(page, name);
    await accessible(page, `${name} at 400%`);
    assert.deepEqual(page.wrongs, []);
    await page.context().close();
  });
}
