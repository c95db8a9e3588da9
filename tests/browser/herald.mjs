// A Herald of its own, a browser of its own, and somebody signed in.
import { spawn } from "node:child_process";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const BINARY = process.env.HERALD ?? "../../target/release/herald";
const READY_WITHIN_MS = 240_000;

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/// A new, empty database beside the one that the tests were given; none when there is no PostgreSQL.
export function newPostgres() {
  const given = process.env.HERALD_TEST_POSTGRES;
  if (!given) return null;
  const name = `browser_${process.pid}_${Date.now()}`;
  execFileSync("psql", [given, "-qc", `CREATE DATABASE ${name}`]);
  const url = new URL(given);
  url.pathname = `/${name}`;
  return url.toString();
}

export function newFolder() {
  return mkdtempSync(join(tmpdir(), "herald-browser-"));
}

/// A demonstration, ready to serve: as the hospitals sent it, with every decision still to be made, unless `as` says
/// otherwise. With `data` it goes on where an earlier one stopped.
export async function startHerald({ database, data = newFolder(), as = ["--untouched"] } = {}) {
  const port = await freePort();
  const args = ["--data", data];
  if (database) args.push("--database", database);
  const child = spawn(BINARY, [...args, "demo", ...as, "--port", String(port)], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout.on("data", (text) => { said += text; });
  child.stderr.on("data", (text) => { said += text; });
  let ended = false;
  child.on("exit", () => { ended = true; });
  const address = `http://127.0.0.1:${port}`;
  const until = Date.now() + READY_WITHIN_MS;
  for (;;) {
    if (ended) throw new Error(`herald ended: ${said.slice(-2000)}`);
    if (Date.now() > until) throw new Error(`herald was not ready in time: ${said.slice(-2000)}`);
    try {
      if ((await fetch(`${address}/health`)).status === 200) break;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return {
    address,
    data,
    signIns: JSON.parse(readFileSync(join(data, "sign-ins.json"), "utf8")).sign_ins,
    sessions: new Map(),
    async stop({ keep = false } = {}) {
      const gone = new Promise((resolve) => child.on("exit", resolve));
      if (!ended) {
        child.kill("SIGTERM");
        const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
        await gone;
        clearTimeout(timer);
      }
      if (!keep) rmSync(data, { recursive: true, force: true });
    },
  };
}

export async function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/// A window of its own, without anybody's cookies. Notes whatever a page should not do.
export async function openWindow(browser, herald, options = {}) {
  const context = await browser.newContext({
    baseURL: herald.address,
    viewport: { width: 1366, height: 900 },
    locale: "en-GB",
    ...options,
  });
  const page = await context.newPage();
  page.wrongs = [];
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    // A refused form answers 4xx on purpose, and the browser says so.
    if (/status of (403|404|409|410|422)/.test(message.text())) return;
    page.wrongs.push(message.text());
  });
  page.on("pageerror", (error) => page.wrongs.push(String(error)));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(herald.address) && !url.startsWith("data:")) page.wrongs.push(`asked another host: ${url}`);
  });
  return page;
}

/// One-time codes work once, so each role signs in once and its cookie is used again.
export async function signedIn(browser, herald, role, options = {}) {
  if (!herald.sessions.has(role)) {
    const page = await openWindow(browser, herald);
    const { username, password } = herald.signIns.find((one) => one.role === role);
    await page.goto("/sign-in");
    await page.getByLabel("User name").fill(username);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    herald.sessions.set(role, await page.context().storageState());
    await page.context().close();
  }
  return openWindow(browser, herald, { storageState: herald.sessions.get(role), ...options });
}
