// Page kinds of docs/integration.md: each ends in a signature, directly or by a
// fallback, or in the named code and then by the fallback.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { startFakeAgent } from "../../web/sdk/fake/index.mjs";
import { launch, programs } from "./browsers.mjs";
import { judge } from "./judge.mjs";
import { stage, strike } from "./stage.mjs";

const TEXT = Buffer.from("同意");

const LIMIT = { timeout: 60_000 };

// why: the code that connect() names before the fallback.
const kinds = [
  { scheme: "http", space: "loopback", route: "socket" },
  { scheme: "http", space: "private", route: "socket" },
  { scheme: "https", space: "loopback", route: "socket" },
  { scheme: "https", space: "private", route: "socket" },
  { scheme: "http", space: "public", route: "window", why: "browser.blocked_local", old: { route: "socket", why: undefined } },
  { scheme: "https", space: "public", route: "window", why: "browser.permission_denied", old: { route: "socket", why: undefined } },
  { scheme: "https", space: "public", granted: true, route: "socket", newOnly: true },
  { scheme: "http", space: "public", query: "?csp", route: "window", why: "browser.blocked_by_csp" },
];

for (const program of await programs()) {
  describe(`${program.name}: a page reaches the agent`, () => {
    let agent, site, browser;
    before(async () => ({ agent, site, browser } = await stage(program, () => startFakeAgent({ port: 0 }))));
    after(() => strike({ agent, site, browser }));

    for (const kind of kinds) {
      const old = program.name === "109";
      if (old && kind.newOnly) continue;
      const { scheme, space, granted, query, route, why } = { ...kind, ...(old && kind.old) };
      test(`${scheme} ${space}${granted ? " granted" : ""}${query ?? ""} by ${route}`, LIMIT, async () => {
        await inPage(kind, async (page) => {
          const c = await page.evaluate(() => connect());
          assert.deepEqual([c.route, c.why?.code], [route, why], JSON.stringify(c));
          if (c.why) for (const words of [c.why.title, c.why.cause, c.why.next, c.why.en]) assert.ok(words && !words.includes("{"), `words of ${why}`);
          await page.click("#sign");
          await page.waitForFunction(() => results.length > 0, null, { timeout: 20_000 });
          const [result] = await page.evaluate(() => results);
          assert.equal(result.error, undefined, JSON.stringify(result));
          judge(Buffer.from(result.value, "base64"), TEXT);
          assert.equal(agent.calls.at(-1).origin, site.origin(scheme, space), "the origin the agent saw");
        });
      });
    }

    if (program.name !== "109") {
      test("a page in a frame of another site, the permission refused there", LIMIT, async () => {
        const inner = `${site.origin("https", "public")}/business.html`;
        const outer = { scheme: "https", space: "public", host: "evil.example", name: "outer.html" };
        await inPage({ ...outer, query: `?src=${encodeURIComponent(inner)}` }, async (page) => {
          const frame = await (await page.waitForSelector("#inner")).contentFrame();
          await frame.waitForFunction(() => typeof connect === "function");
          const c = await frame.evaluate(() => connect());
          assert.deepEqual([c.route, c.why?.code], ["window", "browser.frame_not_delegated"], JSON.stringify(c));
        });
      });
    }

    // A page that sends COOP, which counts on https, and is kept from the direct ways
    // by its own policy, has the redirect only.
    const cut = { scheme: "https", space: "public", query: "?coop&csp" };

    test("a page with COOP goes to the agent and comes back", LIMIT, async () => {
      await inPage({ ...cut, query: `${cut.query}&redirect` }, async (page) => {
        const back = await redirected(page);
        assert.deepEqual([back.method, back.context], ["sign", { page: 7 }], JSON.stringify(back));
        judge(Buffer.from(back.result.value, "base64"), TEXT);
        assert.equal(new URL(page.url()).hash, "", "the answer is taken out of the address");
      });
    });

    test("a page with COOP and no redirect is told the reason", LIMIT, async () => {
      await inPage(cut, async (page) => {
        await page.evaluate(() => connect());
        await page.click("#sign");
        await page.waitForFunction(() => results.length > 0);
        assert.equal((await page.evaluate(() => results[0])).error?.code, "browser.opener_cut");
      });
    });

    test("an answer that this tab did not leave for is not taken", LIMIT, async () => {
      await inPage({ scheme: "http", space: "loopback" }, async (page) => {
        const forged = Buffer.from(JSON.stringify({ state: "x", result: { value: "forged" } })).toString("base64url");
        await page.goto(`${page.url()}?again#xinzhang=${forged}`);
        assert.equal((await page.evaluate(() => resumed)).error?.code, "call.answer_malformed");
      });
    });

    test("the result goes to the server of the page", LIMIT, async () => {
      // On http so that the agent can post to it; COOP counts here too, the address is the computer's own.
      await inPage({ ...cut, scheme: "http", space: "loopback", host: "127.0.0.2", query: `${cut.query}&redirect&deliver` }, async (page) => {
        const back = await redirected(page);
        assert.deepEqual([back.delivered, back.result], [true, undefined], JSON.stringify(back));
        judge(Buffer.from(site.delivered.at(-1).result.value, "base64"), TEXT);
      });
    });

    test("a click before connect() still opens the window", LIMIT, async () => {
      await inPage({ scheme: "http", space: "public", query: "?csp" }, async (page) => {
        const [w] = await Promise.all([page.waitForEvent("popup"), page.click("#sign")]);
        const closed = w.waitForEvent("close", { timeout: 20_000 });
        await page.waitForFunction(() => results.length > 0, null, { timeout: 20_000 });
        const [result] = await page.evaluate(() => results);
        judge(Buffer.from(result.value ?? assert.fail(JSON.stringify(result)), "base64"), TEXT);
        await closed;
      });
    });

    test("an agent on the second port is found once, and then asked there first", LIMIT, async () => {
      const elsewhere = await launch(program, { agentPort: agent.port, at: 18100, overrides: site.overrides });
      try {
        const page = await elsewhere.newPage();
        await page.addInitScript(() => {
          const { open } = window;
          window.opened = [];
          window.open = (url, ...rest) => (opened.push(new URL(url).port), open(url, ...rest));
        });
        await page.goto(`${site.origin("http", "public")}/business.html?csp`);
        for (const first of ["18099", "18100", "18100"]) {
          await page.click("#sign");
          await page.waitForFunction(() => results.length > 0, null, { timeout: 25_000 });
          const [[result], asked] = await page.evaluate(() => [results.splice(0), opened.splice(0)]);
          judge(Buffer.from(result.value ?? assert.fail(JSON.stringify(result)), "base64"), TEXT);
          assert.deepEqual(asked, [first]);
          if (first === "18099") await page.reload(); // the tab remembers it
        }
      } finally {
        await elsewhere.close();
      }
    });

    test("the lines of the manual run as they stand", LIMIT, async () => {
      await inPage({ scheme: "http", space: "loopback" }, async (page) => {
        const lines = /```js\n(xinzhang\.connect[^`]+)```/.exec(readFileSync(new URL("../../docs/integration.md", import.meta.url), "utf8"))[1];
        const given = { nonce: Buffer.alloc(32, 7).toString("base64"), title: "示例", to_sign: "MAA=", picture: "data:image/png;base64,AA==", page: 3 };
        const out = await page.evaluate(
          ([lines, given]) => new Function("xinzhang", ...Object.keys(given), `return (async () => { ${lines}; return { token, signed, sealed }; })()`)(xinzhang, ...Object.values(given)),
          [lines, given],
        );
        assert.deepEqual([out.token.format, out.signed.key.kind, out.sealed.key.kind], ["xinzhang:1.0", "person", "organisation"]);
        const [first, second] = agent.calls.filter((c) => c.method === "sign").slice(-2).map((c) => c.params);
        assert.deepEqual([first.action, first.document.page, second.action, second.purpose], ["批准", 3, "签章", "seal"]);
      });
    });

    test("a double click signs once", LIMIT, async () => {
      await inPage({ scheme: "http", space: "loopback" }, async (page) => {
        await page.evaluate(() => connect());
        const asked = () => agent.calls.filter((c) => c.method === "sign").length;
        const before = asked();
        agent.next({ slow: 500 });
        await page.dblclick("#sign");
        await page.waitForFunction(() => results.length === 2);
        const codes = await page.evaluate(() => results.map((r) => r.error?.code ?? "signed"));
        assert.deepEqual(codes.sort(), ["call.busy", "signed"]);
        assert.equal(asked() - before, 1);
      });
    });

    async function inPage({ scheme, space, host, query = "", granted, name = "business.html" }, body) {
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      try {
        const origin = site.origin(scheme, space, host);
        if (granted) await context.grantPermissions(["local-network-access"], { origin });
        const page = await context.newPage();
        await page.goto(`${origin}/${name}${query}`);
        await body(page);
      } finally {
        await context.close();
      }
    }

    /** redirected clicks, follows the page to the agent and back, and gives what it finds then. */
    async function redirected(page) {
      await page.evaluate(() => connect());
      const home = page.waitForEvent("framenavigated", { predicate: (f) => f === page.mainFrame() && f.url().includes("#xinzhang="), timeout: 30_000 });
      await page.click("#sign");
      await home;
      await page.waitForLoadState();
      return page.evaluate(() => resumed);
    }
  });
}
