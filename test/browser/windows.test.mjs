// The real agent's windows with its real pages, by mouse and keyboard: the app
// window (confirm.html), the window that a page opens (window.html), and the page
// that a page goes to (redirect.html). Pictures go to build/shots.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { programs } from "./browsers.mjs";
import { judge } from "./judge.mjs";
import { given, startAgent } from "./real.mjs";
import { stage, strike } from "./stage.mjs";

const LIMIT = { timeout: 90_000 };
const TEXT = Buffer.from("同意");
const PIN = "PIN 码（密码）";
const shots = new URL("../../build/shots/", import.meta.url).pathname;
const absent = given.agent && given.demo ? false : "XINZHANG_AGENT and XINZHANG_DEMO name no agent: run by go test";

for (const program of absent ? [{ name: "real" }] : await programs()) {
  describe(`${program.name}: the windows of the real agent`, { skip: absent }, () => {
    let agent, site, browser;
    before(async () => {
      mkdirSync(shots, { recursive: true });
      ({ agent, site, browser } = await stage(program, () => startAgent({ attended: false })));
    });
    after(() => strike({ agent, site, browser }));

    test("the app window: consent, a wrong PIN, the right one; then without consent, refused by Esc", LIMIT, async () => {
      await inPage("http", "private", "", async (page) => {
        const first = await confirmWindow(page);
        await consent(first, site.origin("http", "private"), "confirm");
        await first.getByLabel(PIN).fill("wr0ng-pin");
        await approve(first);
        await first.getByText(/PIN 不正确，还可尝试 \d 次/).waitFor();
        assert.equal(await first.getByLabel(PIN).inputValue(), "", "a wrong PIN is wiped");
        await picture(first, "confirm-wrong");
        await first.waitForFunction(() => document.activeElement?.type === "password", null, { timeout: 5000 });
        await first.getByLabel(PIN).fill(agent.pins.person);
        await approve(first);
        judge(der(await result(page, 1)), TEXT);

        const second = await confirmWindow(page);
        await second.getByLabel(PIN).waitFor();
        await picture(second, "confirm-second");
        await second.keyboard.press("Escape").catch(() => {}); // the window may close while the key is still down
        assert.equal((await result(page, 2)).error?.code, "user.refused");
      });
    });

    test("an app window whose page is left says so", LIMIT, async () => {
      await inPage("http", "private", "", async (page) => {
        const asked = await confirmWindow(page);
        await asked.getByLabel(PIN).waitFor();
        await page.close();
        await asked.getByText("窗口已关闭").first().waitFor();
        await picture(asked, "confirm-left");
      });
    });

    // Chromium 109 lets a public page reach the agent directly: its policy forbids it there.
    test("a public http page opens window.html, signs twice, refuses once", LIMIT, async () => {
      await inPage("http", "public", program.name === "109" ? "?csp" : "", async (page) => {
        assert.equal((await page.evaluate(() => connect())).route, "window");
        const first = await popup(page);
        await consent(first, site.origin("http", "public"), "window");
        await typed(first, "window");
        judge(der(await result(page, 1)), TEXT);

        const second = await popup(page, first);
        await typed(second);
        judge(der(await result(page, 2)), TEXT);

        const third = await popup(page, second);
        await third.getByLabel(PIN).waitFor();
        await third.keyboard.press("Escape").catch(() => {}); // the window may close while the key is still down
        assert.equal((await result(page, 3)).error?.code, "user.refused");
      });
    });

    const cut = "?coop&csp&redirect";

    test("a page with COOP goes to redirect.html and comes back signed", LIMIT, async () => {
      await inPage("https", "public", cut, async (page) => {
        await leave(page);
        await consent(page, site.origin("https", "public"), "redirect");
        const back = await comeBack(page, () => typed(page, "redirect"));
        assert.deepEqual([back.method, back.context], ["sign", { page: 7 }], JSON.stringify(back));
        judge(der(back.result), TEXT);
      });
    });

    test("redirect.html delivers to the server of the page; a refusal comes back as one", LIMIT, async () => {
      // The policy of this page counts on https, and at the computer's own addresses.
      await inPage("http", "loopback", `${cut}&deliver`, async (page) => {
        await leave(page);
        await page.getByRole("button", { name: "不允许" }).waitFor();
        const refused = await comeBack(page, () => page.keyboard.press("Escape"));
        assert.equal(refused.error?.code, "user.refused", JSON.stringify(refused));
        assert.equal(site.delivered.length, 0);
      }, "127.0.0.2");
      await inPage("http", "private", `${cut}&deliver`, async (page) => {
        await leave(page);
        await consent(page, site.origin("http", "private", "127.0.0.2"), "deliver");
        const back = await comeBack(page, () => typed(page));
        assert.deepEqual([back.delivered, back.result], [true, undefined], JSON.stringify(back));
        judge(der(site.delivered.at(-1).result), TEXT);
      }, "127.0.0.2");
    });

    const der = (r) => Buffer.from(r.value ?? assert.fail(JSON.stringify(r)), "base64");
    const picture = (page, name) => page.screenshot({ path: `${shots}real-${program.name}-${name}.png` });
    const approve = (w) => w.getByRole("button", { name: "确认并批准" }).click();

    /** consent allows origin in window w, once the window takes decisions. */
    async function consent(w, origin, name) {
      await w.getByRole("heading", { name: "允许" }).waitFor();
      assert.match(await w.locator("main").innerText(), new RegExp(origin.replace(/[.]/g, "\\.")));
      await picture(w, `${name}-consent`);
      await w.getByRole("button", { name: "允许并继续" }).click();
      await w.getByLabel(PIN).waitFor();
    }

    /** typed enters the PIN in window w and approves by Enter. */
    async function typed(w, name) {
      await w.getByLabel(PIN).fill(agent.pins.person);
      if (name) await picture(w, name);
      await w.getByRole("button", { name: "确认并批准", disabled: false }).waitFor();
      await w.keyboard.press("Enter");
    }

    /** confirmWindow clicks on page and opens the app window that the agent asks for. */
    async function confirmWindow(page) {
      await page.click("#sign");
      const w = await (await browser.newContext({ viewport: { width: 900, height: 720 } })).newPage();
      await w.goto(await agent.nextWindow());
      return w;
    }

    /** popup clicks on page, once the window of the call before has been closed. */
    async function popup(page, last) {
      if (last && !last.isClosed()) await last.waitForEvent("close");
      const [w] = await Promise.all([page.waitForEvent("popup"), page.click("#sign")]);
      return w;
    }

    async function leave(page) {
      await page.evaluate(() => connect());
      await page.click("#sign");
      await page.waitForURL(/\/redirect\.html/);
    }

    async function comeBack(page, act) {
      const home = page.waitForEvent("framenavigated", { predicate: (f) => f === page.mainFrame() && f.url().includes("#xinzhang="), timeout: 15_000 });
      await act();
      await home;
      await page.waitForLoadState();
      return page.evaluate(() => resumed);
    }

    /** result waits for the n-th result of page: {value} or {error}. */
    async function result(page, n) {
      await page.waitForFunction((n) => results.length >= n, n, { timeout: 15_000 });
      return page.evaluate((n) => results[n - 1], n);
    }

    async function inPage(scheme, space, query, body, host) {
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      try {
        const page = await context.newPage();
        await page.goto(`${site.origin(scheme, space, host)}/business.html${query}`);
        await body(page);
      } finally {
        await context.close();
      }
    }
  });
}
