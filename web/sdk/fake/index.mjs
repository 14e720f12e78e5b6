// A fake agent for the tests of integrators: the page API of docs/design/agent.md
// on a port, with throw-away keys and answers by a script. It is no security
// product: it asks nobody, and its certificates are of no one and trusted by none.
import { createServer } from "node:http";
import { Answers, problem } from "./answers.mjs";
import { newRoot, newUKey, organisation, person } from "./identity.mjs";
import { redirectPage, windowPage } from "./pages.mjs";
import { accept } from "./socket.mjs";

const LIMIT = 64 << 20;

/**
 * startFakeAgent listens on 127.0.0.1 and resolves with the agent.
 *
 * port: default 18099. origins: those that may call, default all. version, api,
 * methods, userMatches: what it says of itself. answers: see Answers.next.
 */
export async function startFakeAgent(options = {}) {
  const root = newRoot();
  const ukeys = [newUKey(root, person), newUKey(root, organisation)];
  const answers = new Answers({ ...options, root, ukeys });
  const sockets = new Set();
  const server = createServer((request, response) => {
    serve(answers, request, response).catch((e) => reply(response, 500, problem("request.invalid", { places: String(e.message) }, request.headers["accept-language"])));
  });
  server.on("upgrade", (request, socket) => upgrade(answers, sockets, request, socket));
  await new Promise((resolve, reject) => server.once("error", reject).listen(options.port ?? 18099, "127.0.0.1", resolve));
  const agent = {
    port: server.address().port,
    root: root.certificate,
    keys: ukeys.map((k) => ({ ...k.told, certificate: k.signing.certificate, encryptionCertificate: k.encryption.certificate })),
    /** What was asked: {origin, method, params, code}. */
    calls: answers.calls,
    /** next sets the answers to the coming operations, one each; then "approve" again. */
    next: (...list) => answers.next(...list),
    /** plug puts the UKeys in (true) or pulls them out. */
    plug(there) {
      answers.plugged = there;
      for (const s of sockets) s.send(JSON.stringify({ event: "keys", data: { count: there ? ukeys.length : 0 } }));
    },
    async close() {
      for (const s of sockets) s.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  answers.crash = () => agent.close();
  return agent;
}

async function serve(answers, request, response) {
  const { pathname } = new URL(request.url, "http://127.0.0.1");
  const origin = request.headers.origin;
  const own = `http://${request.headers.host}`;
  if (!/^(127\.0\.0\.1|localhost):\d+$/.test(request.headers.host ?? "")) return reply(response, 421, problem("agent.wrong_host", {}));
  if (origin) {
    response.setHeader("Access-Control-Allow-Origin", origin);
    response.setHeader("Vary", "Origin");
    response.setHeader("Access-Control-Allow-Headers", "content-type, accept-language");
    response.setHeader("Access-Control-Allow-Private-Network", "true");
  }
  if (request.method === "OPTIONS") return response.writeHead(204).end();
  if (pathname === "/health") return reply(response, 200, answers.health());
  if (pathname === "/window.html" || pathname === "/redirect.html") {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
    return response.end(pathname === "/window.html" ? windowPage : redirectPage);
  }
  if (request.method !== "POST" || !pathname.startsWith("/v1/")) return reply(response, 404, problem("request.invalid", { places: pathname }));
  const lang = request.headers["accept-language"];
  const body = await json(request);
  if (pathname.startsWith("/v1/windows/")) {
    if (origin !== own) return reply(response, 403, problem("agent.own_pages_only", {}, lang));
    if (pathname === "/v1/windows/deliver") return deliver(response, body, lang);
    const answer = await answers.call(body.origin, body.method, body.params, { lang });
    return answer.error ? reply(response, answer.error.status, answer.error) : reply(response, 200, { result: answer.result });
  }
  const answer = await answers.call(origin, pathname.slice(4), body, { lang });
  return answer.error ? reply(response, answer.error.status, answer.error) : reply(response, 200, answer.result);
}

async function deliver(response, { origin, url, body }, lang) {
  if (new URL(url).origin !== origin) return reply(response, 403, problem("agent.delivery", { url }, lang));
  const sent = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }).catch(() => undefined);
  return sent?.ok ? reply(response, 200, {}) : reply(response, 502, problem("agent.delivery", { url }, lang));
}

function upgrade(answers, sockets, request, socket) {
  if (request.url !== "/v1/socket" || !answers.mayConnect(request.headers.origin)) return socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
  const lang = request.headers["accept-language"];
  const peer = accept(request, socket, async (text) => {
    const { id, method, params } = JSON.parse(text);
    const push = (event, data) => peer.send(JSON.stringify({ event, data }));
    const answer = await answers.call(request.headers.origin, method, params, { lang, push });
    peer.send(JSON.stringify({ id, ...answer }));
  });
  sockets.add(peer);
  socket.on("close", () => sockets.delete(peer));
}

async function json(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    if ((size += part.length) > LIMIT) throw new Error("body");
    parts.push(part);
  }
  return JSON.parse(Buffer.concat(parts).toString() || "{}");
}

function reply(response, status, body) {
  response.writeHead(status, { "Content-Type": body.code ? "application/problem+json" : "application/json", "Cache-Control": "no-store" });
  response.end(JSON.stringify(body));
}
