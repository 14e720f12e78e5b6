import { newOperation, packed, unpacked } from "./bytes";
import { fail, fromProblem, isProblem } from "./errors";
import type { Lang } from "./errors";
import { ports } from "./ports";
import { base } from "./transport";

/** How to come back from the agent's page when the page itself goes there. */
export interface Redirect {
  /** Where to come back to, of the page's own origin; default: where the page is. */
  readonly return_url?: string;
  /** Where the agent posts the result instead, of the same origin; the browser brings back only that it did. */
  readonly deliver_url?: string;
  /** Anything the page wants back from resume(), as JSON. */
  readonly context?: unknown;
}

/** What resume() finds after coming back. */
export interface Resumed {
  readonly method: string;
  /** Absent when the agent delivered it to deliver_url. */
  readonly result?: unknown;
  readonly delivered: boolean;
  readonly context: unknown;
}

const STORE = "xinzhang.redirect";

// Chromium navigates to addresses of at most 2 MiB.
const LONGEST = 2_000_000;

/** leave goes to the agent's page with a call; the page ends here and goes on in resume. */
export function leave(lang: Lang, method: string, params: unknown, r: Redirect): never | void {
  const state = newOperation();
  const here = new URL(r.return_url ?? location.href, location.href);
  here.hash = "";
  const request = packed({ method, params, return_url: here.href, state, ...(r.deliver_url && { deliver_url: new URL(r.deliver_url, location.href).href }) });
  if (request.length > LONGEST) throw fail(lang, "call.wrong", { what: `${method}: ${request.length} > ${LONGEST}` });
  sessionStorage.setItem(STORE, JSON.stringify({ state, method, context: r.context ?? null }));
  location.assign(`${base(ports()[0])}/redirect.html#request=${request}`);
}

/**
 * takeAnswer reads what the agent's page brought back and removes it from the
 * address. It is undefined when the page was opened otherwise. An answer whose
 * state is not the one this tab left with is not taken.
 */
export function takeAnswer(lang: Lang): Resumed | undefined {
  const found = /^#xinzhang=([\w-]+)$/.exec(location.hash);
  if (!found) return undefined;
  history.replaceState(history.state, "", location.pathname + location.search);
  const kept = sessionStorage.getItem(STORE);
  sessionStorage.removeItem(STORE);
  const answer = readAnswer(found[1] ?? "");
  const left = kept ? (JSON.parse(kept) as { state: string; method: string; context: unknown }) : undefined;
  if (!answer || !left || answer.state !== left.state) throw fail(lang, "call.answer_malformed", {});
  if (answer.error !== undefined) {
    throw isProblem(answer.error) ? fromProblem(lang, answer.error) : fail(lang, "call.answer_malformed", {});
  }
  return { method: left.method, context: left.context, delivered: answer.delivered === true, ...("result" in answer && { result: answer.result }) };
}

function readAnswer(text: string): { state?: unknown; result?: unknown; error?: unknown; delivered?: unknown } | undefined {
  try {
    const v = unpacked(text);
    return typeof v === "object" && v !== null ? v : undefined;
  } catch {
    return undefined;
  }
}
