// Two ways to work a page: by mouse, and by keyboard alone. By keyboard nothing is
// aimed at: Tab goes on until the wanted thing has the focus, and every stop on the
// way must show that it has it.
import assert from "node:assert/strict";

export const mouse = {
  press: (_page, wanted) => wanted.click(),
  fill: (_page, box, text) => box.fill(text),
};

export const keyboard = {
  async press(page, wanted, key = "Enter") {
    await reach(page, wanted);
    await page.keyboard.press(key);
  },
  async fill(page, box, text) {
    await reach(page, box);
    await page.keyboard.type(text);
  },
};

/** reach presses Tab until wanted has the focus. */
async function reach(page, wanted) {
  await page.bringToFront();
  const seen = [];
  for (let stops = 0; stops < 40; stops++) {
    if (await wanted.evaluate((e) => e === document.activeElement)) {
      assert.equal((await focus(page)).shown, true, `the focus does not show on ${(await focus(page)).name}`);
      return;
    }
    await page.keyboard.press("Tab");
    seen.push((await focus(page)).name);
  }
  assert.fail(`Tab does not lead to ${wanted}: ${seen.join(" → ")}`);
}

/** stops are the names of everything that Tab leads to, from the top of a page to its end, in order. */
export async function stops(page) {
  await page.bringToFront();
  await round(page); // from where the focus is
  return round(page);
}

/** round presses Tab until the page is left. */
async function round(page) {
  const names = [];
  for (let at; names.length < 60; names.push(at.name)) {
    await page.keyboard.press("Tab");
    at = await focus(page);
    if (at.name === "") return names;
    assert.equal(at.shown, true, `the focus does not show on ${at.name}`);
  }
  assert.fail(`Tab does not come to an end: ${names.join(" → ")}`);
}

/** focus tells what has the focus, "" for nothing, and whether it shows. */
export function focus(page) {
  return page.evaluate(() => {
    const e = document.activeElement;
    if (!e || e === document.body) return { name: "", shown: false };
    const ringed = (x, style = getComputedStyle(x)) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    return { name: (e.getAttribute("aria-label") ?? (e.innerText || e.labels?.[0]?.innerText || e.tagName)).replace(/\s+/g, " ").trim(), shown: ringed(e) };
  });
}
