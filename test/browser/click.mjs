// From a click on a business page to the focus in the PIN field of the agent's window,
// in a real browser, and to that of a window with nothing else in it, which is the
// floor: prints the milliseconds of each round as JSON. Run by the
// benchmark in bench_test.go.
import { setTimeout as pause } from "node:timers/promises";
import { options, programs } from "./browsers.mjs";
import { open } from "./devtools.mjs";
import { startAgent } from "./real.mjs";
import { startSite } from "./site.mjs";

const ROUNDS = Number(process.argv[2] ?? 15);
const STILL = 1500; // by then a window does no more, also on a busy machine

// In every page: when a PIN field had the focus first.
const watch = `const look = setInterval(() => {
  if (document.activeElement?.type !== "password") return;
  document.documentElement.dataset.focused = Date.now();
  clearInterval(look);
}, 5);`;
const button = (text) => `[...document.querySelectorAll("button")].find((b) => b.textContent.includes("${text}")).click()`;

const [program] = await programs();
const agent = await startAgent({ attended: false });
const site = await startSite();
// People's browsers have a process ready for the next window.
const asPeopleHaveIt = options({ agentPort: agent.port, overrides: site.overrides }).filter((o) => o !== "--no-zygote");
const browser = open(program, asPeopleHaveIt, watch);
try {
  const page = await browser.page(`${site.origin("http", "public")}/business.html`);
  await pause(STILL);
  await page.evaluate("connect()");
  await page.evaluate(`addEventListener("click", () => (window.clickedAt = Date.now()), true);
    document.body.append(Object.assign(document.createElement("button"), { id: "bare", onclick: () => open("/pin.html", "_blank", "popup,width=480,height=640") }))`);
  await allowed(await click("sign"));
  const times = [];
  const floor = [];
  for (let i = 0; i < ROUNDS; i++) {
    const bare = await click("bare");
    floor.push(await took(bare));
    await bare.close();
    const window = await click("sign");
    times.push(await took(window));
    await window.evaluate(button("拒绝"));
    await told(i + 2);
  }
  console.log(JSON.stringify({ times, floor }));

  /** click opens a window, and looks into it once it stands still. */
  async function click(id) {
    await page.evaluate(`document.getElementById("${id}").click()`, true);
    await pause(STILL);
    return browser.popup();
  }

  async function took(window) {
    const focused = Number(await window.evaluate("document.documentElement.dataset.focused"));
    if (!focused) throw new Error(`no PIN field had the focus: ${await window.evaluate("document.body.innerText")}`);
    return focused - (await page.evaluate("clickedAt"));
  }

  /** allowed signs once: a page that is refused at once may not ask again soon. */
  async function allowed(window) {
    await window.evaluate(button("允许并继续"));
    await pause(STILL);
    await window.evaluate(`(() => {
      const field = document.querySelector("input[type=password]");
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, "${agent.pins.person}");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    })()`);
    await pause(STILL);
    await window.evaluate(button("确认并批准"));
    await told(1);
  }

  /** told waits until the page knows how n calls ended. */
  async function told(n) {
    for (let i = 0; (await page.evaluate("results.length")) < n; i++) {
      if (i > 100) throw new Error(`the page was told of fewer than ${n} ends`);
      await pause(100);
    }
    await pause(300); // the window closes itself
  }
} finally {
  await browser.close();
  site.close();
  await agent.close();
}
