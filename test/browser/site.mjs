// A business system for the tests, on http and https, on a port for each address
// space; the browser is told which port is in which.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTLS } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

const dist = new URL("../../web/sdk/dist/", import.meta.url).pathname;
const pages = new URL("pages/", import.meta.url).pathname;

/** The address spaces of Local Network Access; 127.0.0.2 is loopback by itself. */
const SPACES = ["loopback", "private", "public"];

/** certificate makes a key and certificate for app.example, for this run. */
function certificate() {
  const dir = mkdtempSync(join(tmpdir(), "xinzhang-site-"));
  try {
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", `${dir}/k`, "-out", `${dir}/c`, "-days", "2", "-subj", "/CN=app.example"], { stdio: "ignore" });
    return { key: readFileSync(`${dir}/k`), cert: readFileSync(`${dir}/c`) };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/**
 * startSite serves pages/*.html and the built SDK. Query: coop (sends
 * Cross-Origin-Opener-Policy), csp (forbids the agent), isolated (from other origins,
 * for which the browser gives the page a clock of 5 µs in place of 100). POST /deliver
 * keeps what an agent delivers in site.delivered.
 */
export async function startSite() {
  const site = { delivered: [] };
  const serve = (request, response) => {
    const url = new URL(request.url, "http://site");
    if (request.method === "POST" && url.pathname === "/deliver") {
      let body = "";
      request.on("data", (d) => (body += d));
      request.on("end", () => {
        site.delivered.push(JSON.parse(body));
        response.writeHead(204).end();
      });
      return;
    }
    const name = url.pathname.slice(1);
    const script = name.endsWith(".js");
    let body;
    try {
      body = readFileSync(script ? dist + name : pages + name);
    } catch {
      return response.writeHead(404).end();
    }
    response.setHeader("Content-Type", script ? "text/javascript; charset=utf-8" : "text/html; charset=utf-8");
    if (url.searchParams.has("coop") || url.searchParams.has("isolated")) response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    if (url.searchParams.has("isolated")) response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    if (url.searchParams.has("csp")) response.setHeader("Content-Security-Policy", "default-src 'self' 'unsafe-inline'");
    response.end(request.method === "HEAD" ? undefined : body);
  };
  const pair = certificate();
  const servers = [];
  const ports = {};
  for (const space of SPACES) {
    for (const scheme of ["http", "https"]) {
      const server = scheme === "http" ? createServer(serve) : createTLS(pair, serve);
      await new Promise((resolve) => server.listen(0, "127.0.0.2", resolve));
      ports[`${scheme} ${space}`] = server.address().port;
      servers.push(server);
    }
  }
  site.origin = (scheme, space = "loopback", host = "app.example") => `${scheme}://${host}:${ports[`${scheme} ${space}`]}`;
  /** What a browser must be told about the ports. */
  site.overrides = Object.entries(ports).filter(([name]) => !name.endsWith("loopback")).map(([name, port]) => `127.0.0.2:${port}=${name.split(" ")[1]}`);
  site.close = () => {
    for (const s of servers) {
      s.closeAllConnections();
      s.close();
    }
  };
  return site;
}
