import { direct, greet } from "./direct";
import type { Link } from "./direct";
import { XinzhangError, fail } from "./errors";
import type { Lang } from "./errors";
import { openWindow } from "./popup";
import { leave } from "./redirect";
import type { Redirect } from "./redirect";
import type { Push, Transport } from "./transport";
import type { Hello, Route } from "./types";

export interface Options {
  readonly lang?: Lang;
  /** False: no window of the agent is opened where the direct ways are blocked. */
  readonly window?: boolean;
  /** Given, the page itself goes to the agent and back where no window can be used; see Client.resume. */
  readonly redirect?: Redirect;
}

export interface Connection {
  readonly route: Route;
  /** What the agent said; absent where it is asked only at the click (window, redirect). */
  readonly hello?: Hello;
  /** Why the direct ways cannot be used. */
  readonly why?: XinzhangError;
}

// What a window gets around: the browser's rules, but not an absent agent.
const AROUND = ["browser.blocked_local", "browser.permission_denied", "browser.permission_pending", "browser.frame_not_delegated", "browser.blocked_by_csp"];
const NO_WINDOW = ["browser.opener_cut", "browser.popup_blocked"];

const RECONNECT = 3000;

/** A Connector keeps the way to the agent: it finds it, falls back, and finds it again. */
export class Connector {
  /** Whether to find the agent again by itself when the connection is lost. */
  stayConnected = false;

  private link: Link | undefined;
  private finding: Promise<Connection> | undefined;
  private fallback: { route: "window" | "redirect"; why: XinzhangError } | undefined;

  constructor(
    private readonly lang: Lang,
    private readonly options: Options,
    private readonly push: Push,
  ) {}

  connect(): Promise<Connection> {
    if (this.link) return Promise.resolve({ route: this.link.transport.route, hello: this.link.hello });
    this.finding ??= this.find().finally(() => (this.finding = undefined));
    return this.finding;
  }

  private async find(): Promise<Connection> {
    let link: Link | undefined;
    try {
      link = await direct(this.lang, this.push, () => this.lost(link));
      this.link = link;
      this.fallback = undefined;
      this.push("progress", { step: "connected", route: link.transport.route });
      return { route: link.transport.route, hello: link.hello };
    } catch (e) {
      if (!(e instanceof XinzhangError) || !AROUND.includes(e.code)) throw e;
      const route = this.options.window !== false ? "window" : this.options.redirect ? "redirect" : undefined;
      if (!route) throw e;
      this.fallback = { route, why: e };
      return { route, why: e };
    }
  }

  /**
   * call sends one call by the way that is known, or finds one first. "background"
   * calls never open a window.
   */
  async call(method: string, params: object, from: "click" | "background"): Promise<unknown> {
    if (!this.link && !this.fallback && from === "click") await this.connect();
    if (this.link) return this.over(this.link, method, params);
    if (from === "background") return undefined;
    if (this.fallback?.route === "window") return this.inWindow(method, params);
    return this.byRedirect(method, params);
  }

  /** over sends a call, or takes the one that was sent ahead, over link. */
  private async over(link: Link, method: string, params: object, sent?: Promise<unknown>): Promise<unknown> {
    this.knows(link, method);
    try {
      return await (sent ?? link.transport.call(method, params));
    } catch (e) {
      if (!(e instanceof XinzhangError)) throw e;
      // The window came from the agent, and now finds none to ask: it ended midway.
      if (link.transport.route === "window") throw e.code === "agent.not_running" ? fail(this.lang, "agent.disconnected", {}) : e;
      if (e.code !== "agent.disconnected") throw e;
    }
    // The same operation once more: an agent that has done it gives its first
    // answer again, one that was restarted asks the person again.
    this.link = undefined;
    const again = await this.connect().catch(() => undefined);
    if (!again || !this.link) throw fail(this.lang, "agent.disconnected", {});
    return (this.link as Link).transport.call(method, params);
  }

  private async inWindow(method: string, params: object): Promise<unknown> {
    let transport: Transport;
    try {
      transport = await openWindow(this.lang, this.push);
    } catch (e) {
      if (!(e instanceof XinzhangError) || !NO_WINDOW.includes(e.code) || !this.options.redirect) throw e;
      this.fallback = { route: "redirect", why: e };
      return this.byRedirect(method, params);
    }
    // Both at once, since a person waits. Where the versions do not fit, the window is
    // gone again within the half second in which it takes no approval.
    const greeting = greet(transport, this.lang);
    const sent = transport.call(method, params);
    sent.catch(() => undefined); // what the greeting says comes first
    try {
      this.link = { transport, hello: await greeting };
      return await this.over(this.link, method, params, sent);
    } finally {
      transport.close();
      if (this.link?.transport === transport) this.link = undefined;
    }
  }

  /** byRedirect leaves the page; what it returns never settles. */
  private byRedirect(method: string, params: object): Promise<never> {
    leave(this.lang, method, params, this.options.redirect ?? {});
    return new Promise<never>(() => {});
  }

  private knows(link: Link, method: string): void {
    if (!link.hello.methods.includes(method)) throw fail(this.lang, "agent.too_old", { method, version: link.hello.version });
  }

  /** settle closes the window of a call that is over. */
  settle(): void {
    if (this.link?.transport.route !== "window") return;
    this.link.transport.close();
    this.link = undefined;
  }

  close(): void {
    this.link?.transport.close();
    this.link = undefined;
    this.fallback = undefined;
  }

  private lost(link: Link | undefined): void {
    if (!link || this.link !== link) return;
    this.link = undefined;
    this.push("progress", { step: "lost" });
    this.again();
  }

  private again(): void {
    if (!this.stayConnected) return;
    setTimeout(() => {
      if (!this.link && this.stayConnected) this.connect().catch(() => this.again());
    }, RECONNECT);
  }
}
