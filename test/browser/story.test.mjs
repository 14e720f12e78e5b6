// R6–R10, R18, R26, R33–R35, R42: log in, read, sign, have it sealed, read the
// report, and everything that goes wrong on the way; in each language and look, by
// mouse and by keyboard alone. At every step axe is asked, nothing may be cut off
// or left in the other language, and a picture goes to build/shots for people.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { launch, programs } from "./browsers.mjs";
import { focus, keyboard, mouse, stops } from "./hands.mjs";
import { shoot, startDemo } from "./story.mjs";
import { data, words } from "./story_words.mjs";

// Whole: with what goes wrong. The default lives the story once whole in each
// language and look that differ most, and its core in the old browser.
const DEFAULT = [
  { program: "new", lang: "zh", theme: "light", hands: keyboard, whole: true },
  { program: "109", lang: "zh", theme: "light", hands: mouse },
  { program: "new", lang: "en", theme: "dark", hands: mouse, whole: true },
];
const everything = ["zh", "en"].flatMap((lang) => ["light", "dark"].flatMap((theme) => ["new", "109"].flatMap((program) => [mouse, keyboard].map((hands) => ({ program, lang, theme, hands, whole: true })))));
const runs = process.env.XINZHANG_SOAK === "1" ? everything : DEFAULT;
const found = await programs();

for (const lang of ["zh", "en"]) {
  describe(`the story, ${lang}`, () => {
    let demo;
    before(async () => (demo = await startDemo(lang)), { timeout: 180_000 });
    after(() => demo?.close());

    for (const run of runs.filter((r) => r.lang === lang)) {
      const name = [run.program, lang, run.theme, run.hands === keyboard ? "keyboard" : "mouse"].join("-");
      test(name, { timeout: 300_000 }, async () => {
        const browser = await launch(found.find((p) => p.name === run.program), { agentPort: demo.agentPort });
        try {
          // The agent sends no wrong PIN twice: each run has one of its own.
          await story({ ...run, name, demo, wrongPIN: String(90_000_001 + runs.indexOf(run)), say: words[lang], context: await newcomer(browser, run), broken: [] });
        } finally {
          await browser.close();
        }
      });
    }
  });
}

const newcomer = (browser, { lang, theme }) =>
  browser.newContext({ viewport: { width: 1366, height: 768 }, locale: lang === "zh" ? "zh-CN" : "en-GB", colorScheme: theme, reducedMotion: "reduce" });

async function story(s) {
  const { context, demo, say, hands } = s;
  const page = await context.newPage();
  page.on("pageerror", (e) => s.broken.push(e));
  await page.goto(demo.url);
  await page.getByText(say.found).waitFor({ timeout: 60_000 });
  await step(s, page, "01-login");
  const press = (name) => hands.press(page, page.getByRole("button", { name, exact: true }));

  if (s.whole) await wrongWaysIn(s, page, press);
  await press(say.login);
  await answer(s, { pin: demo.pins.person, name: "05-login" });
  await page.getByRole("heading", { name: say.desk }).waitFor({ timeout: 60_000 });
  assert.match(await page.locator("header").innerText(), /9900\*+1239/, "the ID number is masked");
  await page.getByRole("img", { name: say.page4 }).waitFor({ timeout: 60_000 });
  await step(s, page, "06-desk");
  if (hands === keyboard) await inOrder(page, say.stops);

  if (s.whole) {
    await press(say.sign);
    await answer(s, { refuse: true, name: "07-refused" });
    await page.getByRole("alert").getByText(say.userRefused).first().waitFor({ timeout: 30_000 });
    await step(s, page, "07-refused");
    assert.equal((await focus(page)).name, say.sign, "the focus is where the person was");
  }
  await press(say.sign);
  await answer(s, { pin: demo.pins.person, name: "08-sign" });
  await page.getByText(say.afterSign).waitFor({ timeout: 60_000 });
  await step(s, page, "09-signed");
  assert.equal((await focus(page)).name, say.seal, "the focus is on what comes next");
  await press(say.seal);
  await answer(s, { pin: demo.pins.unit, name: "10-seal" });
  await page.getByText(say.afterSeal).waitFor({ timeout: 60_000 });
  await page.getByText(say.passed).waitFor();
  await page.waitForTimeout(500); // the page is drawn anew, with its seal
  await step(s, page, "11-sealed");
  assert.equal((await focus(page)).name, say.report, "the focus is on what comes next");

  const [report] = await Promise.all([context.waitForEvent("page"), hands.press(page, page.getByRole("link", { name: say.report }))]);
  await report.getByText("示例监狱").first().waitFor();
  assert.doesNotMatch(await report.content(), /990000199001011239/, "no whole ID number in the report");
  await step(s, report, "12-report");
  await report.close();
  await press(say.restart);
  await page.getByText(say.unsigned).waitFor();
  await press(say.logout);
  await page.getByRole("heading", { name: say.loginTitle }).waitFor();
  assert.deepEqual(s.broken, []);
  await context.close();
  demo.forget();
}

