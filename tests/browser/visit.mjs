// Visits one page and prints what a person would meet there, as one line of JSON.
//
//   node visit.mjs BROWSER PAGE PICTURES SCANNED
//
// PAGE is a file; PICTURES a folder for screenshots, or "-"; SCANNED the views that axe scans, by commas.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const [browser, page, pictures, scanned] = process.argv.slice(2);
const scans = scanned.split(",");
const address = pathToFileURL(page).href;
const wide = { width: 1440, height: 900 };
const narrow = { width: 360, height: 740 };
const found = { console: [], requests: [], overflow: [], violations: [], steps: {} };

const instance = await chromium.launch({
  executablePath: browser,
  // As root in a container Chromium has no sandbox; the rest keeps it from asking the network for anything.
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

const open = async (viewport, colorScheme, hash = "") => {
  const context = await instance.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
  const tab = await context.newPage();
  tab.on("console", (message) => { if (["error", "warning"].includes(message.type())) found.console.push(message.text()); });
  tab.on("pageerror", (error) => found.console.push(String(error)));
  tab.on("request", (request) => { if (!request.url().startsWith(address)) found.requests.push(request.url()); });
  await tab.goto(address + hash);
  await tab.waitForFunction(() => !document.querySelector(".controls")?.hidden);
  return tab;
};

const beyond = (tab) => tab.evaluate(() => {
  const width = document.documentElement.clientWidth;
  const inside = (node) => node.closest(".scroll, pre, .skip") === null;
  return [...document.querySelectorAll("body *")]
    .filter((node) => inside(node) && node.getBoundingClientRect().right > width + 1)
    .slice(0, 5)
    .map((node) => `${node.tagName} ${node.className} ${node.textContent.slice(0, 40)}`);
});

const scan = async (tab, name) => {
  const result = await tab.evaluate(`${axe}; axe.run(document, { resultTypes: ["violations"] })`);
  for (const item of result.violations) {
    found.violations.push(`${name}: ${item.id} (${item.nodes.length}): ${item.nodes[0].html.slice(0, 120)}`);
  }
};

try {
  for (const [name, viewport, scheme] of [["wide-light", wide, "light"], ["narrow-dark", narrow, "dark"],
    ["narrow-light", narrow, "light"], ["wide-dark", wide, "dark"]]) {
    const tab = await open(viewport, scheme);
    const scroll = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (scroll > 0) found.overflow.push(`${name}: the page scrolls ${scroll} px sideways`);
    for (const text of await beyond(tab)) found.overflow.push(`${name}: ${text}`);
    if (scans.includes(name)) await scan(tab, name);
    if (pictures !== "-") await tab.screenshot({ path: `${pictures}/${name}.png` });
    await tab.context().close();
  }
  const tab = await open(wide, "light");
  const shown = () => tab.locator("#shown").textContent();
  const visible = () => tab.locator("article[data-s]:visible").count();
  found.steps.all = [await shown(), await visible()];
  await tab.selectOption("#severity", "error");
  found.steps.errors = [await shown(), await visible()];
  await tab.selectOption("#severity", "");
  await tab.fill("#query", "no such words in any report");
  found.steps.nothing = [await shown(), await visible()];
  await tab.fill("#query", "");
  // By keyboard alone: the first link to a finding is focused, entered, and its finding has the focus.
  const fresh = await open(wide, "light");
  const first = fresh.locator("header ol a").first();
  if (await first.count()) {
    found.steps.skip = null;
    for (let turn = 0; turn < 20; turn += 1) {
      await fresh.keyboard.press("Tab");
      if (turn === 0) found.steps.skip = await fresh.evaluate(() => document.activeElement.textContent);
      if (await first.evaluate((node) => node === document.activeElement)) break;
    }
    await fresh.keyboard.press("Enter");
    found.steps.followed = await fresh.evaluate(() => [document.activeElement.tagName, `#${document.activeElement.id}` === location.hash]);
    const hash = await fresh.evaluate(() => location.hash);
    const linked = await open(wide, "light", hash);
    found.steps.linked = await linked.evaluate(() => `#${document.activeElement.id}` === location.hash);
    const box = await linked.locator(hash).boundingBox();
    found.steps.inSight = box.y > -1 && box.y < 900;
    if (pictures !== "-") await linked.screenshot({ path: `${pictures}/finding.png` });
  }
  if (pictures !== "-") {
    const matrix = tab.locator("#matrix");
    if (await matrix.count()) { await matrix.scrollIntoViewIfNeeded(); await tab.screenshot({ path: `${pictures}/matrix.png` }); }
    await tab.pdf({ path: `${pictures}/print.pdf` });
  }
} finally {
  await instance.close();
}
process.stdout.write(`${JSON.stringify(found)}\n`);
