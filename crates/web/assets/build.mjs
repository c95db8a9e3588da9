// Builds dist/ from src/. With --check, says whether what is committed is what the sources make.
import { compile } from "sass";
import { readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";

const here = dirname(fileURLToPath(import.meta.url));
const style = compile(join(here, "src/herald.scss"), {
  style: "compressed",
  charset: false,
  loadPaths: [join(here, "node_modules"), join(here, "src")],
  quietDeps: true,
});
const licence = "/*! NHS.UK frontend, MIT licence, copyright NHS England. Herald, Apache-2.0. */\n";
const files = {
  "herald.css": licence + style.css + "\n",
  "herald.js": readFileSync(join(here, "src/herald.js"), "utf8"),
  "herald.svg": readFileSync(join(here, "src/herald.svg"), "utf8"),
};

const other = /url\(\s*["']?(?:https?:)?\/\//i;
if (other.test(files["herald.css"])) {
  console.error("herald.css would load something from another host");
  process.exit(1);
}

mkdirSync(join(here, "dist"), { recursive: true });
let stale = false;
for (const [name, text] of Object.entries(files)) {
  const path = join(here, "dist", name);
  if (process.argv.includes("--check")) {
    let committed = "";
    try {
      committed = readFileSync(path, "utf8");
    } catch {
      committed = "";
    }
    if (committed !== text) {
      console.error(`dist/${name} is not what src/ makes: run npm run build`);
      stale = true;
    }
  } else {
    writeFileSync(path, text);
    console.log(`dist/${name} ${text.length} bytes`);
  }
}
process.exit(stale ? 1 : 0);
