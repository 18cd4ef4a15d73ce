// Open reports in a real Chromium and print, as JSON, what is seen there. The tests judge it.
//
//     node look.mjs CHROMIUM FOLDER_OF_NODE_MODULES REPORT SHORT_REPORT HOSTILE HARMLESS
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [executablePath, modules, ...files] = process.argv.slice(2);
const installed = createRequire(`${modules}/`);
const axe = readFileSync(installed.resolve("axe-core/axe.min.js"), "utf8");
const browser = await installed("playwright-core").chromium.launch({ executablePath });
const [report, short, hostile, harmless] = files.map((file) => pathToFileURL(file).href);

const EVERY = [320, 768, 1440].flatMap((width) => ["light", "dark"].map((colorScheme) => ({ width, colorScheme })));
// Names change neither colours nor the order of things: each width and each theme once.
const SOME = [EVERY[0], EVERY[3], EVERY[4]];

// Everything that a page says or asks for while it is open.
async function opened(address, { script = true, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce", ...options });
  const noise = [];
  context.on("request", (request) => request.url() === address.split("#")[0] || noise.push(`request: ${request.url()}`));
  context.on("console", (message) => noise.push(`console: ${message.text()}`));
  context.on("weberror", (error) => noise.push(`error: ${error.error().message}`));
  context.on("dialog", async (dialog) => {
    noise.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  const page = await context.newPage();
  const scripts = await context.newCDPSession(page);
  await scripts.send("Emulation.setScriptExecutionDisabled", { value: !script });
  await page.goto(address);
  // The page's own script has missed its chance; axe needs timers.
  await scripts.send("Emulation.setScriptExecutionDisabled", { value: false });
  return { page, noise, close: () => context.close() };
}

// Near parts get their buttons when they come near: go past all of them once.
async function wholly(page) {
  await page.evaluate(async () => {
    for (const section of document.querySelectorAll("section")) {
      section.scrollIntoView();
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    }
    scrollTo(0, 0);
  });
}

async function views(address, script, sights) {
  const { page, noise, close } = await opened(address, { script });
  const found = [];
  if (script) await wholly(page);
  await page.evaluate((details) => document.querySelectorAll(details).forEach((each) => (each.open = true)), "details");
  await page.evaluate(axe);
  for (const { width, colorScheme } of sights) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    const violations = await page.evaluate(async () => {
      const { violations: all } = await axe.run(document, { resultTypes: ["violations"] });
      return all.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`));
    });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    found.push({ script, width, scheme: colorScheme, violations, overflow });
  }
  await close();
  return { found, noise };
}

// How often each element occurs; figures break long names into more lines.
async function elements(address) {
  const { page, noise, close } = await opened(address);
  await wholly(page);
  const tags = await page.evaluate(() => {
    const counts = {};
    for (const { tagName } of document.querySelectorAll(":not(svg *)")) counts[tagName] = (counts[tagName] ?? 0) + 1;
    return counts;
  });
  await close();
  return { tags, noise };
}

const SCORES = "#phantom-table-scores";
const rows = (page, table = SCORES) => page.$$eval(`${table} tbody tr:not([hidden])`, (all) => all.map((row) => row.dataset.row));
const told = (page) => page.textContent(".bar output");
const hash = (page) => new URL(page.url()).hash;

async function sorting(page) {
  const heading = page.locator(`${SCORES} thead th`, { hasText: "Macro-F1" }).first();
  const seen = [];
  for (let click = 0; click < 3; click++) {
    await heading.locator("button").click();
    seen.push({ rows: await rows(page), aria: await heading.getAttribute("aria-sort") });
  }
  await page.locator(`${SCORES} thead th button`).first().focus();
  await page.keyboard.press("Enter");
  seen.push({ rows: await rows(page), aria: await page.locator(`${SCORES} thead th`).first().getAttribute("aria-sort") });
  await page.locator(".reset").click();
  return seen;
}

async function filtering(page) {
  await page.getByLabel("Find rows").fill("MIXUP");
  const filtered = { rows: await rows(page), others: await rows(page, "#phantom-table-costs"), told: await told(page), hash: hash(page) };
  const faded = await page.$$eval("#phantom-scores svg .faded, #phantom-classes svg .faded", (all) => all.map((mark) => mark.dataset.row));
  await page.keyboard.press("Escape");
  return { ...filtered, faded, after: await rows(page), field: await page.getByLabel("Find rows").inputValue(), toldAfter: await told(page) };
}

async function pinning(page) {
  await page.getByRole("button", { name: "Pin Plain: no oversampling" }).first().click();
  const pinned = {
    first: await page.$$eval("table:has([data-row=plain])", (all) => all.map((table) => table.tBodies[0].rows[0].dataset.row)),
    pressed: await page.$$eval("tr.pinned .pin", (all) => all.map((button) => button.getAttribute("aria-pressed"))),
    focused: await page.evaluate(() => document.activeElement.getAttribute("aria-label")),
    marks: await page.$$eval("svg .pinned", (all) => all.map((mark) => mark.dataset.row)),
    told: await told(page),
    hash: hash(page),
  };
  await page.getByLabel("Find rows").fill("repetition");
  pinned.filtered = await rows(page);
  const other = await opened(`${report}${hash(page)}`);
  pinned.shared = { rows: await rows(other.page), field: await other.page.getByLabel("Find rows").inputValue() };
  await other.close();
  await page.locator(".reset").click();
  return { ...pinned, after: await rows(page), hashAfter: hash(page) };
}

async function pointing(page) {
  const mark = page.locator("#phantom-classes svg [aria-label][tabindex='0']");
  const tip = page.locator(".tip");
  const tips = [];
  await mark.locator("rect, path").first().hover();
  tips.push(await tip.textContent());
  const hot = await page.$$eval(".hot", (all) => [...new Set(all.map((each) => `${each.closest("svg") ? "mark" : "row"} ${each.dataset.row}`))]);
  await page.mouse.move(1, 1);
  const left = await tip.isVisible();
  await mark.focus();
  await page.keyboard.press("ArrowRight");
  tips.push(await tip.textContent());
  const focused = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  await page.keyboard.press("Escape");
  const dismissed = !(await tip.isVisible());
  const native = await page.$$eval("svg title", (all) => all.length);
  return { tips, hot, left, focused, dismissed, native };
}

async function touching(address) {
  const { page, close } = await opened(address, { hasTouch: true, isMobile: true, viewport: { width: 320, height: 700 } });
  await wholly(page);
  await page.locator("#phantom-classes svg [aria-label] > *").first().tap({ force: true });
  await page.waitForTimeout(50);
  const seen = { tip: await page.locator(".tip:visible").textContent(), hot: await page.locator("tr.hot").count() };
  await close();
  return seen;
}

// What an address may hold that no page of ours has written.
async function misled(address) {
  const sorts = ["no-table,0,descending", `${SCORES.slice(1)},item,descending`, `${SCORES.slice(1)},99,up`, "__proto__", ""];
  const said = new URLSearchParams([...sorts.map((each) => ["sort", each]), ["pin", "nobody"], ["pin", "<img src=x onerror=alert(1)>"]]);
  const { page, noise, close } = await opened(`${address}#nowhere&${said}&find=%E0%A4%A&%`);
  await page.getByLabel("Find rows").fill("");
  const seen = { rows: await rows(page), hash: hash(page), noise };
  await close();
  return seen;
}

async function roving(page) {
  await page.locator(`${SCORES} .pin`).first().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  const last = await page.evaluate(() => document.activeElement.closest("tr").dataset.row);
  await page.keyboard.press("Space");
  const pinned = (await rows(page))[0];
  const stops = await page.$$eval(`${SCORES} .pin[tabindex='0']`, (all) => all.length);
  await page.locator(".reset").click();
  return { last, pinned, stops };
}

async function copying(page) {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.locator(`.scroll:has(${SCORES}) + .copy`).click();
  return page.evaluate(() => navigator.clipboard.readText());
}

async function themes(page) {
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const grounds = [await ground()];
  await page.locator(".theme").click();
  grounds.push(await ground());
  await page.reload();
  grounds.push(await ground());
  return grounds;
}

async function printing(address) {
  const { page, close } = await opened(address);
  const folded = () => page.$$eval("details:not([open]) > :not(summary, .copy)", (all) => all.map((each) => each.checkVisibility({ contentVisibilityAuto: true })));
  const onScreen = await folded();
  await page.emulateMedia({ media: "print" });
  const onPaper = { folded: await folded(), controls: await page.locator(".bar, .pin, .copy, nav").evaluateAll((all) => all.filter((each) => each.checkVisibility()).length) };
  const pages = (await page.pdf({ format: "A4" })).toString("latin1").match(/\/Type\s*\/Page\b/g).length;
  await close();
  return { onScreen, onPaper, pages };
}

async function withoutScript(address) {
  const { page, close } = await opened(address, { script: false });
  const seen = { bar: await page.locator(".bar").isVisible(), buttons: await page.locator("button:visible").count(), rows: await rows(page) };
  await close();
  return seen;
}

async function behaviour(address) {
  const { page, noise, close } = await opened(address);
  await wholly(page);
  const seen = { plain: await rows(page) };
  for (const act of [sorting, filtering, pinning, pointing, roving, copying, themes]) seen[act.name] = await act(page);
  await close();
  return { ...seen, noise, printing: await printing(short), withoutScript: await withoutScript(address), touching: await touching(address), misled: await misled(address) };
}

const [seen, names, acts] = await Promise.all([
  (async () => [await views(short, true, EVERY), await views(short, false, EVERY)])(),
  (async () => [await views(hostile, true, SOME), await views(hostile, false, SOME)])(),
  (async () => ({ ...(await behaviour(report)), hostile: await elements(hostile), harmless: await elements(harmless) }))(),
]);
await browser.close();
console.log(JSON.stringify({ report: seen, hostile: names, acts }));
