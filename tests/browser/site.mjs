// Visits pages of the documentation site and prints what a reader would meet there, as one line of JSON.
//
//   node site.mjs BROWSER ADDRESS FOLDER PAGES VIEWS WHOLE WORDS
//
// ADDRESS is of a server on this machine that serves FOLDER, where the site is searched too as a reader does who opens
// it from the disk; PAGES a JSON file with paths below it; VIEWS, WORDS and the pages WHOLE, which axe scans in every
// view, by commas.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const [browser, address, folder, list, chosen, all, words] = process.argv.slice(2);
const whole = all.split(",");
const disk = `${pathToFileURL(folder).href}/`;
const pages = JSON.parse(readFileSync(list, "utf8"));
const views = chosen.split(",").map((name) => name.split("-"));
const sizes = { wide: { width: 1440, height: 900 }, narrow: { width: 360, height: 740 } };
const schemes = { light: "default", dark: "slate" };
const scans = new Set(["wide-light", "narrow-dark"]);
const found = { visited: [], scanned: 0, console: [], requests: [], overflow: [], violations: [], search: [] };

const instance = await chromium.launch({
  executablePath: browser,
  // As root in a container Chromium has no sandbox; the rest keeps it from asking the network for anything.
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

const open = async (colorScheme) => {
  const context = await instance.newContext({ viewport: sizes.wide, colorScheme, reducedMotion: "reduce" });
  const tab = await context.newPage();
  const where = () => tab.url().slice(address.length);
  tab.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) found.console.push(`${where()}: ${message.text()}`);
  });
  tab.on("pageerror", (error) => found.console.push(`${where()}: ${error}`));
  tab.on("request", (request) => {
    // What a script has made itself is not asked of anybody.
    if (!request.url().startsWith(address) && !request.url().startsWith(disk) && !/^(data|blob):/.test(request.url())) {
      found.requests.push(`${where()}: ${request.url()}`);
    }
  });
  tab.on("response", (response) => {
    if (response.status() >= 400) found.requests.push(`${where()}: ${response.status()} ${response.url()}`);
  });
  return tab;
};

// Wide tables, pictures and code scroll in a box of their own; the drawer lies outside until it is opened.
const beyond = (tab) => tab.evaluate(() => {
  const width = document.documentElement.clientWidth;
  const sideways = document.documentElement.scrollWidth - width;
  const parts = [...document.querySelectorAll("article *")]
    .filter((node) => node.closest(".md-typeset__scrollwrap, pre, .md-code__nav, p:has(> img[src$='.svg'])") === null)
    .filter((node) => node.getBoundingClientRect().right > width + 1)
    .slice(0, 3)
    .map((node) => `${node.tagName} ${node.textContent.trim().slice(0, 60)}`);
  return sideways > 0 ? [`the page scrolls ${sideways} px sideways`, ...parts] : parts;
});

// A page is loaded once and then seen in each view, as by a reader who turns the phone or touches the switch of colours.
// axe runs once for each width and once for each scheme, and in every view of the pages that stand for their kind: what
// all pages share, such as the navigation, is scanned there.
const look = async (tab, page, all) => {
  await tab.setViewportSize(sizes.wide);
  await tab.goto(address + page);
  await tab.evaluate(axe);
  for (const [size, scheme] of views) {
    await tab.setViewportSize(sizes[size]);
    await tab.evaluate((name) => {
      if (document.body.dataset.mdColorScheme !== name) document.querySelector(`[data-md-color-scheme="${name}"][type="radio"]`).click();
    }, schemes[scheme]);
    await tab.waitForFunction((name) => document.body.dataset.mdColorScheme === name, schemes[scheme]);
    const name = `${page} ${size}-${scheme}`;
    for (const text of await beyond(tab)) found.overflow.push(`${name}: ${text}`);
    if (all || scans.has(`${size}-${scheme}`)) {
      const result = await tab.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
      for (const item of result.violations) {
        const node = item.nodes[0];
        found.violations.push(`${name}: ${item.id} (${item.nodes.length}): ${node.html.slice(0, 120)}`);
      }
      found.scanned += 1;
    }
    found.visited.push(name);
  }
};

const search = async (base, word) => {
  const tab = await open("light");
  await tab.goto(`${base}index.html`);
  // By keyboard alone, as the theme offers it.
  await tab.keyboard.press("/");
  await tab.keyboard.type(word);
  const first = tab.locator(".md-search-result__link").first();
  await first.waitFor();
  await tab.keyboard.press("ArrowDown");
  await tab.keyboard.press("Enter");
  await tab.waitForFunction(() => !location.pathname.endsWith("/index.html"));
  await tab.waitForLoadState("load");
  found.search.push([word, tab.url().slice(base.length).split(/[?#]/)[0]]);
  await tab.context().close();
};

try {
  const queue = [...pages];
  const work = async (colorScheme) => {
    const tab = await open(colorScheme);
    await tab.goto(address);
    await tab.waitForFunction((name) => document.body.dataset.mdColorScheme === name, schemes[colorScheme]);
    for (let page = queue.shift(); page !== undefined; page = queue.shift()) await look(tab, page, whole.includes(page));
  };
  await Promise.all(Object.keys(schemes).map(work)); // one reader whose system is light, one whose is dark
  for (const base of [address, disk]) {
    for (const word of words.split(",").filter(Boolean)) await search(base, word);
  }
} finally {
  await instance.close();
}
process.stdout.write(`${JSON.stringify(found)}\n`);
