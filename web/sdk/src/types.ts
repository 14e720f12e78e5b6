import type { Bytes } from "./bytes";

export type Purpose = "login" | "sign" | "seal" | "decrypt";

/** A certificate with its key in a UKey, told apart by `id`. No ID number stands in it. */
export interface Key {
  /** SM3 of the signing certificate, hex. */
  readonly id: string;
  readonly kind: "person" | "organisation" | "other";
  readonly holder: string;
  readonly unit: string;
  readonly department?: string;
  /** The last characters of the serial number, for telling keys apart on the screen. */
  readonly serial_tail: string;
  /** Validity, RFC 3339. */
  readonly not_before: string;
  readonly not_after: string;
  readonly device: { readonly name: string; readonly kind: "soft" | "skf"; readonly vendor?: string };
  /** Whether it fits the purpose that was asked for; `reason` says why not. */
  readonly suited: boolean;
  readonly reason?: Reason;
  readonly state: string;
}

/** What is to be signed, and what the person is shown of it. */
export interface Document {
  readonly title: string;
  readonly type: "ofd" | "pdf" | "text" | "data";
  readonly pages?: number;
  readonly page?: number;
  readonly size?: number;
  /** PNG, JPEG or SVG as a data URI, ≤ 4 MiB. */
  readonly picture?: string;
  readonly place?: string;
  /** Exactly one of the following four. */
  readonly text?: string;
  /** Bytes that are signed, ≤ 32 MiB. */
  readonly data?: Bytes;
  /** TBS_Sign of a seal signature, DER. */
  readonly to_sign?: Bytes;
  /** e = SM3(Z ‖ M), 32 bytes: the person sees a warning, and the policy may refuse. */
  readonly digest?: Bytes;
}

/** raw: DER SM2Signature; cms: GB/T 35275, content inside; cms-detached; szca: the form of the SZCA control. */
export type Format = "raw" | "cms" | "cms-detached" | "szca";

/** A login token; the server checks it with the nonce it gave out (POST /v1/login/verify). */
export interface LoginToken {
  readonly format: string;
  readonly algorithm: string;
  readonly certificate: string;
  readonly signature: string;
  readonly app_version: string;
}

export interface Signature {
  /** Base64 of the signature in the format asked for. */
  readonly value: string;
  readonly certificate: string;
  readonly key: Key;
  readonly digest: string;
}

/** A code of docs/errors.md with its words. */
export interface Reason {
  readonly code: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly title: string;
}

export interface BatchResult {
  /**
   * In the order of the documents, `index` from 0: a signature, or an error for
   * what the person took out (user.left_out). Documents that were not reached are
   * missing.
   */
  readonly results: readonly { readonly index: number; readonly value?: string; readonly digest?: string; readonly error?: Reason }[];
  readonly certificate?: string;
  readonly key?: Key;
  /** Where the batch ended before its end, and why: the person (operation.stopped), the time of the PIN (pin.session_over), the UKey, … */
  readonly stopped?: { readonly index: number; readonly reason: Reason };
}

export interface CertificateResult {
  readonly key: Key;
  /** Base64 DER. */
  readonly certificate: string;
  readonly chain: readonly string[];
}

export interface VerifyResult {
  readonly valid: boolean;
  readonly certificate?: string;
  /** Base64 of what was signed, when it stands in the message. */
  readonly content?: string;
  readonly signing_time?: string;
}

/** What the agent says of itself. */
export interface Hello {
  readonly product: string;
  readonly version: string;
  readonly api: number;
  /** Whether this origin may call without a question first. */
  readonly allowed: boolean;
  readonly methods: readonly string[];
}

/** How a page reaches the agent, in the order in which it is tried. */
export type Route = "socket" | "fetch" | "window" | "redirect";

/** What every call takes beside its parameters. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds; default 180 000 where a person is asked, 780 000 for a batch, else 15 000. */
  readonly timeout?: number;
}

export interface Events {
  /** UKeys were plugged in or out. */
  keys: unknown;
  /** A batch advances, or the SDK says which step of connecting it is at. */
  progress: unknown;
  /** Whether this origin may call has changed. */
  origin: unknown;
}
