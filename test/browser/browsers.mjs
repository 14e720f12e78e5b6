// The browsers of the tests: Debian's Chromium, and Chromium 109 from npm, whose
// program is a brotli file. Both know --ip-address-space-overrides.
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { chromium } from "playwright-core";

const here = new URL(".", import.meta.url).pathname;
const debian = "/usr/bin/chromium";

/** unpacked gives the path of Chromium 109, unpacked once into build/. */
async function unpacked() {
  const packed = `${here}node_modules/@sparticuz/chromium/bin/chromium.br`;
  const dir = `${here}../../build/browser`;
  const program = `${dir}/chromium-109`;
  if (existsSync(program)) return program;
  if (!existsSync(packed)) return undefined;
  mkdirSync(dir, { recursive: true });
  const part = `${program}.${process.pid}`;
  await pipeline(createReadStream(packed), createBrotliDecompress(), createWriteStream(part, { mode: 0o755 }));
  renameSync(part, program);
  return program;
}

/** programs are the browsers that are here: {name, path}. Go names those that are to be tested. */
export async function programs() {
  const found = [{ name: "new", path: existsSync(debian) ? debian : undefined }, { name: "109", path: await unpacked() }];
  const missing = found.filter((b) => !b.path).map((b) => b.name);
  if (missing.length > 0) throw new Error(`browsers are absent: ${missing.join(", ")}`);
  return found;
}

const PORTS = [18099, 18100, 18101];

const QUIET = ["--no-sandbox", "--no-zygote", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/**
 * options are those of a browser in which app.example and evil.example are 127.0.0.2,
 * rebound.example is the computer itself, and the agent on agentPort is the only
 * one: of the three ports where pages look, one leads to it: at, its own, or the first.
 * overrides: address spaces, see startSite.
 */
export function options({ agentPort, at = PORTS.includes(agentPort) ? agentPort : PORTS[0], overrides = [] }) {
  const rules = ["MAP app.example 127.0.0.2", "MAP evil.example 127.0.0.2", "MAP rebound.example 127.0.0.1"];
  // Another agent that runs on this computer must not be found.
  for (const port of PORTS) rules.push(`MAP 127.0.0.1:${port} 127.0.0.1:${port === at ? agentPort : 9}`);
  const spaces = overrides.length > 0 ? [`--ip-address-space-overrides=${overrides.join(",")}`] : [];
  return [...QUIET, `--host-resolver-rules=${rules.join(", ")}`, "--ignore-certificate-errors", ...spaces];
}

/** launch starts a browser with these options. */
export function launch(program, on) {
  return chromium.launch({ executablePath: program.path, headless: true, timeout: 60_000, args: options(on) });
}
