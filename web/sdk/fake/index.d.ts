/** An answer of the fake to one operation; see Agent.next. */
export type Answer = "approve" | "refuse" | "locked" | "unplug" | "crash" | "never" | { left: number } | { slow: number } | { code: string; args?: Record<string, unknown> } | BatchAnswer;

/** Of a batch: the person keeps these documents only, and stops before that one; indices from 0. */
export interface BatchAnswer {
  keep?: readonly number[];
  stop?: number;
}

export interface FakeOptions {
  /** Default 18099; 0 takes a free one. */
  port?: number;
  /** Origins that may call; default all. */
  origins?: readonly string[];
  answers?: readonly Answer[];
  version?: string;
  api?: number;
  methods?: readonly string[];
  /** False: it behaves as another user's agent. */
  userMatches?: boolean;
}

export interface FakeAgent {
  readonly port: number;
  /** DER of the root under which its certificates are; trust it in tests only. */
  readonly root: Uint8Array;
  readonly keys: readonly { readonly id: string; readonly kind: string; readonly holder: string; readonly certificate: Uint8Array; readonly encryptionCertificate: Uint8Array }[];
  /** What was asked so far. */
  readonly calls: { origin: string; method: string; params: Record<string, unknown>; code?: string }[];
  /** Sets the answers to the coming operations, one each; then it approves again. */
  next(...answers: Answer[]): void;
  /** Plugs the UKeys in or out. */
  plug(there: boolean): void;
  close(): Promise<void>;
}

/** Starts a fake agent on 127.0.0.1. It asks nobody, and no server may accept what it signs. */
export function startFakeAgent(options?: FakeOptions): Promise<FakeAgent>;
