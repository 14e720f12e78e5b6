/** A value of DER or BER with definite lengths; `raw` is the whole, `body` its contents. */
export interface Value {
  readonly tag: number;
  readonly body: Uint8Array;
  readonly raw: Uint8Array;
}

/** children reads the values of body one after another; it throws a RangeError on anything cut or odd. */
export function children(body: Uint8Array): Value[] {
  const out: Value[] = [];
  for (let at = 0; at < body.length; ) {
    const v = read(body, at);
    out.push(v);
    at += v.raw.length;
  }
  return out;
}

export function read(b: Uint8Array, at = 0): Value {
  const tag = b[at];
  let length = b[at + 1];
  let start = at + 2;
  if (tag === undefined || length === undefined) throw new RangeError("DER: cut short");
  if (length & 0x80) {
    const n = length & 0x7f;
    if (n < 1 || n > 3) throw new RangeError("DER: length"); // 16 MiB are enough for certificates and messages
    for (length = 0; start < at + 2 + n; start++) length = length * 256 + (b[start] ?? NaN);
  }
  if (!(start + length <= b.length)) throw new RangeError("DER: cut short");
  return { tag, body: b.subarray(start, start + length), raw: b.subarray(at, start + length) };
}

/** tlv writes one value. */
export function tlv(tag: number, ...contents: Uint8Array[]): Uint8Array {
  const size = contents.reduce((n, c) => n + c.length, 0);
  const length: number[] = [];
  for (let n = size; n > 0; n >>>= 8) length.unshift(n & 255);
  const head = size < 0x80 ? [tag, size] : [tag, 0x80 | length.length, ...length];
  const out = new Uint8Array(head.length + size);
  out.set(head);
  let at = head.length;
  for (const c of contents) {
    out.set(c, at);
    at += c.length;
  }
  return out;
}

/** dotted gives an OBJECT IDENTIFIER as text; arcs may be as long as a UUID. */
export function dotted(body: Uint8Array): string {
  const arcs: bigint[] = [];
  let arc = BigInt(0);
  for (const b of body) {
    arc = (arc << BigInt(7)) | BigInt(b & 0x7f);
    if (b & 0x80) continue;
    arcs.push(arc);
    arc = BigInt(0);
  }
  const first = arcs.shift() ?? BigInt(0);
  const top = first < 80 ? first / BigInt(40) : BigInt(2);
  return [top, first - top * BigInt(40), ...arcs].join(".");
}

/** words reads any of the string types, and the bytes of another type as Latin-1. */
export function words(v: Value): string {
  switch (v.tag) {
    case 0x0c: // UTF8String
      return new TextDecoder().decode(v.body);
    case 0x1e: // BMPString
      return new TextDecoder("utf-16be").decode(v.body);
    default:
      return String.fromCharCode(...v.body);
  }
}
