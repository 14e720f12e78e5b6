import { fail, fromProblem, isProblem } from "./errors";
import type { Lang } from "./errors";
import { base } from "./transport";
import type { Transport } from "./transport";

/** What GET /health answers to any page. */
export interface Health {
  readonly product: string;
  readonly version: string;
  readonly api: number;
  readonly user_matches: boolean;
}

/** health asks who is on port; undefined when nobody of ours answers. */
export async function health(port: number): Promise<Health | undefined> {
  try {
    const answer: unknown = await (await fetch(`${base(port)}/health`)).json();
    return (answer as Health | null)?.product === "xinzhang-agent" ? (answer as Health) : undefined;
  } catch {
    return undefined;
  }
}

/** post is the way by fetch, one request a call; the agent pushes nothing on it. */
export function post(port: number, lang: Lang): Transport {
  const abort = new AbortController();
  return {
    route: "fetch",
    port,
    async call(method, params) {
      let answer: unknown;
      let ok: boolean;
      try {
        const response = await fetch(`${base(port)}/v1/${method}`, {
          method: "POST",
          headers: { "Content-Type": "application/json", "Accept-Language": lang },
          body: JSON.stringify(params),
          signal: abort.signal,
        });
        ok = response.ok;
        answer = await response.json();
      } catch (e) {
        throw fail(lang, e instanceof SyntaxError ? "call.answer_malformed" : "agent.disconnected", {});
      }
      if (ok) return answer;
      throw isProblem(answer) ? fromProblem(lang, answer) : fail(lang, "call.answer_malformed", {});
    },
    close: () => abort.abort(),
  };
}
