// The nurse's way, on each database: by keyboard alone, and without scripts.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { heading } from "./checks.mjs";
import { newPostgres, openWindow, signedIn, startBrowser, startHerald } from "./herald.mjs";
import { candidate } from "./pages.mjs";

let browser;
before(async () => { browser = await startBrowser(); });
after(async () => { await browser?.close(); });

/// Tab until the focus is where somebody wants it; never a mouse.
async function tabTo(page, wanted, most = 60) {
  for (let presses = 0; presses <= most; presses += 1) {
    const there = await page.evaluate((wanted) => {
      const focused = document.activeElement;
      const text = (focused?.innerText || focused?.value || "").trim();
      return Boolean(focused && focused !== document.body && (text.startsWith(wanted) || focused.id === wanted));
    }, wanted);
    if (there) return presses;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach “${wanted}” on ${page.url()}`);
}

async function focusIsSeen(page) {
  const seen = await page.evaluate(() => {
    const focused = document.activeElement;
    const box = focused.getBoundingClientRect();
    const banner = document.querySelector(".app-patient")?.getBoundingClientRect();
    const covered = banner && !focused.closest(".app-patient") && box.top < banner.bottom - 1 && box.bottom > banner.top && box.top >= 0 && getComputedStyle(document.querySelector(".app-patient")).position === "sticky" && banner.top <= 0;
    return box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < window.innerHeight && !covered;
  });
  assert.ok(seen, "the focus can be seen");
}

const rested = (page) => page.waitForFunction(() => !document.querySelector("[data-decision] button[disabled]"));

for (const kind of ["SQLite", "PostgreSQL"]) {
  const database = kind === "PostgreSQL" ? newPostgres() : undefined;
  const skip = kind === "PostgreSQL" && !database ? "no PostgreSQL given" : false;

  describe(kind, { skip }, () => {
    let herald;
    before(async () => { herald = await startHerald({ database }); });
    after(async () => { await herald?.stop(); });

    test("by keyboard alone", async () => {
      const page = await openWindow(browser, herald);
      const { username, password } = herald.signIns.find((one) => one.role === "nurse");
      await page.goto("/");
      await tabTo(page, "username");
      await page.keyboard.type(username);
      await page.keyboard.press("Tab");
      await page.keyboard.type(password);
      await page.keyboard.press("Enter");
      await page.waitForURL("**/sign-in/code*");
      await tabTo(page, "Sign in");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/today");
      herald.sessions.set("nurse", await page.context().storageState());

      // The first Tab offers to skip what every page has.
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement.innerText), "Skip to main content");
      const first = (await page.locator(".app-worklist tbody a").first().innerText()).trim();
      await tabTo(page, first, 80);
      await focusIsSeen(page);
      await page.keyboard.press("Enter");
      await page.waitForURL("**/candidates/**");
      assert.match(await page.locator(".app-patient__name").innerText(), new RegExp(`^${first.split(",")[0]}`));
      const waiting = Number((await page.locator(".app-steps__place").innerText()).split(" of ")[1]);

      // Accept: skip link to the decision, then one key.
      await rested(page);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement.innerText), "Skip to the decision");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement.innerText), "Accept: fragility fracture");
      await focusIsSeen(page);
      await page.keyboard.press("Enter");
      await page.locator("[data-notice]").waitFor();
      assert.match(await page.locator("[data-notice]").innerText(), /was accepted\./);
      const second = await page.locator(".app-patient__name").innerText();
      assert.notEqual(second, first);
      assert.equal(await page.locator(".app-steps__place").innerText(), `1 of ${waiting - 1}`);

      // Undo from the banner.
      await tabTo(page, "Undo");
      await page.keyboard.press("Enter");
      await page.getByText("taken back").first().waitFor();
      assert.match(await page.locator(".app-patient__name").innerText(), new RegExp(`^${first.split(",")[0]}`));

      // Reject with a reason: open, choose with the arrows, send.
      await rested(page);
      await tabTo(page, "Reject, with a reason");
      await page.keyboard.press("Enter");
      await tabTo(page, "reject-reason");
      await page.keyboard.press("Space");
      await page.keyboard.press("ArrowDown");
      await tabTo(page, "Reject");
      await page.keyboard.press("Enter");
      await page.locator("[data-notice]").waitFor();
      assert.match(await page.locator("[data-notice]").innerText(), /was rejected\./);
      await page.context().close();
    });

    test("two key presses decide about one person", async () => {
      const page = await signedIn(browser, herald, "nurse");
      await candidate(page);
      await rested(page);
      await page.locator(".app-decide__button").focus();
      await page.keyboard.press("Enter");
      await page.keyboard.press("Enter");
      await page.locator("[data-notice]").waitFor();
      await page.locator(".app-decide__button").focus({ timeout: 500 }).catch(() => {});
      await page.keyboard.press("Enter");
      await page.waitForTimeout(300);
      assert.equal(await page.locator("[data-notice]").count(), 1);
      assert.match(await page.locator("h1").innerText(), /New to confirm/);
      await page.context().close();
    });

    test("shortcuts work when they are switched on, and only then", async () => {
      const page = await signedIn(browser, herald, "nurse");
      await candidate(page);
      await page.keyboard.press("Alt+r");
      assert.equal(await page.locator(".app-fold[open]").count(), 0);
      await page.goto("/account");
      await page.getByLabel("On", { exact: true }).check();
      await page.getByRole("button", { name: "Save" }).click();
      await candidate(page);
      await page.keyboard.press("Alt+r");
      assert.equal(await page.locator(".app-fold[open]").count(), 1);
      await page.context().close();
    });

    test("without scripts", async () => {
      const page = await signedIn(browser, herald, "nurse", { javaScriptEnabled: false });
      await page.goto("/today");
      await page.getByLabel("Fracture").selectOption("wrist");
      await page.getByRole("button", { name: "Filter" }).click();
      await page.getByText("Filter on").waitFor();
      await page.getByRole("link", { name: "Age", exact: true }).click();
      assert.match(await page.locator(".app-list-line").innerText(), /oldest person first/);
      await page.locator(".app-worklist tbody a").first().click();
      await page.getByText("Set aside until a date").click();
      await page.getByLabel("Waiting for a report or further imaging").check();
      await page.getByLabel("Day").fill("1");
      await page.getByLabel("Month").fill("feb");
      await page.getByLabel("Year").fill("2099");
      await page.getByRole("button", { name: "Set aside" }).click();
      assert.match(await page.locator("[data-notice]").innerText(), /was set aside\./);
      await page.getByRole("button", { name: "Undo" }).click();
      assert.match(await page.locator("[data-notice]").innerText(), /taken back/);

      await page.getByRole("link", { name: "Add a person" }).click();
      await page.getByLabel("Family name").fill("Amend");
      await page.getByLabel("Given names").fill("Alan");
      await page.getByRole("button", { name: "Add to the list" }).click();
      assert.match(await page.title(), /^Error: /);
      assert.equal(await page.getByLabel("Family name").inputValue(), "Amend", "what was typed is kept");
      await page.locator("#born").fill("14");
      await page.locator("#born-month").fill("7");
      await page.locator("#born-year").fill("1945");
      await page.getByLabel("Which bone").selectOption("hip");
      await page.getByLabel("Hospital that will look after this person").selectOption("RAJ01");
      await page.getByLabel("Ward").check();
      await page.getByRole("button", { name: "Add to the list" }).click();
      assert.match(await page.locator(".app-patient__name").innerText(), /AMEND, Alan/);
      assert.match(await heading(page), /^Hip/);

      await page.getByRole("link", { name: "Find a patient" }).click();
      await page.locator("#term").fill("amend, alan");
      await page.getByRole("button", { name: "Find" }).click();
      assert.doesNotMatch(page.url(), /amend/i);
      await page.locator(".app-worklist tbody a").first().click();
      assert.match(await page.locator(".app-timeline").innerText(), /Fracture seen/);
      await page.getByRole("button", { name: "Sign out" }).click();
      assert.equal(await heading(page), "Sign in");
      await page.context().close();
    });
  });
}
