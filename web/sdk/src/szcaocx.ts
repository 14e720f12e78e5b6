/**
 * The shim for business pages that call the SZCA control: one line
 *
 *     <script src="…/szcaocx.js"></script>
 *
 * before the page's own scripts. The object or embed element stays; its functions
 * now ask the agent, by synchronous requests, since such pages use a result in
 * the next line. window.szca offers the same functions as promises.
 */
import { Client } from "./client";
import { fail, fromProblem, isProblem } from "./errors";
import { explain, gate } from "./gate";
import type { Gate } from "./gate";
import { answered, ports } from "./ports";
import { Control } from "./szca-control";
import { Face, functions, names } from "./szca-page";
import { runLater } from "./szca-steps";
import type { Step } from "./szca-steps";
import { base } from "./transport";

const LANG = "zh";
const CLSID = "31d9c2d1-3bec-4b25-87d6-16f6c3d75de6";

let permission: Gate = "free";
let asking = false;

/**
 * Asked while the page loads: a synchronous request cannot wait for the browser's
 * question about this computer, so it is raised here. The answer is not needed.
 */
async function raiseQuestion(): Promise<void> {
  permission = await gate();
  if (permission !== "prompt") return;
  asking = true;
  await fetch(`${base(ports()[0])}/health`).catch(() => undefined);
  asking = false;
  permission = await gate();
}
void raiseQuestion();

/** request makes one synchronous request; undefined when nobody answers there. */
function request(method: string, url: string, body?: string): { ok: boolean; value: unknown } | undefined {
  const x = new XMLHttpRequest();
  x.open(method, url, false);
  x.setRequestHeader("Accept-Language", LANG);
  if (body !== undefined) x.setRequestHeader("Content-Type", "application/json");
  try {
    x.send(body);
    return { ok: x.status >= 200 && x.status < 300, value: JSON.parse(x.responseText) };
  } catch {
    return undefined;
  }
}

function port(): number {
  for (const p of ports()) {
    const answer = request("GET", `${base(p)}/health`)?.value as { product?: unknown; user_matches?: unknown } | undefined;
    if (answer?.product !== "xinzhang-agent" || answer.user_matches === false) continue;
    answered(p);
    return p;
  }
  throw explain(LANG, permission, undefined, asking);
}

function ask({ method, params }: Step): unknown {
  const answer = request("POST", `${base(port())}/v1/${method}`, JSON.stringify(params));
  if (!answer) throw fail(LANG, "agent.disconnected", {});
  if (answer.ok) return answer.value;
  throw isProblem(answer.value) ? fromProblem(LANG, answer.value) : fail(LANG, "call.answer_malformed", {});
}

/** choose asks by the only dialog that is synchronous; the agent shows the key again before it signs. */
function choose(labels: readonly string[]): number | undefined {
  const text = window.prompt(`请选择证书（输入序号）：\n${labels.map((l, i) => `${i + 1}　${l}`).join("\n")}`, "1");
  const n = text === null ? NaN : Number(text);
  return Number.isInteger(n) && n >= 1 && n <= labels.length ? n - 1 : undefined;
}

const face = new Face(LANG, new Control(LANG, choose), ask);

/** isControl reports whether an element stands for the control; other objects of the page are let alone. */
function isControl(e: Element): boolean {
  const classid = (e.getAttribute("classid") ?? String((e as { classid?: unknown }).classid ?? "")).toLowerCase();
  return e.id === "SZCAOcx" || classid.includes(CLSID);
}

// On the prototypes, since pages make the element and call it in the next line:
// an observer would come too late.
for (const prototype of [HTMLObjectElement.prototype, HTMLEmbedElement.prototype]) {
  for (const [spelt, name] of names()) {
    Object.defineProperty(prototype, spelt, {
      configurable: true,
      writable: true,
      value: function (this: Element, ...args: unknown[]) {
        if (!isControl(this)) throw new TypeError(`${spelt} is not a function`);
        return face.run(name, args);
      },
    });
  }
}

/** The async twin: szca.sign(text) is AxSign as a promise, over the same state; it rejects where the control gives "". */
type Twin = Record<string, (...args: unknown[]) => Promise<unknown>>;

const client = new Client({ lang: LANG });
const twin: Twin = {};
for (const [name, member] of functions) {
  const short = name.charAt(2).toLowerCase() + name.slice(3);
  twin[short] = (...args) => runLater(member.apply(face.control, args), ({ method, params }) => client.raw(method, params));
}

declare global {
  interface Window {
    szca: Twin;
  }
}
window.szca = twin;