/** wrongWaysIn tries to log in with a wrong number in the register, and without a UKey. */
async function wrongWaysIn(s, page, press) {
  const { demo, say } = s;
  demo.register(false);
  await press(say.login);
  await answer(s, { pin: demo.pins.person, wrong: s.wrongPIN, name: "02-first" });
  await page.getByText(say.mismatch).waitFor({ timeout: 60_000 });
  assert.doesNotMatch(await page.content(), /9900001990010112/, "both numbers are masked");
  await step(s, page, "03-mismatch");
  demo.register(true);
  demo.unplug();
  await page.waitForTimeout(2500); // the agent looks for UKeys once a second
  await press(say.login);
  await page.locator("[role=alert]", { hasText: "agent.no_key" }).waitFor({ timeout: 30_000 });
  await step(s, page, "04-no-key");
  demo.plug();
  await page.waitForTimeout(2500);
}

/** answer plays the person in a window of the agent: allows the site when asked, then types the PIN, or refuses. */
async function answer(s, { pin, wrong, refuse, name }) {
  const { say, hands, context } = s;
  const w = await context.newPage();
  w.on("pageerror", (e) => s.broken.push(e));
  await w.goto(await s.demo.window());
  const box = w.getByLabel(say.pin, { exact: true });
  const allow = w.getByRole("button", { name: say.allow });
  await box.or(allow).first().waitFor({ timeout: 60_000 });
  await w.waitForTimeout(700); // the window takes nothing in its first half second
  if (await allow.isVisible()) {
    await step(s, w, `${name}-allow`);
    await hands.press(w, allow);
    await box.waitFor();
    await w.waitForTimeout(700);
  }
  assert.equal(await box.evaluate((e) => e === document.activeElement), true, "the PIN can be typed at once");
  await step(s, w, `${name}-window`);
  if (refuse) {
    await w.keyboard.press("Escape");
    await ended(s, w, say.refusal, `${name}-end`);
    return;
  }
  const confirm = w.getByRole("button", { name: say.confirm });
  if (wrong) {
    await hands.fill(w, box, wrong);
    await hands.press(w, confirm);
    await w.getByText(say.wrong).first().waitFor({ timeout: 30_000 });
    await w.waitForTimeout(2500); // after a wrong PIN the agent makes people wait
    await step(s, w, `${name}-wrong`);
  }
  await hands.fill(w, box, pin);
  await hands.press(w, confirm);
  await ended(s, w, say.done, `${name}-end`);
}

/** ended waits until a window has closed itself, or says that it is over. */
async function ended(s, w, word, name) {
  const closed = w.waitForEvent("close", { timeout: 60_000 }).then(() => true);
  await Promise.race([closed, w.getByRole("heading", { name: word, exact: true }).waitFor({ timeout: 60_000 })]).catch((e) => {
    if (!w.isClosed()) throw e;
  });
  if (!w.isClosed()) await shoot(w, `${s.name}-${name}`).catch(() => {}); // it may close under the camera
  if (!w.isClosed()) await w.close();
}

/** step holds a page against what every page must keep, and takes its picture. */
async function step(s, page, name) {
  await shoot(page, `${s.name}-${name}`);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter((v) => v.impact === "serious" || v.impact === "critical");
  assert.deepEqual(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(" ")}`), [], name);
  const { text, wide } = await page.evaluate(() => ({ text: document.body.innerText, wide: document.documentElement.scrollWidth - innerWidth }));
  assert.ok(wide <= 0, `${name}: ${wide} pixels are off the screen`);
  assert.doesNotMatch(text, /undefined|\[object |\{\w+\}|\b(demo|confirm|keys|app)\.\w+/, `${name}: a word is missing`);
  if (s.lang !== "en") return;
  const left = data.reduce((t, d) => t.replaceAll(d, ""), text).match(/[\u3400-\u9fff][^\n]*/g) ?? [];
  assert.deepEqual(left, [], `${name}: not in English`);
}

async function inOrder(page, wanted) {
  const got = await stops(page);
  assert.equal(got.length, wanted.length, got.join(" → "));
  wanted.forEach((w, i) => (w instanceof RegExp ? assert.match(got[i], w) : assert.equal(got[i], w)));
}
