// Opens pages of the HTML report in Chromium, and does with them what a person does.
// Usage: node clicks.mjs BROWSER DEMO LARGE HOSTILE CHANGE
// For people who want to look, LOCKGATE_TEST_PICTURES names a folder for pictures.

import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const [browserPath, demo, large, hostile, change] = process.argv.slice(2);
const pictures = process.env.LOCKGATE_TEST_PICTURES;
const browser = await puppeteer.launch({
  executablePath: browserPath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});

async function open(file, width = 1200) {
  const page = await browser.newPage();
  const trouble = [];
  const address = pathToFileURL(file).href;
  page.on("console", (message) => trouble.push(message.text()));
  page.on("pageerror", (error) => trouble.push(String(error)));
  page.on("dialog", (dialog) => trouble.push(`a dialog: ${dialog.message()}`));
  page.on("request", (request) => {
    const url = request.url();
    if (url !== address && !url.startsWith("data:")) trouble.push(`asks for ${url}`);
  });
  await page.setViewport({ width, height: 900 });
  await page.goto(address);
  return { page, trouble };
}

const shown = (page) => page.$$eval("#list > li:not([hidden]) summary .line:first-child .mono", (all) => all.map((one) => one.textContent));
const count = (page) => page.$eval("#count", (element) => element.textContent);
const picture = async (page, name) => {
  if (pictures) await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
};

async function aPersonLooksAround() {
  const { page, trouble } = await open(demo);
  assert.equal(await page.$eval(".verdict", (element) => element.textContent), "BLOCKED");
  assert.equal(await count(page), "5 findings");
  const all = await shown(page);
  assert.equal(all.length, 5);
  assert.equal(await page.$$eval("#list > li:first-child > details[open] svg", (all) => all.length), 1, "the worst is open");
  await picture(page, "light");

  await page.click('.chip:has(input[value="npm"])');
  assert.equal(await count(page), "1 of 5 findings");
  assert.deepEqual(await shown(page), ["GHSA-demo-9005-glim"]);
  await page.click("#show-all");
  assert.equal(await count(page), "5 findings");

  await page.keyboard.press("Tab");
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("/");
  await page.keyboard.type("quillcast");
  assert.equal(await page.$eval("#search", (element) => element.value), "quillcast");
  assert.ok((await shown(page)).includes("RUSTSEC-2026-9002"), "packages on the way are searched");
  await page.keyboard.press("Escape");
  assert.equal(await count(page), "5 findings");

  await page.select("#sort", "score");
  assert.equal((await shown(page))[0], "GHSA-demo-9005-glim");
  await page.select("#sort", "advisory");
  assert.deepEqual(await shown(page), [...all].sort());

  const second = "#list > li:nth-child(2) > details > summary";
  await page.focus(second);
  await page.keyboard.press("Enter");
  await page.waitForSelector("#list > li:nth-child(2) svg g.target");

  await page.type("#search", "no such thing");
  assert.equal(await page.$eval("#nothing", (element) => element.hidden), false);
  await page.click("#show-all");

  const before = await page.$eval("body", (body) => getComputedStyle(body).backgroundColor);
  await page.click("#theme");
  const after = await page.$eval("body", (body) => getComputedStyle(body).backgroundColor);
  assert.notEqual(before, after);
  await page.click("#expand");
  assert.equal(await page.$$eval("#list > li > details:not([open])", (all) => all.length), 0);
  await page.waitForFunction(() => document.querySelectorAll("#list > li .body").length === 5);
  await picture(page, "dark");
  assert.deepEqual(trouble, []);
}

async function everyControlHasAName() {
  const { page } = await open(demo);
  const nameless = await page.$$eval("input, select, button, svg, a", (all) => all
    .filter((one) => !(one.labels?.length || one.textContent.trim() || one.getAttribute("aria-label")))
    .map((one) => one.outerHTML));
  assert.deepEqual(nameless, []);
  for (const landmark of ["header", "main", "footer", "form[role=search]", "h1", "[aria-live]"]) {
    assert.ok(await page.$(landmark), landmark);
  }
}

async function theSystemsThemeIsFollowed() {
  const { page } = await open(demo);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
  await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
}

async function aNarrowPageDoesNotScrollSideways() {
  const { page } = await open(demo, 390);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  await picture(page, "narrow");
  assert.ok(width <= 390, `${width}`);
}

async function aThousandFindingsAreFiltered() {
  const { page, trouble } = await open(large);
  assert.equal(await count(page), "1,000 findings");
  await page.type("#search", "RUSTSEC-2026-0778");
  assert.equal(await count(page), "1 of 1,000 findings");
  await page.click("#list > li:not([hidden]) > details > summary");
  await page.waitForSelector("#list > li:not([hidden]) svg");
  if (pictures) {
    const timing = await page.evaluate(() => performance.getEntriesByType("navigation")[0].toJSON());
    console.log(`loaded after ${timing.loadEventEnd} ms, interactive after ${timing.domInteractive} ms`);
  }
  assert.deepEqual(trouble, []);
}

async function aChangeIsToldFromWhatWasThereBefore() {
  const { page, trouble } = await open(change);
  assert.equal(await page.$eval(".verdict", (element) => element.textContent), "BLOCKED");
  assert.equal(await count(page), "3 findings");
  assert.equal(await page.$$eval("#list > li:first-child > details[open]", (all) => all.length), 1, "what is added is open");
  const pills = await page.$$eval("#list > li", (all) => all.map((one) => one.querySelector(".line").textContent));
  assert.match(pills[0], /^block.*added by this change/);
  assert.match(pills[1], /^would block.*was there before/);
  await page.click('.chip:has(input[value="added"])');
  assert.equal(await count(page), "1 of 3 findings");
  assert.deepEqual(await shown(page), ["RUSTSEC-2026-0001"]);
  await page.click("#show-all");
  await page.click('.chip:has(input[value="existing"])');
  assert.deepEqual(await shown(page), ["RUSTSEC-2026-0002", "RUSTSEC-2026-0003"]);
  assert.match(await page.$eval("#policy", (element) => element.innerText), /loosened.*needs review/);
  assert.match(await page.$eval("#fixed", (element) => element.innerText), /GHSA-case-0001-tarn in tarn 1.1.0/);
  await picture(page, "change");
  assert.deepEqual(trouble, []);
}

async function hostileTextIsText() {
  const { page, trouble } = await open(hostile);
  await page.click("#expand");
  await page.waitForSelector("#list .body");
  const title = await page.$eval("#list .title", (element) => element.textContent);
  assert.match(title, /<\/script><script>alert\(1\)<\/script>/);
  assert.equal(await page.$$eval("script", (all) => all.length), 2);
  assert.equal(await page.$$eval("a[href^='javascript']", (all) => all.length), 0);
  await picture(page, "hostile");
  assert.deepEqual(trouble, []);
}

try {
  await aPersonLooksAround();
  await everyControlHasAName();
  await theSystemsThemeIsFollowed();
  await aNarrowPageDoesNotScrollSideways();
  await aThousandFindingsAreFiltered();
  await aChangeIsToldFromWhatWasThereBefore();
  await hostileTextIsText();
} finally {
  await browser.close();
}
