import { fail, fromProblem, isProblem } from "./errors";
import type { Lang, XinzhangError } from "./errors";
import type { Route } from "./types";

/** The major version of the page API that this SDK speaks. */
export const API = 1;

declare const SDK_VERSION: string;

/** The version of the SDK; a build puts that of package.json here. */
export const VERSION = typeof SDK_VERSION === "string" ? SDK_VERSION : "0.0.0";

/** A Transport carries calls to the agent over one way. */
export interface Transport {
  readonly route: Route;
  readonly port: number;
  /** call resolves with the result; it rejects with a XinzhangError, of the agent or of the way. */
  call(method: string, params: unknown): Promise<unknown>;
  close(): void;
}

/** Push receives what the agent sends without being asked. */
export type Push = (event: string, data: unknown) => void;

/**
 * Exchange matches answers to calls on a way that carries messages both ways
 * (WebSocket, MessagePort).
 */
export class Exchange {
  private readonly waiting = new Map<string, { resolve(v: unknown): void; reject(e: XinzhangError): void }>();
  private last = 0;
  private ended: XinzhangError | undefined;

  constructor(
    private readonly lang: Lang,
    private readonly send: (message: object) => void,
    private readonly push: Push,
  ) {}

  call(method: string, params: unknown): Promise<unknown> {
    if (this.ended) return Promise.reject(this.ended);
    const id = String(++this.last);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.send({ id, method, params });
    });
  }

  /** receive takes one message of the agent; what is none of ours is passed over. */
  receive(message: unknown): void {
    if (typeof message !== "object" || message === null) return;
    const m = message as { id?: unknown; event?: unknown; data?: unknown; error?: unknown; result?: unknown };
    if (typeof m.event === "string") return this.push(m.event, m.data);
    const call = this.waiting.get(String(m.id));
    if (!call) return;
    this.waiting.delete(String(m.id));
    if (m.error === undefined) return call.resolve(m.result);
    call.reject(isProblem(m.error) ? fromProblem(this.lang, m.error) : fail(this.lang, "call.answer_malformed", {}));
  }

  /** end rejects what waits and what comes later with why. */
  end(why: XinzhangError): void {
    this.ended ??= why;
    for (const call of this.waiting.values()) call.reject(why);
    this.waiting.clear();
  }
}

/** within rejects with late() when p has not settled after ms milliseconds. */
export function within<T>(p: Promise<T>, ms: number, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), ms);
    p.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

export function base(port: number): string {
  return `http://127.0.0.1:${port}`;
}
