// A batch of twelve with a slow UKey, by keyboard alone: two are left out, it is
// held, goes on, and is stopped near its end; another one goes through; and one in
// the window that a page opens. Pictures go to build/shots.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { AxeBuilder } from "@axe-core/playwright";
import { programs } from "./browsers.mjs";
import { judge } from "./judge.mjs";
import { stage, strike } from "./stage.mjs";

const LIMIT = { timeout: 120_000 };
const given = process.env.XINZHANG_SLOW_AGENT;
const [port, pin, windows] = given?.split(",") ?? [];
const absent = given ? false : "XINZHANG_SLOW_AGENT names no agent: run by go test";
const shots = new URL("../../build/shots/", import.meta.url).pathname;
const words = {
  zh: { pin: "PIN 码（密码）", allow: "允许并继续", keep: "签署", approve: (n) => `批准 ${n} 份`, pause: "暂停", resume: "继续", stop: "停止", paused: "已暂停批准", count: /已完成 (\d+) \/ (\d+) 份/, close: "关闭" },
  en: { pin: "PIN", allow: "Allow and go on", keep: "Sign", approve: (n) => `Sign ${n} documents (批准)`, pause: "Pause", resume: "Go on", stop: "Stop", paused: "Paused (批准)", count: /(\d+) of (\d+) done/, close: "Close" },
};

