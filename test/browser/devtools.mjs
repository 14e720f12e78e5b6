// A browser that nobody looks into but when asked: playwright attaches its debugger to
// each window as it opens, which costs the window more than what it is made of.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/**
 * open starts the program with args and an empty profile, and has script run in every
 * page, as an extension that the person installed. It gives what the benchmark needs
 * of the DevTools protocol: page(url), popup(), and close().
 */
export function open(program, args, script) {
  const profile = mkdtempSync(join(tmpdir(), "xinzhang-profile-"));
  const extension = join(profile, "watch");
  mkdirSync(extension);
  writeFileSync(join(extension, "watch.js"), script);
  writeFileSync(join(extension, "manifest.json"), JSON.stringify({ manifest_version: 3, name: "watch", version: "1", content_scripts: [{ matches: ["<all_urls>"], js: ["watch.js"], run_at: "document_start" }] }));
  const child = spawn(program.path, ["--headless", "--remote-debugging-pipe", `--user-data-dir=${profile}`, `--load-extension=${extension}`, "--disable-features=DisableLoadExtensionCommandLineSwitch", ...args, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const send = speak(child.stdio[3], child.stdio[4]);
  const attach = async (targetId) => {
    const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
    return {
      /** evaluate gives what the expression comes to; gesture: as if the person had clicked. */
      async evaluate(expression, gesture = false) {
        const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true, userGesture: gesture }, sessionId);
        if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description}`);
        return result.value;
      },
      close: () => send("Target.closeTarget", { targetId }),
    };
  };
  const opened = async () => (await send("Target.getTargets")).targetInfos.filter((t) => t.type === "page").map((t) => t.targetId);
  const known = new Set();
  return {
    async page(url) {
      const { targetId } = await send("Target.createTarget", { url });
      for (const id of await opened()) known.add(id);
      return attach(targetId);
    },
    /** popup gives the window that was opened since the last. */
    async popup() {
      const id = (await opened()).find((id) => !known.has(id));
      if (!id) throw new Error("no window was opened");
      known.add(id);
      return attach(id);
    },
    async close() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
      for (let i = 0; i < 20; i++) {
        try {
          return rmSync(profile, { recursive: true, force: true });
        } catch {
          await pause(100); // its children end a moment later, and write until then
        }
      }
    },
  };
}

/** speak sends commands over one pipe and gives what comes back over the other. */
function speak(there, back) {
  const waiting = new Map();
  let last = 0;
  let rest = "";
  back.setEncoding("utf8").on("data", (text) => {
    const messages = (rest + text).split("\0");
    rest = messages.pop();
    for (const { id, result, error } of messages.map((m) => JSON.parse(m))) {
      const [resolve, reject] = waiting.get(id) ?? [];
      waiting.delete(id);
      if (error) reject?.(new Error(error.message));
      else resolve?.(result);
    }
  });
  return (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, [resolve, reject]);
      there.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
}
