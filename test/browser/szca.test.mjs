// Pages written for the SZCA control, in the styles they have, with one line added.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startFakeAgent } from "../../web/sdk/fake/index.mjs";
import { programs } from "./browsers.mjs";
import { judge } from "./judge.mjs";
import { stage, strike } from "./stage.mjs";

const LIMIT = { timeout: 60_000 };
const gbk = (hex) => Buffer.from(hex, "hex");
const der = (base64) => Buffer.from(base64, "base64");

for (const program of await programs()) {
  describe(`${program.name}: pages of the SZCA control`, () => {
    let agent, site, browser;
    before(async () => ({ agent, site, browser } = await stage(program, () => startFakeAgent({ port: 0 }))));
    after(() => strike({ agent, site, browser }));

    test("a static object: filter, select, sign, read, verify", LIMIT, async () => {
      await inPage("szca-static.html", async (page) => {
        const out = await page.evaluate(() => run());
        assert.equal(out.selected, true, JSON.stringify(out));
        judge(der(out.signed), gbk("c9f3bacbcdacd2e2a1a3")); // 审核同意。 in GBK
        assert.equal(out.noError, true);
        assert.ok(der(out.cert).equals(agent.keys[0].certificate), "AxGetCertData");
        assert.deepEqual([out.cn, out.ou, out.extension, out.verified], ["测试用户甲", "测试", "990000199001011239", "审核同意。"]);
        assert.match(out.sn, /^[0-9a-f]{32}$/);
        assert.match(out.until, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
      });
    });

    test("a refusal gives an empty string, a code, and words; the next call clears it", LIMIT, async () => {
      await inPage("szca-static.html", async (page) => {
        await page.evaluate(() => run());
        agent.next("locked");
        const out = await page.evaluate(() => refused());
        assert.deepEqual([out.signed, out.code, out.after], ["", "pin.locked", ""], JSON.stringify(out));
        assert.ok(out.message.length > 4);
      });
    });

    test("an object made in head: list, by serial, P1, certificate fields", LIMIT, async () => {
      await inPage("szca-created.html", async (page) => {
        const out = await page.evaluate(() => run());
        assert.match(out.list, /^([^#;]+#[0-9a-f]+#[^#;]+;){2}$/);
        assert.equal(out.selected, true, JSON.stringify(out));
        judge(der(out.bySn), Buffer.from("LoginCheck"));
        assert.deepEqual([out.text, out.name, out.type, out.algorithm], ["LoginCheck", "测试用户甲", "Personal", 2]);
        assert.equal(der(out.p1)[0], 0x30, "AxSignP1 is a DER SM2Signature");
      });
    });

    test("an embed: envelopes to one and to several", LIMIT, async () => {
      await inPage("szca-embed.html", async (page) => {
        const out = await page.evaluate(() => run());
        assert.deepEqual([out.recipient, out.envelopeError, out.selected, out.opened, out.opened2], [true, false, true, "投标报价：壹佰元", "多人"], JSON.stringify(out));
      });
    });

    test("the bare global: kinds of keys, refusals, other objects untouched", LIMIT, async () => {
      await inPage("szca-global.html", async (page) => {
        const out = await page.evaluate(() => run());
        assert.deepEqual([out.organisation, out.uscc, out.person], [true, "99000000MA0000000X", true], JSON.stringify(out));
        judge(der(out.detached), gbk("b8c7d5c2"), { attached: false });
        assert.deepEqual([out.none, out.noneCode], [false, "szca.no_key_chosen"]);
        assert.deepEqual([out.rare, out.rareCode, out.file, out.fileCode], ["", "text.outside_gbk", "", "szca.refused"]);
        assert.equal(out.other, "TypeError");
      });
    });

    test("several keys match: the person chooses, or cancels", LIMIT, async () => {
      await inPage("szca-static.html", async (page) => {
        page.once("dialog", (d) => d.accept("2"));
        const select = () => page.evaluate(() => (SZCAOcx.AxSetCertFilterStr("SC;SZCA;#;#;#;"), SZCAOcx.AxSetKeyStore() && SZCAOcx.AxGetCertInfo("DN").split(",")[0]));
        assert.equal(await select(), "CN=测试单位（不可信任）");
        page.once("dialog", (d) => d.dismiss());
        assert.equal(await select(), false);
      });
    });

    test("the async twin", LIMIT, async () => {
      await inPage("szca-global.html", async (page) => {
        const out = await page.evaluate(() => twin());
        judge(der(out.signed), gbk("d0c2d0b4b7a8"));
        assert.ok(der(out.cert).equals(agent.keys[0].certificate));
        assert.ok(out.none, "a failure rejects");
      });
    });

    test("no agent: empty answers and the reason", LIMIT, async () => {
      await inPage("szca-static.html", async (page) => {
        await page.evaluate(() => run());
        const { port } = agent;
        await agent.close();
        const out = await page.evaluate(() => refused());
        assert.deepEqual([out.signed, out.code], ["", "agent.not_running"], JSON.stringify(out));
        agent = await startFakeAgent({ port });
      }, "127.0.0.2");
    });

    async function inPage(name, body, host) {
      const context = await browser.newContext();
      try {
        const page = await context.newPage();
        await page.goto(`${site.origin("http", "private", host)}/${name}`);
        await body(page);
      } finally {
        await context.close();
      }
    }
  });
}
