// R6–R9, R26, R33–R35, R42: log in, read, sign, have it sealed, read the report.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { launch, programs } from "./browsers.mjs";
import { shoot, startDemo } from "./story.mjs";

let demo;
before(async () => (demo = await startDemo()), { timeout: 180_000 });
after(() => demo?.close());

for (const program of await programs()) {
  test(`the story, ${program.name}`, { timeout: 240_000 }, async () => {
    const browser = await launch(program, { agentPort: demo.agentPort });
    try {
      await story(browser, program.name);
    } finally {
      await browser.close();
    }
  });
}

async function story(browser, name) {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "zh-CN" });
  const page = await context.newPage();
  const broken = [];
  page.on("pageerror", (e) => broken.push(e));
  await page.goto(demo.url);
  await page.getByText("已找到本机的数字证书管理工具").waitFor({ timeout: 60_000 });
  await shoot(page, `${name}-1-login`);

  // A wrong PIN first: the window stays, says how many tries are left, and nothing is lost.
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await answer(context, { pin: "00000001", wrong: true, again: demo.pins.person, shot: `${name}-2` });
  await page.getByRole("heading", { name: "待办文件" }).waitFor({ timeout: 60_000 });
  assert.match(await page.locator("header").innerText(), /9900\*+1239/, "the ID number is masked");
  const first = page.getByRole("img", { name: "《示例案件材料：减刑建议书》第 4 页" });
  await first.waitFor({ timeout: 60_000 });
  await shoot(page, `${name}-3-desk`);
  await accessible(page);

  await page.getByRole("button", { name: "签字", exact: true }).click();
  await answer(context, { pin: demo.pins.person, shot: `${name}-4-sign` });
  await page.getByText(/测试用户甲 于 .* 完成/).waitFor({ timeout: 60_000 });
  await page.getByRole("button", { name: "签章", exact: true }).click();
  await answer(context, { pin: demo.pins.unit, shot: `${name}-5-seal` });
  await page.getByText(/示例监狱 于 .* 完成/).waitFor({ timeout: 60_000 });
  await page.getByText("✓ 验证通过").waitFor();
  await first.scrollIntoViewIfNeeded();
  await page.waitForTimeout(500);
  await shoot(page, `${name}-6-sealed`);

  const [report] = await Promise.all([context.waitForEvent("page"), page.getByRole("link", { name: "查看验证报告" }).click()]);
  await report.getByText("示例监狱").first().waitFor();
  assert.doesNotMatch(await report.content(), /990000199001011239/, "no whole ID number in the report");
  await shoot(report, `${name}-7-report`);
  await report.close();
  await page.goto(`${demo.url}?lang=en`);
  await page.getByText("verified").first().waitFor({ timeout: 60_000 });
  await shoot(page, `${name}-8-english`);
  await page.goto(`${demo.url}?lang=zh`);
  await page.getByRole("button", { name: "恢复到签署之前" }).click();
  await page.getByText("还没有签名").waitFor();
  await page.getByRole("button", { name: "退出登录" }).click();
  await page.getByRole("heading", { name: "用 UKey 登录" }).waitFor();
  assert.deepEqual(broken, []);
  await context.close();
}

/** answer plays the person in a window of the agent: allows the site when asked, then types the PIN. */
async function answer(context, { pin, wrong, again, shot }) {
  const w = await context.newPage();
  await w.goto(await demo.window());
  const pinBox = w.locator("input[type=password]");
  const allow = w.getByRole("button", { name: "允许并继续" });
  await pinBox.or(allow).first().waitFor({ timeout: 60_000 });
  if (await allow.isVisible()) {
    await shoot(w, `${shot}-allow`);
    await w.waitForTimeout(700); // the window takes nothing in its first half second
    await allow.click();
    await pinBox.waitFor();
  }
  const confirm = w.getByRole("button", { name: /^(确认并|登录)/ });
  await w.waitForTimeout(700);
  await shoot(w, `${shot}-window`);
  await pinBox.fill(pin);
  await confirm.click();
  if (wrong) {
    await w.getByRole("alert").first().waitFor({ timeout: 30_000 });
    await shoot(w, `${shot}-wrong`);
    await w.waitForTimeout(2500); // after a wrong PIN the agent makes people wait
    await pinBox.fill(again);
    await confirm.click();
  }
  await Promise.race([w.waitForEvent("close", { timeout: 60_000 }), w.getByText("已完成").waitFor({ timeout: 60_000 })]);
  if (!w.isClosed()) await w.close();
}

async function accessible(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter((v) => v.impact === "serious" || v.impact === "critical");
  assert.deepEqual(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(" ")}`), []);
}
