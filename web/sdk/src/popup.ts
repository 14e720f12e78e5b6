import { fail } from "./errors";
import type { Lang, XinzhangError } from "./errors";
import { ports } from "./ports";
import { Exchange, base } from "./transport";
import type { Push, Transport } from "./transport";

// On a slow computer the page takes seconds; the browser's own page for a
// port without a server never says ready.
const READY = 10_000;

/**
 * openWindow opens the agent's own page in a window and talks to it by a
 * MessagePort. It works from every kind of page, since the window itself is of
 * this computer. It must be called during a click.
 */
export function openWindow(lang: Lang, push: Push): Promise<Transport> {
  const [first, ...others] = ports();
  const w = window.open(page(first), "xinzhang", "popup,width=560,height=720");
  if (!w) return Promise.reject(fail(lang, "browser.popup_blocked", {}));
  return handshake(w, first, others, lang, push).catch(async (e: XinzhangError) => {
    const why = e.code === "call.window_closed" && (await cutsOpener()) ? fail(lang, "browser.opener_cut", {}) : e;
    w.close();
    throw why;
  });
}

/** handshake waits for the page of the first port, then has w look at the others. */
async function handshake(w: Window, first: number, others: readonly number[], lang: Lang, push: Push): Promise<Transport> {
  for (const port of [first, ...others]) {
    if (port !== first) w.location.replace(page(port));
    if (await ready(w, base(port), lang)) return connected(w, port, lang, push);
  }
  throw fail(lang, "agent.not_running", {});
}

const page = (port: number): string => `${base(port)}/window.html`;

/** ready waits for the page in w to speak; false when it does not, an error when w is gone. */
function ready(w: Window, origin: string, lang: Lang): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void) => {
      window.removeEventListener("message", listen);
      clearInterval(watch);
      clearTimeout(timer);
      settle();
    };
    const listen = (e: MessageEvent<{ xinzhang?: unknown } | null>) => {
      if (e.source === w && e.origin === origin && e.data?.xinzhang === "ready") done(() => resolve(true));
    };
    const watch = setInterval(() => {
      if (w.closed) done(() => reject(fail(lang, "call.window_closed", {})));
    }, 200);
    const timer = setTimeout(() => done(() => resolve(false)), READY);
    window.addEventListener("message", listen);
  });
}

function connected(w: Window, port: number, lang: Lang, push: Push): Transport {
  const channel = new MessageChannel();
  const exchange = new Exchange(lang, (m) => channel.port1.postMessage(m), push);
  channel.port1.onmessage = (e: MessageEvent<unknown>) => exchange.receive(e.data);
  w.postMessage({ xinzhang: "port" }, base(port), [channel.port2]);
  const watch = setInterval(() => {
    if (!w.closed) return;
    clearInterval(watch);
    exchange.end(fail(lang, "call.window_closed", {}));
  }, 200);
  return {
    route: "window",
    port,
    call: (method, params) => exchange.call(method, params),
    close() {
      clearInterval(watch);
      exchange.end(fail(lang, "call.window_closed", {}));
      // It closes itself, once the person has seen how a batch ended.
      channel.port1.postMessage({ xinzhang: "over" });
      channel.port1.close();
    },
  };
}

/**
 * cutsOpener reports whether this page sends Cross-Origin-Opener-Policy: then a
 * window it opens reads as closed at once, as if the person had closed it.
 */
async function cutsOpener(): Promise<boolean> {
  try {
    const own = await fetch(location.href, { method: "HEAD", cache: "force-cache" });
    const policy = own.headers.get("Cross-Origin-Opener-Policy") ?? "";
    return /^(same-origin|noopener-allow-popups)\s*(;|$)/.test(policy);
  } catch {
    return false;
  }
}
