import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/// No violation of WCAG 2.2 AA that a machine can find.
export async function accessible(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(
    (rules) => window.axe.run(document, { runOnly: { type: "tag", values: rules } }),
    RULES,
  );
  const told = violations.map((violation) => `${violation.id}: ${violation.help}\n${violation.nodes.map((node) => `    ${node.html.slice(0, 160)}\n    ${node.failureSummary?.replaceAll("\n", " ")}`).join("\n")}`);
  assert.deepEqual(told, [], `${name}: ${told.join("\n")}`);
}

/// Nothing but a table in its own scroller is wider than the window.
export async function fits(page, name) {
  const wide = await page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    return [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1 && !element.closest(".app-scroll"))
      .slice(0, 5)
      .map((element) => element.outerHTML.slice(0, 140));
  });
  assert.deepEqual(wide, [], `${name} is wider than its window`);
}

export async function heading(page) {
  return (await page.locator("h1").innerText()).trim();
}

/// A refused form: says so in its title, goes to the list of what is wrong, and a link leads to the field.
export async function errorLeadsToField(page) {
  assert.match(await page.title(), /^Error: /);
  const summary = page.locator("[data-error-summary]");
  await summary.waitFor();
  assert.ok(await summary.evaluate((element) => element === document.activeElement), "focus is on the summary");
  const link = summary.getByRole("link").first();
  const target = (await link.getAttribute("href")).slice(1);
  await link.click();
  const focused = await page.evaluate(() => document.activeElement?.id);
  assert.equal(focused, target, "the link goes to the field");
}
