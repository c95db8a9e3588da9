// One person from the emergency department's message to closed at 52 weeks, with a moved clock; another who declines. On
// each database; once without scripts. Every page on the way is accessible.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { accessible, fits } from "./checks.mjs";
import { newFolder, newPostgres, signedIn, startBrowser, startHerald } from "./herald.mjs";
import { attendance, nhsNumber, results } from "./messages.mjs";

let browser;
before(async () => { browser = await startBrowser(); });
after(async () => { await browser?.close(); });

/// More than this from the list to the approved letter, and a nurse has not the time.
const MOST_ACTIONS = 40;

/// Counts what a nurse does: each click, each key.
class Hands {
  constructor(page) {
    this.page = page;
    this.actions = 0;
  }

  async click(locator) {
    this.actions += 1;
    await locator.click();
    await this.page.waitForLoadState();
  }

  async check(locator) {
    this.actions += 1;
    await locator.check();
  }

  async type(locator, text) {
    this.actions += 1 + text.length;
    await locator.fill(text);
  }

  button(name) {
    return this.page.getByRole("button", { name }).first();
  }

  link(name) {
    return this.page.getByRole("link", { name, exact: true }).first();
  }
}

function somebody(herald, at) {
  const practice = readFileSync(join(herald.data, "herald.toml"), "utf8").match(/^\[service\.practice\.([A-Z]\d+)\]/m)[1];
  return {
    number: nhsNumber(100 + at), local: String(7000 + at), family: at === 1 ? "TESTLEY" : "SAMPLE", given: "Alma", born: "1951-03-14", practice,
  };
}

