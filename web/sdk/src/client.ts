import { newOperation, toBase64 } from "./bytes";
import type { Bytes } from "./bytes";
import { Connector } from "./connector";
import type { Connection, Options } from "./connector";
import { wireDocument } from "./document";
import { XinzhangError, fail } from "./errors";
import type { Lang } from "./errors";
import { takeAnswer } from "./redirect";
import type { Resumed } from "./redirect";
import { within } from "./transport";
import type { BatchResult, CallOptions, CertificateResult, Document, Events, Format, Key, LoginToken, Purpose, Signature, VerifyResult } from "./types";

// A person looks for glasses, key and PIN; a program does not.
const FOR_PERSON = 180_000;
const FOR_PROGRAM = 15_000;
// A batch may be paused: the agent ends it by itself when the time of the PIN is over.
const FOR_BATCH = FOR_PERSON + 600_000;

export interface SignParams {
  /** The word on the button: 签字, 批准, …; at most 16 characters. */
  readonly action?: string;
  /** The id of a key; without it the person chooses when several fit. */
  readonly key?: string;
  readonly document: Document;
  readonly format?: Format;
}

export interface BatchParams {
  readonly action?: string;
  readonly purpose?: "sign" | "seal";
  readonly key?: string;
  readonly documents: readonly Document[];
  readonly format?: Format;
}

/** pageLang is English where the page says so, else Chinese. */
function pageLang(): Lang {
  return typeof document !== "undefined" && document.documentElement.lang.startsWith("en") ? "en" : "zh";
}

/**
 * A Client asks the agent for one page. Calls that a person confirms run one at
 * a time: a second one before the end fails with call.busy, so a double click
 * gives one operation.
 */
export class Client {
  private readonly lang: Lang;
  private readonly connector: Connector;
  private readonly listeners = new Map<keyof Events, Set<(data: unknown) => void>>();
  private current: string | undefined;

  constructor(options: Options = {}) {
    this.lang = options.lang ?? pageLang();
    this.connector = new Connector(this.lang, options, (event, data) => this.emit(event, data));
  }

  /**
   * connect finds the agent and says by which way. Call it when the page loads:
   * then a later click need not wait, and a window can open inside it.
   */
  connect(): Promise<Connection> {
    return this.connector.connect();
  }

  /** login gives a token over this origin and the server's nonce (base64 text, at least 44 characters). */
  async login(p: { nonce: string; key?: string; system?: string }, o: CallOptions = {}): Promise<LoginToken> {
    if (p.nonce.length < 44) throw fail(this.lang, "call.wrong", { what: "nonce" });
    const { token } = (await this.ask("login", { ...p }, o)) as { token: LoginToken };
    return token;
  }

  /** sign gives the signature of a person; the action is 签字 unless said otherwise. */
  async sign(p: SignParams, o: CallOptions = {}): Promise<Signature> {
    return this.signAs("sign", "签字", p, o);
  }

  /** seal gives the signature of an organisation's key; the action is 签章 unless said otherwise. */
  async seal(p: SignParams, o: CallOptions = {}): Promise<Signature> {
    return this.signAs("seal", "签章", p, o);
  }

  private async signAs(purpose: "sign" | "seal", action: string, p: SignParams, o: CallOptions): Promise<Signature> {
    const document = wireDocument(this.lang, p.document);
    return (await this.ask("sign", { format: "raw", action, ...p, purpose, document }, o)) as Signature;
  }

  /**
   * batch signs a listed set of documents with one PIN. The person may take some
   * out, pause and stop it; it stops at the first refusal. What was signed until
   * then is in the results.
   */
  async batch(p: BatchParams, o: CallOptions = {}): Promise<BatchResult> {
    const documents = p.documents.map((d) => wireDocument(this.lang, d));
    const action = p.purpose === "seal" ? "签章" : "签字";
    return (await this.ask("batch", { format: "raw", action, purpose: "sign", ...p, documents }, { timeout: FOR_BATCH, ...o })) as BatchResult;
  }

  /** decrypt opens an envelope with the encryption key. It gives the bytes in base64. */
  async decrypt(p: { envelope: Bytes; key?: string }, o: CallOptions = {}): Promise<string> {
    const { plaintext } = (await this.ask("decrypt", { ...p, envelope: toBase64(p.envelope) }, o)) as { plaintext: string };
    return plaintext;
  }

