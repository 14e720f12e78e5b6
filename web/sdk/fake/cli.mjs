#!/usr/bin/env node
import { parseArgs } from "node:util";
import { startFakeAgent } from "./index.mjs";

const usage = `xinzhang-fake-agent [--port 18099] [--origin URL]... [--answer ANSWER]...

A FAKE agent for tests. It asks nobody and signs with throw-away keys that no
server may accept. 假的数字证书管理工具，仅供开发测试。

ANSWER: approve, refuse, locked, unplug, crash, never, left=N, slow=MS; one for
each coming operation, then approve.`;

const { values } = parseArgs({
  options: { port: { type: "string" }, origin: { type: "string", multiple: true }, answer: { type: "string", multiple: true }, help: { type: "boolean" } },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const answers = (values.answer ?? []).map((a) => {
  const [name, n] = a.split("=");
  return n === undefined ? name : { [name]: Number(n) };
});
const agent = await startFakeAgent({ port: Number(values.port ?? 18099), answers, ...(values.origin && { origins: values.origin }) });
console.log(`FAKE agent on http://127.0.0.1:${agent.port} · 假的数字证书管理工具，仅供开发测试`);
