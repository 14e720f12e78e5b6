import type { Lang, XinzhangError } from "./errors";
import { fail } from "./errors";
import { explain, gate, watchCSP } from "./gate";
import { answered, ports } from "./ports";
import { health, post } from "./post";
import { openSocket } from "./socket";
import { API, VERSION, within } from "./transport";
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
  const search = new Search(lang, before === "prompt");
  try {
    return (await bySocket(search, push, lost)) ?? (await byFetch(search)) ?? (await refuse(search, csp));
  } finally {
    csp();
  }
}

/** A Search for the agent, in a browser that may ask the person first. */
class Search {
  /** The browser's question is left open; its next one would be left open too. */
  unanswered = false;

  constructor(
    readonly lang: Lang,
    private readonly asks: boolean,
  ) {}

  attempt<T>(p: Promise<T>): Promise<T> {
    return within(p, this.asks ? QUESTION : PATIENCE, () => {
      this.unanswered = this.asks;
      return fail(this.lang, "call.answer_malformed", {});
    });
  }
}

async function bySocket(search: Search, push: Push, lost: () => void): Promise<Link | undefined> {
  for (const port of ports()) {
    const opening = openSocket(port, search.lang, push, lost);
    try {
      const transport = await search.attempt(opening);
      return { transport, hello: await greet(transport, search.lang) };
    } catch (e) {
      opening.then((late) => late.close(), () => {});
      if (decides(e)) throw e;
      if (search.unanswered) return undefined;
    }
  }
  return undefined;
}

async function byFetch(search: Search): Promise<Link | undefined> {
  if (search.unanswered) return undefined;
  let others: number | undefined;
  for (const port of ports()) {
    const there = await search.attempt(health(port)).catch(() => undefined);
    if (there?.user_matches) return over(port, search.lang);
    if (there) others ??= port;
  }
  // An agent of another user refuses in its own words.
  return others === undefined ? undefined : over(others, search.lang);
}

async function over(port: number, lang: Lang): Promise<Link> {
  const transport = post(port, lang);
  return { transport, hello: await greet(transport, lang) };
}

async function refuse(search: Search, csp: () => string | undefined): Promise<never> {
  throw explain(search.lang, await gate(), csp(), search.unanswered);
}

/** greet says hello; an agent of another major version refuses by itself (agent.api_version). */
export async function greet(transport: Transport, lang: Lang): Promise<Hello> {
  const late = () => fail(lang, "call.answer_malformed", {});
  const hello = (await within(transport.call("hello", { sdk: VERSION, api: API }), PATIENCE, late)) as Hello | null;
  if (hello?.product !== "xinzhang-agent" || !Array.isArray(hello.methods)) throw late();
  answered(transport.port);
  return hello;
}

/** decides reports whether e is the agent's own answer, so that no other way is worth trying. */
function decides(e: unknown): boolean {
  const code = (e as XinzhangError).code;
  return code !== "agent.disconnected" && code !== "call.answer_malformed" && code !== "agent.other_user";
}
