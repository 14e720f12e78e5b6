// A writer and a reader of DER, as small as the fake agent needs them.

/** tlv is one value: tag, length, contents. */
export function tlv(tag, ...contents) {
  const body = Buffer.concat(contents);
  const length = body.length < 0x80 ? [body.length] : body.length < 0x100 ? [0x81, body.length] : body.length < 0x10000 ? [0x82, body.length >> 8, body.length & 255] : [0x83, body.length >> 16, (body.length >> 8) & 255, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

export const seq = (...c) => tlv(0x30, ...c);
export const set = (...c) => tlv(0x31, ...c);
export const octets = (b) => tlv(0x04, b);
export const bits = (b, unused = 0) => tlv(0x03, Buffer.from([unused]), b);
export const utf8 = (s) => tlv(0x0c, Buffer.from(s));
export const printable = (s) => tlv(0x13, Buffer.from(s));
export const nul = Buffer.from([5, 0]);
export const explicit = (n, ...c) => tlv(0xa0 + n, ...c);

/** int is an INTEGER that is not negative. */
export function int(v) {
  let h = v.toString(16);
  if (h.length % 2) h = "0" + h;
  const b = Buffer.from(h, "hex");
  return tlv(0x02, b[0] & 0x80 ? Buffer.concat([Buffer.from([0]), b]) : b);
}

export function oid(dotted) {
  const [a, b, ...rest] = dotted.split(".").map(BigInt);
  const arcs = [a * 40n + b, ...rest].map((v) => {
    const out = [Number(v & 127n)];
    while ((v >>= 7n) > 0n) out.unshift(Number(v & 127n) | 0x80);
    return out;
  });
  return tlv(0x06, Buffer.from(arcs.flat()));
}

/** utcTime is the time of a certificate before 2050. */
export function utcTime(d) {
  return tlv(0x17, Buffer.from(d.toISOString().replace(/[-:T]/g, "").slice(2, 14) + "Z"));
}

/** read takes one value from the front of b: {tag, body, raw, rest}. */
export function read(b) {
  let length = b[1];
  let at = 2;
  if (length & 0x80) {
    const n = length & 0x7f;
    if (n < 1 || n > 4) throw new Error("DER: length");
    length = b.readUIntBE(2, n);
    at += n;
  }
  if (!(at + length <= b.length)) throw new Error("DER: cut short");
  return { tag: b[0], body: b.subarray(at, at + length), raw: b.subarray(0, at + length), rest: b.subarray(at + length) };
}

/** children reads all values of a body. */
export function children(body) {
  const out = [];
  for (let rest = body; rest.length > 0; ) {
    const v = read(rest);
    out.push(v);
    rest = v.rest;
  }
  return out;
}
