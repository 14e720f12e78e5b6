// The real agent with the UKeys of the demo, and a person in front of it who
// answers in the agent's windows by their API.
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** What Go hands over: the program, and a folder that `xinzhang demo` made. */
export const given = { agent: process.env.XINZHANG_AGENT, demo: process.env.XINZHANG_DEMO };

// The agent takes no approval in the first half second of a window.
const LOOK = 700;

/**
 * startAgent runs the agent over a copy of the demo's data. person(question)
 * gives what is decided; the default approves with the first key that suits.
 * attended: false leaves the windows to the test: nextWindow() gives the address
 * of the next one that the agent opens.
 */
export async function startAgent({ attended = true } = {}) {
  const dir = mkdtempSync(join(tmpdir(), "xinzhang-agent-"));
  cpSync(join(given.demo, "home"), dir, { recursive: true });
  const pins = Object.fromEntries([...readFileSync(join(dir, "secrets.txt"), "utf8").matchAll(/^pin (\w+) (\S+)$/gm)].map(([, who, pin]) => [who, pin]));
  const urls = join(dir, "windows.txt");
  const show = join(dir, "show");
  writeFileSync(urls, "");
  writeFileSync(show, `#!/bin/sh\necho "$1" >> '${urls}'\n`, { mode: 0o755 });
  const child = spawn(given.agent, ["run", "--window", "page", "--skf", "none", "--home", dir], { env: { ...process.env, XINZHANG_BROWSER: show }, stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (d) => (log += d));
  const port = await portOf(join(dir, "agent", "agent.json"), child, () => log);
  const agent = { port, pins, questions: [], person: (q, pin) => ({ approve: true, pin }) };
  let running = true;
  const watching = attended ? attend(agent, urls, () => running) : undefined;
  const opened = () => readFileSync(urls, "utf8").split("\n").filter(Boolean);
  let taken = 0;
  agent.nextWindow = async () => {
    for (let i = 0; opened().length <= taken; i++) {
      if (i > 300) throw new Error(`the agent opens no window: ${log}`);
      await pause(50);
    }
    return opened()[taken++];
  };
  agent.close = async () => {
    running = false;
    await watching;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
    rmSync(dir, { recursive: true, force: true });
  };
  return agent;
}

async function portOf(file, child, log) {
  for (let i = 0; i < 300; i++) {
    if (child.exitCode !== null) throw new Error(`the agent ended: ${log()}`);
    try {
      return JSON.parse(readFileSync(file, "utf8")).port;
    } catch {
      await pause(100);
    }
  }
  throw new Error(`the agent does not listen: ${log()}`);
}

/** attend answers each window that the agent opens. */
async function attend(agent, urls, running) {
  for (let seen = 0; running(); await pause(50)) {
    const all = readFileSync(urls, "utf8").split("\n").filter(Boolean);
    for (; seen < all.length; seen++) await answer(agent, new URL(all[seen]));
  }
}

async function answer(agent, url) {
  const call = async (method, path, body) => {
    const r = await fetch(`${url.origin}/v1/windows/${url.hash.slice(1)}${path}`, { method, headers: { Origin: url.origin, "Content-Type": "application/json" }, ...(body && { body: JSON.stringify(body) }) });
    return r.json();
  };
  for (let again = true; again; ) {
    const question = await call("GET", "");
    if (question.code) return; // it closed by itself
    agent.questions.push(question);
    const key = question.keys.find((k) => k.id === question.selected) ?? question.keys.find((k) => k.suited);
    await pause(LOOK);
    const decided = await agent.person(question, agent.pins[key?.kind]);
    const done = await call("POST", "/answer", { operation: question.operation, ...(decided.approve && key && { key: key.id }), ...decided, ...(!question.need_pin && { pin: undefined }) });
    again = done.code === "pin.incorrect" || done.code === "pin.already_tried";
  }
}
