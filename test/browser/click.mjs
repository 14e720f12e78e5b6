// From a click on a business page to the PIN field of the agent's window, in a real
// browser, and to that of a window with nothing else in it, which is the floor:
// prints the milliseconds of each round as JSON. Run by the benchmark in
// bench_test.go.
import { programs } from "./browsers.mjs";
import { startAgent } from "./real.mjs";
import { stage, strike } from "./stage.mjs";

const ROUNDS = Number(process.argv[2] ?? 15);

// In every page: when was clicked last, and when a PIN field had the focus first.
const watch = () => {
  addEventListener("click", () => (window.clickedAt = Date.now()), true);
  const look = setInterval(() => {
    if (document.activeElement?.type !== "password") return;
    window.focusedAt = Date.now();
    clearInterval(look);
  }, 5);
};

const [program] = await programs();
const { agent, site, browser } = await stage(program, () => startAgent({ attended: false }));
try {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  await context.addInitScript(watch);
  const page = await context.newPage();
  await page.goto(`${site.origin("http", "public")}/business.html`);
  await page.evaluate(() => connect());
  await page.evaluate(() => {
    const bare = Object.assign(document.createElement("button"), { id: "bare", textContent: "只有一个输入框的窗口", onclick: () => open("/pin.html", "_blank", "popup,width=480,height=640") });
    document.body.append(bare);
  });
  const first = await popup("sign");
  await first.getByRole("button", { name: "允许并继续" }).click(); // a page that is refused at once may not ask again soon
  await ended(first, async () => {
    await first.locator("input[type=password]").fill(agent.pins.person);
    await first.getByRole("button", { name: "确认并批准", disabled: false }).waitFor();
    await first.keyboard.press("Enter");
  });
  const times = [];
  const floor = [];
  for (let i = 0; i < ROUNDS; i++) {
    const bare = await popup("bare");
    floor.push(await focused(bare));
    await bare.close();
    const w = await popup("sign");
    times.push(await focused(w));
    await ended(w, () => w.keyboard.press("Escape").catch(() => {})); // it may close while the key is still down
  }
  console.log(JSON.stringify({ times, floor }));

  async function popup(button) {
    const [w] = await Promise.all([page.waitForEvent("popup"), page.click(`#${button}`)]);
    return w;
  }

  async function focused(w) {
    await w.waitForFunction(() => window.focusedAt, null, { polling: 20 });
    return (await w.evaluate(() => window.focusedAt)) - (await page.evaluate(() => window.clickedAt));
  }

  /** ended decides in w, and waits until the window is gone and the page was told. */
  async function ended(w, decide) {
    const told = await page.evaluate(() => results.length);
    const gone = w.waitForEvent("close");
    await decide();
    await gone;
    await page.waitForFunction((n) => results.length > n, told);
  }
} finally {
  await strike({ agent, site, browser });
}
