import { hex } from "./bytes";
import { children, dotted, read, words } from "./der";
import type { Value } from "./der";

/** What a page may read of a certificate. Nothing is judged here. */
export interface CertificateFields {
  readonly der: Uint8Array;
  readonly version: number;
  /** Lower-case hex, two digits an octet. */
  readonly serial: string;
  readonly issuer: readonly Attribute[];
  readonly subject: readonly Attribute[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** The contents of each extension by its object identifier. */
  readonly extensions: ReadonlyMap<string, Uint8Array>;
  readonly tbs: Uint8Array;
  readonly signature: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** One attribute of a name, in the order of the certificate. */
export interface Attribute {
  readonly type: string;
  readonly value: string;
}

const SHORT: Readonly<Record<string, string>> = {
  "2.5.4.3": "CN",
  "2.5.4.4": "SN",
  "2.5.4.5": "SERIALNUMBER",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.9": "STREET",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "2.5.4.12": "title",
  "2.5.4.42": "G",
  "1.2.840.113549.1.9.1": "E",
};

/** parseCertificate reads a certificate (DER); it throws a RangeError on what is none. */
export function parseCertificate(der: Uint8Array): CertificateFields {
  const [tbs, , signature] = children(read(der).body);
  const parts = children(need(tbs).body);
  const version = parts[0]?.tag === 0xa0 ? (children(need(parts.shift()).body)[0]?.body[0] ?? 0) + 1 : 1;
  const [serial, , issuer, validity, subject, key] = parts;
  const [from, to] = children(need(validity).body);
  const extensions = new Map<string, Uint8Array>();
  for (const e of parts.filter((p) => p.tag === 0xa3).flatMap((p) => children(read(p.body).body))) {
    const fields = children(e.body);
    extensions.set(dotted(need(fields[0]).body), need(fields[fields.length - 1]).body);
  }
  return {
    der,
    version,
    serial: hex(need(serial).body).replace(/^00(?=[89a-f])/, ""),
    issuer: name(need(issuer)),
    subject: name(need(subject)),
    notBefore: time(need(from)),
    notAfter: time(need(to)),
    extensions,
    tbs: need(tbs).raw,
    signature: need(signature).body.subarray(1),
    publicKey: need(key).raw,
  };
}

/** attribute gives the first value of type in a name, e.g. "CN", and "" when it is absent. */
export function attribute(name: readonly Attribute[], type: string): string {
  return name.find((a) => a.type === type)?.value ?? "";
}

/**
 * dn writes a name as pages of the SZCA control read it: the last attribute of
 * the certificate first, "," without a blank, nothing escaped.
 */
export function dn(name: readonly Attribute[]): string {
  return [...name].reverse().map((a) => `${a.type}=${a.value}`).join(",");
}

/** extensionText gives the value of an extension without its DER wrapper, and "" when it is absent. */
export function extensionText(c: CertificateFields, oid: string): string {
  const value = c.extensions.get(oid);
  if (!value) return "";
  try {
    const inner = read(value);
    return inner.raw.length === value.length ? words(inner) : String.fromCharCode(...value);
  } catch {
    return String.fromCharCode(...value); // not DER: some issuers write bare text
  }
}

/** beijing writes t as yyyy-MM-dd HH:mm:ss in the time Chinese documents are dated in. */
export function beijing(t: Date): string {
  return new Date(t.getTime() + 8 * 3600_000).toISOString().slice(0, 19).replace("T", " ");
}

function name(v: Value): Attribute[] {
  return children(v.body).flatMap((rdn) =>
    children(rdn.body).map((a) => {
      const [type, value] = children(a.body);
      const oid = dotted(need(type).body);
      return { type: SHORT[oid] ?? oid, value: words(need(value)) };
    }),
  );
}

/** time reads UTCTime and GeneralizedTime with Z. */
export function time(v: Value): Date {
  const s = String.fromCharCode(...v.body);
  const digits = v.tag === 0x17 ? (Number(s.slice(0, 2)) < 50 ? "20" : "19") + s : s;
  const m = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(digits);
  if (!m) throw new RangeError("certificate: time");
  const [, y, mo, d, h, mi, se] = m;
  return new Date(`${y}-${mo}-${d}T${h}:${mi}:${se}Z`);
}

function need(v: Value | undefined): Value {
  if (!v) throw new RangeError("certificate: a part is absent");
  return v;
}
