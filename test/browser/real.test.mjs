// The real agent: what pages get from it, and what hostile ones do not.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { programs } from "./browsers.mjs";
import { judge, judgeLogin } from "./judge.mjs";
import { given, startAgent } from "./real.mjs";
import { stage, strike } from "./stage.mjs";

const LIMIT = { timeout: 90_000 };
const TEXT = Buffer.from("同意");
const GBK = Buffer.from("c9f3bacbcdacd2e2a1a3", "hex"); // 审核同意。
const der = (base64) => Buffer.from(base64, "base64");
/** crl is the revocation list of the authority that issued the certificates of the demo. */
const crl = () => readdirSync(join(given.demo, "crl")).map((f) => readFileSync(join(given.demo, "crl", f)).toString("base64"))[0];
const absent = given.agent && given.demo ? false : "XINZHANG_AGENT and XINZHANG_DEMO name no agent: run by go test";

for (const program of absent ? [{ name: "real" }] : await programs()) {
  describe(`${program.name}: the real agent`, { skip: absent }, () => {
    let agent, site, browser;
    before(async () => ({ agent, site, browser } = await stage(program, startAgent)));
    after(() => strike({ agent, site, browser }));
    beforeEach(() => {
      agent.questions.length = 0;
      agent.person = (q, pin) => ({ approve: true, pin });
    });

    test("the first signature asks for the origin too, the second does not", LIMIT, async () => {
      await inPage("http", "business.html", async (page) => {
        assert.equal((await page.evaluate(() => connect())).allowed, false);
        agent.person = (q, pin) => ({ approve: true, pin, ...(q.ask_origin && { remember: true }) });
        judge(der((await signed(page)).value), TEXT);
        judge(der((await signed(page)).value), TEXT);
        const [first, second] = agent.questions;
        assert.deepEqual([first.origin, first.action, first.documents[0].title, first.ask_origin, second.ask_origin], [site.origin("http", "private"), "批准", "减刑建议书（示例）", true, false]);
      });
    });

    test("a refusal, a wrong PIN, a second try", LIMIT, async () => {
      await inPage("http", "business.html", async (page) => {
        agent.person = () => ({ approve: false });
        assert.equal((await signed(page)).error?.code, "user.refused");
        let tries = 0;
        agent.person = (q, pin) => ({ approve: true, pin: tries++ === 0 ? "wrong-0000" : pin });
        judge(der((await signed(page)).value), TEXT);
        assert.equal(tries, 2);
      });
    });

    test("seal, batch, verify", LIMIT, async () => {
      await inPage("http", "business.html", async (page) => {
        const out = await page.evaluate(async () => {
          const document = { title: "通知（示例）", type: "text", text: "同意" };
          const sealed = await xinzhang.seal({ document, format: "cms" });
          const batch = await xinzhang.batch({ documents: [document, { ...document, title: "第二份" }], format: "szca" });
          const verified = await xinzhang.verify({ message: sealed.value });
          const keys = await xinzhang.keys({ purpose: "seal" });
          return { sealed, batch, verified, keys };
        });
        assert.deepEqual([out.sealed.key.kind, out.verified.valid, out.verified.content], ["organisation", true, TEXT.toString("base64")]);
        assert.equal(out.batch.results.length, 2);
        for (const r of out.batch.results) judge(der(r.value), TEXT);
        assert.ok(out.keys.some((k) => k.kind === "person" && !k.suited && k.reason.title), "an unsuited key comes with its reason");
      });
    });

    test("login is bound to the origin the browser names; plain http is refused", LIMIT, async () => {
      const nonce = randomBytes(32).toString("base64");
      const login = (nonce) => xinzhang.login({ nonce }).catch((e) => ({ code: e.code, title: e.title }));
      await inPage("https", "business.html", async (page) => {
        const token = await page.evaluate(login, nonce);
        const sm3 = (s) => createHash("sm3").update(s).digest();
        assert.ok(token.signature, JSON.stringify(token));
        judgeLogin(token, Buffer.concat([sm3(site.origin("https", "private")), sm3(nonce)]));
      });
      await inPage("http", "business.html", async (page) => {
        assert.equal((await page.evaluate(login, nonce)).code, "agent.login_http");
      });
    });

    for (const style of ["static", "created", "embed", "global"]) {
      test(`a page of the SZCA control, ${style}: filter, select, sign, verify, list, envelope`, LIMIT, async () => {
        await inPage("http", `szca-every.html?${style}`, async (page) => {
          const out = await page.evaluate((list) => ((window.list = list), run()), crl());
          assert.deepEqual([out.nobody, out.selected, out.name], [[false, "szca.no_key_chosen"], [true, ""], "测试用户甲"], JSON.stringify(out));
          judge(der(out.signed), GBK);
          const shown = agent.questions.find((q) => q.purpose === "sign");
          assert.equal(shown.documents[0].text, "审核同意。", "the person reads the text that is signed, and not what the page calls it");
          assert.deepEqual([out.noError, out.verified, out.changed, out.text, out.signers], ["", "审核同意。", "", "审核同意。", `${out.sn};`], JSON.stringify(out));
          assert.match(out.list, /^([^#;]+#[0-9a-f]+#[^#;]+;){2}$/);
          assert.ok(out.list.includes(`测试用户甲#${out.sn}#`), out.list);
          assert.deepEqual([out.recipient, out.opened], [true, "投标报价：壹佰元"], JSON.stringify(out));
          assert.equal(out.hash, createHash("sm3").update(GBK).digest("hex"));
          assert.deepEqual(out.revocation, [true, false, true, false, true], "neither a good list nor a number that is none nor a list that is none may be taken for another");
          assert.deepEqual(out.split, ["", "szca.unsupported"]);
        });
      });
    }

    test("a hostile origin gets nothing", LIMIT, async () => {
      agent.person = () => ({ approve: false });
      await inPage("http", "business.html", async (page) => {
        const told = await page.evaluate(async () => {
          const code = (p) => p.then((v) => v, (e) => e.code);
          return [await code(xinzhang.keys({ purpose: "sign" })), await code(xinzhang.verify({ message: "MAA=" })), await code(xinzhang.certificate({ purpose: "sign" }))];
        });
        // The person is asked once; the refusal then stands for a while.
        assert.deepEqual(told, ["user.refused", "agent.origin_refused", "agent.origin_refused"]);
        assert.equal(agent.questions.length, 1);
        const reached = await page.evaluate(async (port) => {
          const base = `http://127.0.0.1:${port}/v1`;
          const json = { "Content-Type": "application/json" };
          const tries = {
            manager: fetch(`${base}/manager/keys`),
            windows: fetch(`${base}/windows/calls`, { method: "POST", headers: json, body: JSON.stringify({ origin: "https://case.example", method: "keys", params: { purpose: "sign" } }) }),
            simple: fetch(`${base}/keys`, { method: "POST", headers: { "Content-Type": "text/plain" }, body: '{"purpose":"sign"}' }),
            rebound: fetch(`http://rebound.example:${port}/health`),
          };
          const out = {};
          for (const [name, p] of Object.entries(tries)) out[name] = await p.then((r) => r.status, () => "unread");
          return out;
        }, agent.port);
        assert.deepEqual(reached, { manager: "unread", windows: "unread", simple: 415, rebound: "unread" }, JSON.stringify(reached));
      }, "evil.example");
    });

    async function inPage(scheme, name, body, host) {
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      try {
        const page = await context.newPage();
        await page.goto(`${site.origin(scheme, "private", host)}/${name}`);
        await body(page);
      } finally {
        await context.close();
      }
    }

    /** signed clicks the button and gives the result or {error}. */
    async function signed(page) {
      const n = await page.evaluate(() => results.length);
      await page.click("#sign");
      await page.waitForFunction((n) => results.length > n, n, { timeout: 60_000 });
      return page.evaluate(() => results[results.length - 1]);
    }
  });
}
