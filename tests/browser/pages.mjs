// Every page and every state that looks different, each with the role that sees it and how to get there.

async function candidate(page, list = "/today") {
  await page.goto(list);
  await page.locator(".app-worklist tbody a").first().click();
  await page.locator(".app-case").waitFor();
}

/// Somebody whose fracture was just accepted.
async function episodeInCare(page) {
  await candidate(page);
  const episode = new URL(page.url()).pathname.split("/").pop();
  await press(page, "Accept: fragility fracture");
  await page.locator("[data-notice]").waitFor();
  await page.goto(`/episodes/${episode}`);
}

async function press(page, name) {
  const button = page.getByRole("button", { name });
  await button.and(page.locator(":enabled")).first().waitFor();
  await button.first().click();
}

async function post(page, path, fill, name) {
  await page.goto(path);
  await fill(page);
  await press(page, name);
}

export const PAGES = [
  { name: "sign-in", go: (page) => page.goto("/sign-in") },
  {
    name: "sign-in-wrong",
    go: (page) => post(page, "/sign-in", async () => {
      await page.getByLabel("User name").fill("nurse");
      await page.getByLabel("Password").fill("wrong");
    }, "Continue"),
  },
  {
    name: "sign-in-code",
    go: async (page, herald) => {
      const { username, password } = herald.signIns.find((one) => one.role === "read_only");
      await post(page, "/sign-in", async () => {
        await page.getByLabel("User name").fill(username);
        await page.getByLabel("Password").fill(password);
      }, "Continue");
    },
  },
  { name: "not-found", go: (page) => page.goto("/nowhere") },

  { name: "today", role: "nurse", go: (page) => page.goto("/today") },
  { name: "today-page-2", role: "nurse", go: (page) => page.goto("/today?page=2") },
  { name: "today-filtered", role: "nurse", go: (page) => page.goto("/today?fracture=wrist&site=RAJ01&sort=name&order=desc") },
  { name: "today-disagree", role: "nurse", go: (page) => page.goto("/today?sources=disagree") },
  { name: "today-nobody", role: "nurse", go: (page) => page.goto("/today?fracture=scapula&site=RAJ01&list=set-aside") },
  { name: "today-set-aside-empty", role: "nurse", go: (page) => page.goto("/today?list=set-aside") },
  { name: "today-duplicates", role: "nurse", go: (page) => page.goto("/today?list=duplicates") },
  { name: "candidate", role: "nurse", go: (page) => candidate(page) },
  { name: "candidate-contact", role: "nurse", go: async (page) => { await candidate(page); for (const summary of await page.locator("details > summary").all()) await summary.click(); } },
  {
    name: "candidate-reject-without-reason",
    role: "nurse",
    go: async (page) => { await candidate(page); await page.getByText("Reject, with a reason").click(); await press(page, "Reject"); },
  },
  {
    name: "candidate-set-aside-bad-date",
    role: "nurse",
    go: async (page) => {
      await candidate(page);
      await page.getByText("Set aside until a date").click();
      await page.getByLabel("Day").fill("31");
      await page.getByLabel("Month").fill("2");
      await page.getByLabel("Year").fill("2027");
      await press(page, "Set aside");
    },
  },
  {
    name: "candidate-after-set-aside",
    role: "nurse",
    go: async (page) => {
      await candidate(page);
      await page.getByText("Set aside until a date").click();
      await page.getByLabel("Too unwell at present").check();
      await page.getByLabel("Day").fill("1");
      await page.getByLabel("Month").fill("2");
      await page.getByLabel("Year").fill("2099");
      await press(page, "Set aside");
      await page.locator("[data-notice]").waitFor();
    },
  },
  { name: "today-set-aside", role: "nurse", go: (page) => page.goto("/today?list=set-aside") },
  { name: "candidate-set-aside", role: "nurse", go: (page) => candidate(page, "/today?list=set-aside") },
  {
    name: "candidate-accepted",
    role: "nurse",
    go: async (page) => {
      await candidate(page);
      const path = new URL(page.url()).pathname;
      await press(page, "Accept: fragility fracture");
      await page.locator("[data-notice]").waitFor();
      await page.goto(path);
    },
  },
  {
    name: "conflict",
    role: "nurse",
    go: async (page) => {
      await candidate(page);
      const other = await page.context().newPage();
      await other.goto(page.url());
      await press(other, "Accept: fragility fracture");
      await other.locator("[data-notice]").waitFor();
      await other.close();
      await page.getByText("Reject, with a reason").click();
      await page.getByLabel("Not a fracture", { exact: true }).check();
      await press(page, "Reject");
      await page.getByText("This changed while you were looking at it").first().waitFor();
    },
  },
  { name: "question", role: "nurse", go: (page) => candidateQuestion(page) },
  { name: "find", role: "nurse", go: (page) => page.goto("/patients/find") },
  { name: "find-results", role: "nurse", go: (page) => post(page, "/patients/find", () => page.locator("#term").fill("sm"), "Find") },
  { name: "find-nobody", role: "nurse", go: (page) => post(page, "/patients/find", () => page.locator("#term").fill("zzzqq"), "Find") },
  { name: "find-wrong-number", role: "nurse", go: (page) => post(page, "/patients/find", () => page.locator("#term").fill("999 000 0000"), "Find") },
  {
    name: "patient",
    role: "nurse",
    go: async (page) => { await candidate(page); await page.locator(".app-patient__name a").click(); await page.locator(".app-timeline").waitFor(); await page.locator(".app-source > summary").first().click(); },
  },
  { name: "add", role: "nurse", go: (page) => page.goto("/patients/add") },
  { name: "add-wrong", role: "nurse", go: (page) => post(page, "/patients/add", () => page.getByLabel("NHS number").fill("123"), "Add to the list") },
  { name: "account", role: "nurse", go: (page) => page.goto("/account") },
  { name: "reader", role: "administrator", go: (page) => page.goto("/reader") },
  { name: "reader-empty", role: "analyst", go: (page) => post(page, "/reader", async () => {}, "Read it") },
  ...["chance", "unsure", "none"].map((example) => ({
    name: `reader-${example}`,
    role: "nurse",
    go: async (page) => { await post(page, `/reader?example=${example}`, async () => {}, "Read it"); await page.locator("#verdict").waitFor(); },
  })),
  {
    name: "reader-another-language",
    role: "nurse",
    go: async (page) => {
      await post(page, "/reader", () => page.getByLabel("The report").fill("Keine Fraktur. Die Hand ist nicht luxiert. Das Gelenk ist frei."), "Read it");
      await page.getByText("This does not look like English.").waitFor();
    },
  },
  {
    name: "reader-from-candidate",
    role: "nurse",
    go: async (page) => { await candidate(page, "/today?fracture=wrist"); await press(page, "See how this report was read"); await page.locator("#verdict").waitFor(); },
  },
  { name: "help", role: "nurse", go: (page) => page.goto("/help") },
  { name: "forbidden", role: "nurse", go: (page) => page.goto("/admin/users") },

  { name: "guidance-of-one", role: "nurse", go: async (page) => { await episodeInCare(page); await page.getByRole("link", { name: "What guidelines say" }).first().click(); await page.locator("#options").waitFor(); } },
  {
    name: "guidance-of-one-open",
    role: "nurse",
    go: async (page) => {
      await episodeInCare(page);
      await page.getByRole("link", { name: "What guidelines say" }).first().click();
      await page.locator("#options").waitFor();
      for (const summary of await page.locator("main details > summary").all()) await summary.click();
    },
  },
  { name: "talk", role: "nurse", go: async (page) => { await episodeInCare(page); await page.goto(`${new URL(page.url()).pathname}/talk`); await page.locator(".app-talk").waitFor(); } },
  { name: "frax", role: "nurse", go: async (page) => { await episodeInCare(page); await page.goto(`${new URL(page.url()).pathname}/frax`); } },
  { name: "leaflets", role: "nurse", go: (page) => page.goto("/leaflets") },
  { name: "leaflet", role: "nurse", go: (page) => page.goto("/leaflets/alendronate") },
  { name: "leaflet-large", role: "nurse", go: (page) => page.goto("/leaflets/alendronate?as=large") },
  { name: "leaflet-easy", role: "nurse", go: (page) => page.goto("/leaflets/alendronate?as=easy") },
  { name: "calculators", role: "nurse", go: (page) => page.goto("/calculators") },
  ...["bmi", "height-loss", "kidney", "calcium", "alcohol", "steroids", "falls-tests", "frailty", "qfracture"].flatMap((which) => [
    { name: `calculator-${which}`, role: "nurse", go: (page) => page.goto(`/calculators/${which}`) },
    { name: `calculator-${which}-empty`, role: "nurse", go: (page) => post(page, `/calculators/${which}`, async () => {}, "Work it out") },
  ]),
  { name: "guidance", role: "lead_clinician", go: (page) => page.goto("/guidance") },
  { name: "guidance-name-nobody", role: "lead_clinician", go: async (page) => { await page.goto("/guidance"); await page.getByText("Name who is responsible").click(); await press(page, "Name them"); } },
  { name: "guidance-departures", role: "lead_clinician", go: (page) => page.goto("/guidance/departures") },
  { name: "guidance-pack", role: "lead_clinician", go: (page) => page.goto("/guidance/scan") },
  { name: "guidance-pack-for-others", role: "analyst", go: (page) => page.goto("/guidance/medicines") },

  { name: "imports", role: "coordinator", go: (page) => page.goto("/imports") },
  { name: "imports-without-file", role: "coordinator", go: (page) => post(page, "/imports", async () => {}, "Upload") },
  { name: "import", role: "coordinator", go: async (page) => { await page.goto("/imports"); await page.locator(".app-worklist tbody a").first().click(); } },
  {
    name: "import-refused",
    role: "coordinator",
    go: async (page) => {
      await page.goto("/imports");
      await page.locator("#file").setInputFiles({ name: "payroll.csv", mimeType: "text/csv", buffer: Buffer.from("name,pay\nA,1\nB,2\n") });
      await press(page, "Upload");
      await page.getByText("Nothing was taken in.").waitFor();
    },
  },

  { name: "said-no-nothing-read", role: "lead_clinician", go: (page) => page.goto("/said-no") },
  { name: "said-no-review", role: "lead_clinician", go: (page) => page.goto("/said-no/review") },
  { name: "said-no-after-verdict", role: "lead_clinician", go: async (page) => { await page.goto("/said-no/review"); await press(page, "Agree: no is right"); await page.locator("[data-notice]").waitFor(); } },
  { name: "said-no", role: "lead_clinician", go: (page) => page.goto("/said-no") },
  { name: "said-no-counts-only", role: "analyst", go: (page) => page.goto("/said-no") },

  { name: "feeds", role: "coordinator", go: async (page) => { await page.goto("/feeds"); for (const summary of await page.locator("details > summary").all()) await summary.click(); } },
  { name: "layouts", role: "lead_clinician", go: (page) => page.goto("/layouts") },

  { name: "kpi", role: "nurse", go: (page) => page.goto("/kpi") },
  { name: "kpi-opened", role: "lead_clinician", go: async (page) => { await page.goto("/kpi"); for (const summary of await page.locator("details > summary").all()) await summary.click(); } },
  { name: "kpi-wrong", role: "lead_clinician", go: (page) => page.goto("/kpi?from=2026-02-01&to=2026-01-01") },
  { name: "kpi-numbers-only", role: "analyst", go: (page) => page.goto("/kpi") },
  { name: "kpi-people", role: "nurse", go: (page) => page.goto("/kpi/identification/not_eligible") },
  { name: "kpi-nobody", role: "nurse", go: (page) => page.goto("/kpi/adherence/met") },

  { name: "rules", role: "nurse", go: (page) => page.goto("/rules") },
  { name: "rules-propose", role: "lead_clinician", go: (page) => page.goto("/rules/propose") },
  { name: "rules-propose-wrong", role: "administrator", go: (page) => post(page, "/rules/propose", () => page.getByLabel("Youngest age at the fracture").fill("5"), "Propose, and count before and after") },
  {
    name: "rules-proposed",
    role: "administrator",
    go: (page) => post(page, "/rules/propose", async () => {
      await page.getByLabel("Rib", { exact: true }).check();
      await page.getByLabel("Finger", { exact: true }).uncheck();
      await page.getByLabel("Why").fill("To see what it would do");
    }, "Propose, and count before and after"),
  },
  { name: "rules-to-approve", role: "lead_clinician", go: proposedRules },
  { name: "rules-people", role: "lead_clinician", go: async (page) => { await proposedRules(page); await page.getByText("See whom it concerns").click(); } },
  { name: "rules-withdraw-without-reason", role: "administrator", go: async (page) => { await proposedRules(page); await page.getByText("Withdraw", { exact: true }).click(); await press(page, /^Withdraw Rule set/); } },

  { name: "privacy", role: "privacy_officer", go: (page) => page.goto("/privacy") },
  { name: "privacy-wrong-number", role: "privacy_officer", go: (page) => post(page, "/privacy", () => page.getByLabel("NHS number").fill("1"), "Show") },
  { name: "privacy-user", role: "privacy_officer", go: async (page) => { await page.goto("/privacy"); const nurse = page.locator("#user option", { hasText: "(nurse)" }); await page.locator("#user").selectOption(await nurse.getAttribute("value")); await page.locator("form[action='/privacy/user'] button").click(); await page.locator("#result").waitFor(); } },
  { name: "privacy-verified", role: "privacy_officer", go: async (page) => { await page.goto("/privacy"); await press(page, "Verify the chain"); await page.getByText("Nothing has been altered").first().waitFor(); } },

  { name: "users", role: "administrator", go: (page) => page.goto("/admin/users") },
  { name: "user", role: "administrator", go: async (page) => { await page.goto("/admin/users"); await page.locator(".app-worklist tbody a").last().click(); } },
  { name: "user-add", role: "administrator", go: (page) => page.goto("/admin/users/add") },
  { name: "user-add-wrong", role: "administrator", go: (page) => post(page, "/admin/users/add", async () => {}, "Add the user") },
  {
    name: "user-secret",
    role: "administrator",
    go: async (page) => {
      await page.goto("/admin/users/add");
      await page.getByLabel("User name").fill(`test${Date.now() % 100000}`);
      await page.getByLabel("Name", { exact: true }).fill("Somebody New");
      await page.getByLabel("Analyst").check();
      await page.getByLabel("All sites, those added later too").check();
      await press(page, "Add the user");
      await page.getByText("Shown once.").waitFor();
    },
  },
  { name: "sites", role: "administrator", go: (page) => page.goto("/admin/sites") },
  { name: "sites-wrong", role: "administrator", go: (page) => post(page, "/admin/sites", () => page.getByLabel("ODS code").fill("!"), "Save the site") },
];

async function candidateQuestion(page) {
  await page.goto("/today?list=duplicates");
  await page.locator(".app-worklist tbody a").first().click();
  await page.locator(".app-side").waitFor();
}

async function proposedRules(page) {
  await page.goto("/rules");
  await page.locator(".app-worklist tbody a").first().click();
  await page.locator("#approval").waitFor();
}

export { candidate, press };