for (const [kind, script] of [["SQLite", true], ["PostgreSQL", true], ["SQLite without scripts", false]]) {
  const database = kind === "PostgreSQL" ? newPostgres() : undefined;
  const skip = kind === "PostgreSQL" && !database ? "no PostgreSQL given" : false;

  describe(kind, { skip }, () => {
    const data = newFolder();
    let herald;
    let person;
    let decliner;
    /// The same people on a later day.
    const on = async (today) => {
      await herald?.stop({ keep: true });
      herald = await startHerald({ database, data, as: ["--empty", "--today", today] });
    };
    const window = async (role) => {
      const page = await signedIn(browser, herald, role, { javaScriptEnabled: script });
      page.setDefaultTimeout(15_000);
      return page;
    };
    const done = async (page) => {
      assert.deepEqual(page.wrongs, []);
      await page.context().close();
    };
    // Axe is a script itself: where none may run, the page was looked at in the other rounds.
    const fine = async (page, name) => {
      await fits(page, name).catch((error) => { if (script) throw error; });
      if (script) await accessible(page, name);
    };
    /// A folded form, open.
    const unfolded = async (hands, id) => {
      const fold = hands.page.locator(`#${id}`);
      if (!(await fold.evaluate((element) => element.open))) await hands.click(fold.locator("summary"));
      return fold;
    };
    after(async () => { await herald?.stop(); });

    const take = async (name, content) => {
      const page = await window("coordinator");
      await page.goto("/imports");
      await page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(content) });
      await page.getByRole("button", { name: "Upload" }).click();
      await page.waitForURL("**/imports/**");
      for (let tries = 0; tries < 60 && !(await page.getByText("Finished").count()); tries += 1) {
        await page.waitForTimeout(250);
        await page.reload();
      }
      await done(page);
    };

    const firstOf = async (hands, list) => {
      await hands.page.goto(`/today?list=${list}`);
      await fine(hands.page, `list ${list}`);
      await hands.click(hands.page.locator(".app-worklist tbody a").first());
    };

    const accept = async () => {
      const page = await window("nurse");
      const hands = new Hands(page);
      await page.goto("/today");
      await hands.click(page.locator(".app-worklist tbody a").first());
      await page.locator("[data-decision] button:enabled").first().waitFor();
      await hands.click(hands.button("Accept: fragility fracture"));
      assert.ok(hands.actions <= 3, `${hands.actions} actions to decide on a candidate`);
      await done(page);
      return hands.actions;
    };

    test("an emergency attendance is listed and accepted in at most three actions", async () => {
      await on("2026-11-26");
      person = somebody(herald, 1);
      decliner = somebody(herald, 2);
      await take("attendance.csv", attendance(person, "2026-11-24"));
      const actions = await accept();
      await take("results.hl7", results(person, "2026-11-25"));
      console.log(`# ${kind}: ${actions} actions to decide on a candidate`);
    });

    test("assessed, decided and written to", async () => {
      const page = await window("nurse");
      const hands = new Hands(page);
      // Results are seen first: none may rest.
      await firstOf(hands, "results");
      const seen = page.locator("#seen");
      await seen.getByLabel("Used in the assessment").check();
      await seen.getByRole("button").click();
      await page.getByText("Not seen yet").waitFor({ state: "detached" });
      await fine(page, "episode");

      hands.actions = 0;
      await firstOf(hands, "assess");
      await page.locator(".app-way").waitFor();
      await hands.click(hands.link("Assess"));
      await fine(page, "assessment");
      await hands.click(hands.link("Risk factors"));
      await fine(page, "risk factors");
      await hands.type(page.getByLabel("Height (cm)"), "162");
      await hands.type(page.getByLabel("Weight (kg)"), "58");
      await hands.click(page.getByRole("button", { name: "Save", exact: true }));
      for (;;) {
        const left = page.locator(".app-tasks__nothing button");
        if (!(await left.count())) break;
        await hands.click(left.first());
      }
      assert.match(await page.locator(".app-tasks").innerText(), /Done/);
      await hands.click(hands.button("Complete the assessment"));
      await page.waitForURL("**/decision*");
      await fine(page, "decision");
      assert.match(await page.locator("aside").innerText(), /-2\.8[\s\S]*74 mL/, "what the feeds brought is there to decide by");
      await hands.check(page.getByLabel("Alendronate"));
      await hands.check(page.getByRole("group", { name: "Calcium and vitamin D" }).getByLabel("Recommended"));
      await hands.check(page.getByLabel("How to take the medicine"));
      await hands.check(page.getByLabel("Strength and balance class"));
      await hands.click(hands.button("Save the decision"));
      await hands.click(hands.link("Write the letter"));
      const write = await unfolded(hands, "write");
      await hands.click(write.getByRole("button"));
      await page.waitForURL("**/letters/**");
      await fine(page, "letter");
      const letter = await page.locator(".app-letter").innerText();
      for (const words of ["Please start alendronate", "T-score -2.8", "about 16 March 2027"]) {
        assert.ok(letter.includes(words), `the letter lacks “${words}”: ${letter}`);
      }
      await hands.click(hands.button("Approve this letter"));
      await page.getByText("Approved, to be sent").waitFor();
      console.log(`# ${kind}: ${hands.actions} clicks and keys from the list to the approved letter (at most ${MOST_ACTIONS})`);
      assert.ok(hands.actions <= MOST_ACTIONS, `${hands.actions} actions`);

      const pdf = await page.request.get(await page.getByRole("link", { name: "Open the PDF" }).getAttribute("href"));
      const bytes = await pdf.body();
      assert.equal(bytes.subarray(0, 5).toString(), "%PDF-");
      assert.ok(bytes.length < 200_000, `${bytes.length} bytes`);
      await fine(page, "letter approved");
      await page.getByLabel("Printed and posted").check();
      await hands.click(hands.button("It has gone"));
      assert.match(await page.locator("#maincontent").innerText(), /Printed and posted/);
      await done(page);
    });

    test("rung at 16 weeks: a try that fails, then a side effect that is acted on", async () => {
      await on("2027-03-04");
      const page = await window("nurse");
      const hands = new Hands(page);
      await firstOf(hands, "review-16");
      await hands.click(hands.link("16-week review"));
      await fine(page, "16-week review");
      const again = await unfolded(hands, "not-reached");
      await again.getByLabel("No answer").check();
      await hands.click(again.getByRole("button"));
      await page.goto("/today?list=review-16");
      assert.ok(await page.getByText("Nobody waits here").count(), "not before its day");
      await done(page);

      await on("2027-03-10");
      const later = await window("nurse");
      const hand = new Hands(later);
      await firstOf(hand, "review-16");
      await hand.click(hand.link("16-week review"));
      await later.getByLabel("What they take now").selectOption("alendronate");
      await later.getByLabel("No fall, no fracture, but for what is answered below").check();
      await later.getByRole("group", { name: "Pain in the thigh, hip or groin" }).getByLabel("Yes").check();
      await later.getByRole("group", { name: "Has started strength and balance exercise" }).getByLabel("Yes").check();
      await hand.click(hand.button("Save the review"));
      await fine(later, "after the review");
      await later.goto("/today?list=results");
      assert.match(await later.locator(".app-worklist").innerText(), /atypical femoral fracture/);
      await hand.click(later.locator(".app-worklist tbody a").first());
      await later.getByText("Say what was done").click();
      await later.getByLabel("What was done about it").fill("X-ray of both femurs: sound");
      await hand.click(later.getByRole("button", { name: "Record", exact: true }));
      assert.match(await later.locator("#maincontent").innerText(), /Acted on/);
      await done(later);
    });

    test("rung at 52 weeks, handed over and closed", async () => {
      await on("2027-11-08");
      const page = await window("nurse");
      const hands = new Hands(page);
      await firstOf(hands, "review-52");
      await hands.click(hands.link("52-week review"));
      await fine(page, "52-week review");
      await page.getByLabel("What they take now").selectOption("alendronate");
      await page.getByRole("group", { name: "Confirmed that they take it" }).getByLabel("Yes").check();
      for (const usual of await page.getByLabel(/but for what is answered below/).all()) await usual.check();
      await hands.click(hands.button("Save the review"));
      await hands.click(hands.link("Write the letter"));
      const write = await unfolded(hands, "write");
      await hands.click(write.getByRole("button"));
      await fine(page, "handover letter");
      assert.match(await page.locator(".app-letter").innerText(), /Please go on with alendronate/);
      await hands.click(hands.button("Approve this letter"));
      await page.getByLabel("Printed and posted").check();
      await hands.click(hands.button("It has gone"));
      const close = await unfolded(hands, "close");
      assert.ok(await close.getByLabel("Completed: handed over to the GP").isChecked(), "the likely reason is chosen");
      await hands.click(close.getByRole("button"));
      await fine(page, "closed");
      assert.match(await page.locator(".app-next").innerText(), /Closed: Completed/);
      await page.goto("/kpi");
      const assessed = page.locator("tr", { hasText: "Assessed within 90 days" });
      assert.match(await assessed.innerText(), /100/);
      await done(page);
    });

    test("somebody who declines is written to and closed", async () => {
      await take("attendance-2.csv", attendance(decliner, "2027-11-06"));
      await accept();
      const page = await window("nurse");
      const hands = new Hands(page);
      await firstOf(hands, "assess");
      await hands.click(hands.link("Assess"));
      for (;;) {
        const left = page.locator(".app-tasks__nothing button");
        if (!(await left.count())) break;
        await hands.click(left.first());
      }
      await hands.click(hands.button("Complete the assessment"));
      await page.getByLabel("Informed decline").check();
      await page.getByRole("group", { name: "Calcium and vitamin D" }).getByLabel("Not needed").check();
      await page.getByLabel("No: hand over to the GP now").check();
      await hands.click(hands.button("Save the decision"));
      await fine(page, "declined without a reason");
      await page.getByLabel("Why", { exact: true }).fill("she does not want tablets");
      await hands.click(hands.button("Save the decision"));
      await hands.click(hands.link("Write the letter"));
      const write = await unfolded(hands, "write");
      await hands.click(write.getByRole("button"));
      assert.match(await page.locator(".app-letter").innerText(), /decided against treatment \(she does not want tablets\)/);
      // No feed has brought the address: the letter says so, and leads to where it is put right.
      await fine(page, "letter with a gap");
      assert.match(await page.getByRole("region", { name: "Missing" }).innerText(), /the patient’s address/);
      assert.equal(await hands.button("Approve this letter").count(), 0);
      const letter = page.url();
      await hands.click(hands.link("put it right"));
      await fine(page, "needs and details");
      await page.getByLabel("Address, first line").fill("2 Example Row");
      await page.getByLabel("Second line").fill("Southend-on-Sea");
      await hands.click(hands.button("Save the details"));
      await page.goto(letter);
      await hands.click(hands.button("Approve this letter"));
      await page.getByLabel("Printed and handed over").check();
      await hands.click(hands.button("It has gone"));
      const close = await unfolded(hands, "close");
      assert.ok(await close.getByLabel("Declined treatment").isChecked(), "the likely reason is chosen");
      await hands.click(close.getByRole("button"));
      assert.match(await page.locator(".app-next").innerText(), /Closed: Declined treatment/);
      await page.goto("/today?list=assess");
      assert.ok(await page.getByText("Nobody waits here").count());
      await done(page);
    });

    if (script && kind === "SQLite") {
      test("the patient fills in the questionnaire on a telephone", async () => {
        const third = { ...somebody(herald, 3), family: "SHEET" };
        await take("attendance-3.csv", attendance(third, "2027-11-07"));
        await accept();
        const nurse = await window("nurse");
        const hands = new Hands(nurse);
        await firstOf(hands, "assess");
        const episode = new URL(nurse.url()).pathname;
        await hands.click(hands.button("Make a link to the patient’s questionnaire"));
        await fine(nurse, "the link");
        const link = await nurse.locator(".app-link-to-give").innerText();

        const context = await browser.newContext({ baseURL: herald.address, viewport: { width: 360, height: 740 } });
        const patient = await context.newPage();
        await patient.goto(link);
        await fine(patient, "questionnaire");
        await patient.getByLabel("Day").fill("14");
        await patient.getByLabel("Month").fill("3");
        await patient.getByLabel("Year").fill("1951");
        await patient.getByRole("button", { name: "Start" }).click();
        let parts = 0;
        while (!patient.url().endsWith("/send")) {
          await fine(patient, `part ${parts + 1}`);
          for (const answer of await patient.getByLabel("No", { exact: true }).all()) if (await answer.isVisible()) await answer.check();
          const before = patient.url();
          await patient.getByRole("button", { name: /Go on/ }).click();
          await patient.waitForURL((url) => url.href !== before);
          parts += 1;
        }
        assert.equal(parts, 8);
        await fine(patient, "look through");
        await patient.getByRole("button", { name: "Send my answers" }).click();
        await patient.getByText("We have your answers").waitFor();
        await patient.goto(link);
        await patient.getByText("Thank you, we have your answers").waitFor();
        await fine(patient, "link used");
        await context.close();

        await nurse.goto(`${episode}/assessment/falls`);
        assert.match(await nurse.locator("#maincontent").innerText(), /Answered by the patient/);
        await fine(nurse, "falls, answered by the patient");
        await nurse.goto(`${episode}/assessment`);
        await fine(nurse, "assessment with the patient’s answers");
        await done(nurse);
        const lead = await window("lead_clinician");
        await lead.goto("/overview");
        await fine(lead, "overview");
        await done(lead);
      });
    }
  });
}
