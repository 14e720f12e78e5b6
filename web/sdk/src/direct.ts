import type { Lang, XinzhangError } from "./errors";
import { fail } from "./errors";
import { explain, gate, watchCSP } from "./gate";
import { health, post } from "./post";
import { openSocket } from "./socket";
import { API, PORTS, VERSION, within } from "./transport";
import type { Push, Transport } from "./transport";
import type { Hello } from "./types";

/** A way that works, and what the agent at its end said. */
export interface Link {
  readonly transport: Transport;
  readonly hello: Hello;
}

// A program that holds the port and never speaks must not hold the page up.
const PATIENCE = 3000;

/** How long the browser's own question is waited for. */
const QUESTION = 60_000;

/**
 * direct finds the agent by WebSocket, then by fetch, on the ports in turn. When
 * none answers it says why. Where the browser asks the person first, it waits for
 * the answer and tells progress "permission".
 */
export async function direct(lang: Lang, push: Push, lost: () => void): Promise<Link> {
  const csp = watchCSP();
  const before = await gate();
  if (before === "prompt") push("progress", { step: "permission" });
  const patience = before === "prompt" ? QUESTION : PATIENCE;
  try {
    return (await bySocket(lang, push, lost, patience)) ?? (await byFetch(lang, patience)) ?? (await refuse(lang, csp));
  } finally {
    csp();
  }
}

async function bySocket(lang: Lang, push: Push, lost: () => void, patience: number): Promise<Link | undefined> {
  for (const port of PORTS) {
    let transport: Transport | undefined;
    try {
      const opening = openSocket(port, lang, push, lost);
      opening.catch(() => {}); // one that opens too late is closed below
      transport = await within(opening, patience, () => fail(lang, "call.answer_malformed", {}));
      return { transport, hello: await greet(transport, lang) };
    } catch (e) {
      transport?.close();
      if (decides(e)) throw e;
    }
  }
  return undefined;
}

async function byFetch(lang: Lang, patience: number): Promise<Link | undefined> {
  for (const port of PORTS) {
    const there = await within(health(port), patience, () => fail(lang, "call.answer_malformed", {})).catch(() => undefined);
    // Another user's agent says so itself, in its own words, when it is the only one.
    if (!there || (!there.user_matches && port !== PORTS[PORTS.length - 1] && (await health(port + 1)))) continue;
    const transport = post(port, lang);
    return { transport, hello: await greet(transport, lang) };
  }
  return undefined;
}

async function refuse(lang: Lang, csp: () => string | undefined): Promise<never> {
  throw explain(lang, await gate(), csp());
}

/** greet says hello; an agent of another major version refuses by itself (agent.api_version). */
export async function greet(transport: Transport, lang: Lang): Promise<Hello> {
  const late = () => fail(lang, "call.answer_malformed", {});
  const hello = (await within(transport.call("hello", { sdk: VERSION, api: API }), PATIENCE, late)) as Hello | null;
  if (hello?.product !== "xinzhang-agent" || !Array.isArray(hello.methods)) throw late();
  return hello;
}

/** decides reports whether e is the agent's own answer, so that no other way is worth trying. */
function decides(e: unknown): boolean {
  const code = (e as XinzhangError).code;
  return code !== "agent.disconnected" && code !== "call.answer_malformed" && code !== "agent.other_user";
}
