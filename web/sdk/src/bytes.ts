/** A byte string as a caller may hand it in: bytes, or standard base64. */
export type Bytes = Uint8Array | ArrayBuffer | string;

/** toBase64 gives standard base64; a string is base64 already. */
export function toBase64(b: Bytes): string {
  if (typeof b === "string") return b;
  const bytes = b instanceof Uint8Array ? b : new Uint8Array(b);
  let s = "";
  for (let i = 0; i < bytes.length; i += 0x8000) {
    s += String.fromCharCode(...bytes.subarray(i, i + 0x8000)); // in pieces: the argument list is limited
  }
  return btoa(s);
}

/** fromBase64 reads standard base64; blanks and line ends are let pass. */
export function fromBase64(s: string): Uint8Array {
  return Uint8Array.from(atob(s.replace(/\s+/g, "")), (c) => c.charCodeAt(0));
}

export function utf8(s: string): Uint8Array {
  return new TextEncoder().encode(s);
}

/** packed gives value as JSON in base64url, for the fragment of an address. */
export function packed(value: unknown): string {
  return toBase64(utf8(JSON.stringify(value))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** unpacked reads what packed made, and throws on anything else. */
export function unpacked(s: string): unknown {
  return JSON.parse(new TextDecoder().decode(fromBase64(s.replace(/-/g, "+").replace(/_/g, "/"))));
}

export function hex(b: Uint8Array): string {
  return Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
}

/**
 * newOperation makes an id that the agent runs once: 128 random bits in hex.
 * crypto.randomUUID is absent on plain-http pages, getRandomValues is not.
 */
export function newOperation(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16)));
}
