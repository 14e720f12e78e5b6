import { fail } from "./errors";
import type { Lang, XinzhangError } from "./errors";

/**
 * What the browser says about reaching this computer: "free" where it knows no
 * such permission (Chromium before 142, most others).
 */
export type Gate = "free" | "granted" | "prompt" | "denied";

// Chromium 145 split the permission; the old name is known from 142 on.
const NAMES = ["loopback-network", "local-network-access"];

/** gate asks the browser for the state of the permission, without prompting. */
export async function gate(): Promise<Gate> {
  for (const name of NAMES) {
    try {
      return (await navigator.permissions.query({ name: name as PermissionName })).state;
    } catch {
      // a name the browser does not know
    }
  }
  return "free";
}

/**
 * explain says why no port answered; csp is the directive of the page's own
 * policy that was seen to refuse, unanswered says that a request neither came
 * through nor failed.
 *
 * Chromium does not say to which address space a page belongs. It reports the
 * permission as denied on every http page and as not yet asked on https ones,
 * also where it lets the page through unasked (pages of this computer and of the
 * intranet). So an http page is said to be blocked only when its host may be
 * public, and the browser is said to be asking only while a request hangs.
 */
export function explain(lang: Lang, state: Gate, csp: string | undefined, unanswered: boolean): XinzhangError {
  const origin = location.origin;
  if (csp) return fail(lang, "browser.blocked_by_csp", { directive: csp });
  if (state === "denied" && window.isSecureContext) {
    return framed() ? fail(lang, "browser.frame_not_delegated", { origin }) : fail(lang, "browser.permission_denied", { origin });
  }
  if (state === "prompt" && unanswered) return fail(lang, "browser.permission_pending", { origin });
  if (state === "denied" && !nearby(location.hostname)) return fail(lang, "browser.blocked_local", { origin });
  return fail(lang, "agent.not_running", {});
}

/** framed reports whether the page stands in a frame of another site, which must delegate the permission. */
function framed(): boolean {
  if (window.top === window) return false;
  try {
    return window.top?.location.origin !== location.origin;
  } catch {
    return true; // another origin
  }
}

/**
 * nearby reports whether host is written as an address that cannot be public:
 * loopback, RFC 1918, link-local, or a single label. A name of several labels may
 * be either, the page cannot know.
 */
export function nearby(host: string): boolean {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) {
    return /^(127|10)\.|^192\.168\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\./.test(host);
  }
  if (host.startsWith("[")) return /^\[(::1\]|f[cd]|fe[89ab])/.test(host);
  return host === "localhost" || host.endsWith(".localhost") || host.endsWith(".local") || !host.includes(".");
}

/** watchCSP notes whether the page's own Content-Security-Policy refuses the agent; call it to end. */
export function watchCSP(): () => string | undefined {
  let seen: string | undefined;
  const listen = (e: SecurityPolicyViolationEvent) => {
    if (/^(ws|http):\/\/127\.0\.0\.1:18(099|10[01])/.test(e.blockedURI)) seen = e.effectiveDirective;
  };
  document.addEventListener("securitypolicyviolation", listen);
  return () => {
    document.removeEventListener("securitypolicyviolation", listen);
    return seen;
  };
}