for (const program of absent ? [{ name: "batch" }] : await programs()) {
  describe(`${program.name}: a batch`, { skip: absent }, () => {
    let site, browser;
    before(async () => {
      mkdirSync(shots, { recursive: true });
      ({ site, browser } = await stage(program, () => ({ port: Number(port) })));
    });
    after(() => strike({ site, browser }));

    test("by keyboard: two left out, held, let go on, stopped", LIMIT, async () => {
      await inPage("private", async (page) => {
        const w = await asked(page, "zh", "light");
        await choose(w, "zh", [2, 7]);
        await look(w, "zh", "light", "choose");
        await approve(w, "zh", 10);
        await until(w, "zh", 2);
        await picture(w, "zh", "light", "signing");
        await holdAndGoOn(w, "zh", "light");
        const at = await until(w, "zh", 6);
        await w.keyboard.press("Shift+Tab");
        assert.equal(await focused(w), words.zh.stop);
        await w.keyboard.press("Enter");
        const end = w.getByRole("heading", { name: "其余没有签署" });
        await end.waitFor();
        const done = Number(/(\d+) \/ 10/.exec(await end.innerText())[1]);
        assert.ok(done >= at && done < 10, `${done} signed`);
        await w.waitForTimeout(600);
        await look(w, "zh", "light", "stopped");

        const { results, stopped } = await result(page);
        const signed = results.filter((r) => r.value);
        assert.equal(signed.length, done);
        for (const r of signed) judge(Buffer.from(r.value, "base64"), Buffer.from(`同意 ${r.index}`));
        assert.deepEqual(results.filter((r) => r.error).map((r) => [r.index, r.error.code]), [[2, "user.left_out"], [7, "user.left_out"]]);
        assert.deepEqual([stopped.index, stopped.reason.code], [[0, 1, 3, 4, 5, 6, 8, 9, 10, 11][done], "operation.stopped"]);
        await w.waitForTimeout(6000); // what was refused stays to be read
        assert.ok(await end.isVisible());
        assert.equal(await focused(w), words.zh.close);
        await left(w, () => w.keyboard.press("Enter"));
      });
    });

    test("all twelve, in English and dark: the window goes by itself", LIMIT, async () => {
      await inPage("private", async (page) => {
        const w = await asked(page, "en", "dark");
        await look(w, "en", "dark", "choose");
        await approve(w, "en", 12);
        await until(w, "en", 2);
        await picture(w, "en", "dark", "signing");
        await holdAndGoOn(w, "en", "dark");
        await w.getByRole("heading", { name: "Done: 12 signed" }).waitFor();
        await picture(w, "en", "dark", "done");
        const { results, stopped } = await result(page);
        assert.deepEqual([results.filter((r) => r.value).length, stopped], [12, undefined]);
        await left(w, () => {});
      });
    });

    test("in the window that the page opened: it has its answer before the person has read the end", LIMIT, async () => {
      await inPage("public", async (page) => {
        await page.evaluate(() => connect());
        const [w] = await Promise.all([page.waitForEvent("popup"), page.click("#batch")]);
        await consented(w, "zh");
        await choose(w, "zh", [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        await look(w, "zh", "popup", "choose");
        await approve(w, "zh", 3);
        await w.getByRole("heading", { name: "批准完成，共 3 份" }).waitFor();
        const { results } = await result(page);
        assert.deepEqual(results.filter((r) => r.value).map((r) => r.index), [9, 10, 11]);
        assert.ok((await page.evaluate(() => events)).some((e) => e.done === 3 && e.total === 3), "the page is told of the progress");
        assert.ok(!w.isClosed(), "the window waits for the person");
        await picture(w, "zh", "popup", "done");
        await left(w, () => w.keyboard.press("Escape").catch(() => {}));
        assert.ok(w.isClosed());
      }, program.name === "109" ? "?csp" : "");
    });

    const opened = () => readFileSync(windows, "utf8").split("\n").filter(Boolean);

    /** asked clicks on page and opens the window that the agent asks for, up to the PIN. */
    async function asked(page, lang, look) {
      const before = opened().length;
      await page.click("#batch");
      for (let i = 0; opened().length === before; i++) {
        assert.ok(i < 300, `the agent opens no window: ${JSON.stringify(await page.evaluate(() => results))}`);
        await pause(50);
      }
      const w = await (await browser.newContext({ viewport: { width: 1366, height: 768 }, colorScheme: look })).newPage();
      const address = new URL(opened().at(-1));
      address.searchParams.set("lang", lang);
      await w.goto(address.href);
      await consented(w, lang);
      return w;
    }

    async function consented(w, lang) {
      const allow = w.getByRole("button", { name: words[lang].allow });
      const box = w.getByLabel(words[lang].pin, { exact: true });
      await allow.or(box).first().waitFor();
      if (await allow.isVisible()) {
        await w.waitForTimeout(600);
        await allow.press("Enter");
      }
      await box.waitFor();
    }

    /** choose unticks documents by the space bar. */
    async function choose(w, lang, out) {
      for (const i of out) {
        const box = w.getByRole("checkbox", { name: `${words[lang].keep} 关于测试对象 ${String(i + 1).padStart(3, "0")} 号的减刑建议书` });
        await box.focus();
        await w.keyboard.press("Space");
        assert.equal(await box.isChecked(), false);
      }
    }

    async function approve(w, lang, count) {
      await w.getByLabel(words[lang].pin, { exact: true }).fill(pin);
      await w.getByRole("button", { name: words[lang].approve(count), disabled: false }).waitFor();
      await w.getByLabel(words[lang].pin, { exact: true }).press("Enter");
    }

    /** until waits until n are signed and gives how many are. */
    async function until(w, lang, n) {
      for (let i = 0; ; i++) {
        const found = words[lang].count.exec(await w.locator("main").innerText());
        if (found && Number(found[1]) >= n) return Number(found[1]);
        assert.ok(i < 1200, `${n} were never signed`);
        await pause(25);
      }
    }

    /** holdAndGoOn presses the button that has the focus, twice. */
    async function holdAndGoOn(w, lang, name) {
      assert.equal(await focused(w), words[lang].pause);
      await w.keyboard.press("Space");
      await w.getByRole("heading", { name: words[lang].paused }).waitFor();
      const at = await until(w, lang, 0);
      await w.waitForTimeout(1500);
      assert.equal(await until(w, lang, 0), at, "signed while held");
      await look(w, lang, name, "paused");
      assert.equal(await focused(w), words[lang].resume);
      await w.keyboard.press("Space");
    }

    /** focused is the word on the button that has the focus, without its key. */
    const focused = (w) => w.evaluate(() => document.activeElement.innerText.split("\n")[0].trim());

    /** left waits until the window has gone, or where the browser keeps it, says that it may be closed. */
    async function left(w, act) {
      const gone = Promise.race([w.waitForEvent("close", { timeout: 20_000 }), w.getByRole("heading", { name: /^(已完成|Done)$/ }).waitFor({ timeout: 20_000 })]);
      await act();
      await gone.catch((e) => assert.ok(w.isClosed(), String(e)));
    }

    const picture = (w, lang, theme, name) => w.screenshot({ path: `${shots}batch-${program.name}-${lang}-${theme}-${name}.png` });

    /** look takes a picture, and asks axe, for which neither signing nor a window that goes by itself would wait. */
    async function look(w, lang, theme, name) {
      const { violations } = await new AxeBuilder({ page: w }).analyze();
      const serious = violations.filter((v) => ["serious", "critical"].includes(v.impact));
      await picture(w, lang, theme, name);
      assert.deepEqual(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`), [], name);
    }

    async function result(page) {
      await page.waitForFunction(() => results.length > 0, null, { timeout: 30_000 });
      const [r] = await page.evaluate(() => results);
      assert.equal(r.error, undefined, JSON.stringify(r.error));
      return r;
    }

    async function inPage(space, body, query = "") {
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      try {
        const page = await context.newPage();
        await page.goto(`${site.origin("http", space)}/business.html${query}`);
        await page.evaluate(() => connect());
        await body(page);
      } finally {
        await context.close();
      }
    }
  });
}
