// The story of the demo as a newcomer lives it: `xinzhang demo` runs, a person
// sits at the browser and types the PIN into the agent's own window.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const shots = new URL("../../build/shots/", import.meta.url).pathname;

/**
 * startDemo runs the demo in a language and gives its address, the PINs it prints,
 * and the windows its agent opens.
 */
export async function startDemo(lang) {
  const dir = mkdtempSync(join(tmpdir(), "xinzhang-story-"));
  const urls = join(dir, "windows.txt");
  const show = join(dir, "show");
  writeFileSync(urls, "");
  writeFileSync(show, `#!/bin/sh\necho "$1" >> '${urls}'\n`, { mode: 0o755 });
  const child = spawn(process.env.XINZHANG_PROGRAM, ["demo", "--dir", join(dir, "demo"), "--listen", "127.0.0.1:0", "--no-open", "--lang", lang], {
    env: { ...process.env, XINZHANG_BROWSER: show },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const out of [child.stdout, child.stderr]) out.on("data", (d) => (said += d));
  const found = await until(() => {
    if (child.exitCode !== null) throw new Error(`the demo ended: ${said}`);
    return /(http:\S+\/demo\.html\S*)\s[\s\S]*测试用户甲 (\d+)[\s\S]*示例监狱 (\d+)/.exec(said);
  }, 120_000);
  let seen = 0;
  const home = join(dir, "demo", "home");
  const away = join(dir, "away");
  const staff = join(dir, "demo", "staff.json");
  const registered = readFileSync(staff, "utf8");
  return {
    url: found[1],
    agentPort: await until(() => portIn(join(home, "agent", "agent.json")), 30_000),
    pins: { person: found[2], unit: found[3] },
    /** window waits for the next window of the agent. */
    window: () => until(() => readFileSync(urls, "utf8").split("\n").filter(Boolean)[seen] && readFileSync(urls, "utf8").split("\n")[seen++], 30_000),
    /** forget makes the next visit the first one: the site is to be allowed again. */
    forget: () => execFileSync(process.env.XINZHANG_AGENT, ["--home", home, "origins", "revoke", new URL(found[1]).origin]),
    /** unplug pulls both UKeys, plug puts them back. */
    unplug: () => renameSync(join(home, "tokens"), away),
    plug: () => renameSync(away, join(home, "tokens")),
    /** register puts a digit of the ID number wrong in the staff register, or all of it right again. */
    register: (right) => writeFileSync(staff, right ? registered : registered.replace("990000199001011239", "990000199001011298")),
    close: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGINT");
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function portIn(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).port;
  } catch {
    return undefined; // the agent has not written it yet
  }
}

async function until(look, patience) {
  for (const end = Date.now() + patience; Date.now() < end; await pause(100)) {
    const found = look();
    if (found) return found;
  }
  throw new Error("waited in vain");
}

/** shoot keeps a picture of a page in build/shots. */
export async function shoot(page, name) {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `story-${name}.png`) });
}