  /** keys lists what is plugged in, also what does not suit the purpose, with the reason. */
  async keys(p: { purpose: Purpose }, o: CallOptions = {}): Promise<readonly Key[]> {
    const { keys } = (await this.run("keys", p, o, FOR_PROGRAM)) as { keys: readonly Key[] };
    return keys;
  }

  /** certificate gives a certificate; the person chooses when several suit. */
  async certificate(p: { purpose: Purpose; key?: string }, o: CallOptions = {}): Promise<CertificateResult> {
    return (await this.run("certificate", p, o, FOR_PERSON)) as CertificateResult;
  }

  /**
   * verify says whether a signature fits content and certificate; it judges no
   * certificate. An SM2Signature needs the certificate beside it.
   */
  async verify(p: { message: Bytes; content?: Bytes; certificate?: Bytes }, o: CallOptions = {}): Promise<VerifyResult> {
    const params = {
      message: toBase64(p.message),
      ...(p.content !== undefined && { content: toBase64(p.content) }),
      ...(p.certificate !== undefined && { certificate: toBase64(p.certificate) }),
    };
    return (await this.run("verify", params, o, FOR_PROGRAM)) as VerifyResult;
  }

  /**
   * raw sends a call as the agent takes it and gives what it answers; for the
   * adapters of old interfaces, which make operations of their own.
   */
  raw(method: string, params: object, o: CallOptions = {}): Promise<unknown> {
    return this.run(method, params, o, FOR_PERSON);
  }

  /** cancel ends the operation that is under way, if one is; its promise fails with the agent's answer. */
  async cancel(): Promise<void> {
    if (this.current) await this.connector.call("cancel", { operation: this.current }, "background");
  }

  /** on hears an event; the function it gives back ends that. Keys come by WebSocket and window only. */
  on<E extends keyof Events>(event: E, listener: (data: Events[E]) => void): () => void {
    const of = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, of.add(listener as (data: unknown) => void));
    this.connector.stayConnected = (this.listeners.get("keys")?.size ?? 0) > 0;
    return () => {
      of.delete(listener as (data: unknown) => void);
      this.connector.stayConnected = (this.listeners.get("keys")?.size ?? 0) > 0;
    };
  }

  /** resume gives what the agent's page brought back after a redirect, and undefined on an ordinary load. */
  async resume(): Promise<Resumed | undefined> {
    return takeAnswer(this.lang);
  }

  /** close ends the operation that is under way, and the connection; the next call opens one again. */
  close(): void {
    // The agent's window outlives the way to it: a batch there would go on for nobody.
    this.cancel().catch(() => {});
    this.connector.close();
  }

  /** ask runs a call that a person confirms: one at a time, once. */
  private async ask(method: string, params: object, o: CallOptions): Promise<unknown> {
    if (this.current) throw fail(this.lang, "call.busy", {});
    const operation = newOperation();
    this.current = operation;
    try {
      return await this.run(method, { ...params, operation }, o, FOR_PERSON);
    } catch (e) {
      if (e instanceof XinzhangError && (e.code === "call.aborted" || e.code === "call.timeout")) {
        this.connector.call("cancel", { operation }, "background").catch(() => {});
      }
      throw e;
    } finally {
      this.current = undefined;
      this.connector.settle();
    }
  }

  private run(method: string, params: object, o: CallOptions, patience: number): Promise<unknown> {
    const ms = o.timeout ?? patience;
    if (o.signal?.aborted) return Promise.reject(fail(this.lang, "call.aborted", {}));
    const aborted = new Promise<never>((_, reject) => {
      o.signal?.addEventListener("abort", () => reject(fail(this.lang, "call.aborted", {})), { once: true });
    });
    // The call must start in this turn: a window opens inside the click or not at all.
    const call = this.connector.call(method, params, "click");
    return within(Promise.race([call, aborted]), ms, () => fail(this.lang, "call.timeout", { seconds: Math.round(ms / 1000) }));
  }

  private emit(event: string, data: unknown): void {
    for (const listener of this.listeners.get(event as keyof Events) ?? []) listener(data);
  }
}
