import { hex } from "./bytes";
import { children, read, tlv } from "./der";
import type { Value } from "./der";

/** The parts of a SignedData that a page may ask for. */
export interface MessageParts {
  readonly content: Uint8Array | undefined;
  readonly certificate: Uint8Array | undefined;
  /** The signature value of the first signer. */
  readonly signature: Uint8Array;
  /** The serial numbers of the certificates of all signers, in lower-case hex. */
  readonly serials: readonly string[];
}

/** parseMessage reads a SignedData (DER); it throws a RangeError on what is none. */
export function parseMessage(der: Uint8Array): MessageParts {
  const { signed } = layers(der);
  const content = children(part(signed, 2).body)[1];
  const certificates = signed.find((v) => v.tag === 0xa0);
  const signers = children(part(signed, signed.length - 1).body);
  const signer = children(part(signers, 0).body).filter((v) => v.tag === 0x04);
  return {
    content: content && read(content.body).body,
    certificate: certificates && read(certificates.body).raw,
    signature: part(signer, signer.length - 1).body,
    serials: signers.map((s) => serial(part(children(part(children(s.body), 1).body), 1))),
  };
}

/**
 * detach takes the content out of a SignedData. The signature stays good: it is
 * over the content, which the verifier then must have from elsewhere.
 */
export function detach(der: Uint8Array): Uint8Array {
  const { type, signed } = layers(der);
  const bare = tlv(0x30, part(children(part(signed, 2).body), 0).raw);
  const parts = signed.map((v, i) => (i === 2 ? bare : v.raw));
  return tlv(0x30, type.raw, tlv(0xa0, tlv(0x30, ...parts)));
}

/** layers unwraps ContentInfo: its type, and the fields of SignedData. */
function layers(der: Uint8Array): { type: Value; signed: Value[] } {
  const info = children(read(der).body);
  return { type: part(info, 0), signed: children(read(part(info, 1).body).body) };
}

/** serial writes the number of an IssuerAndSerialNumber as pages know it. */
function serial(v: Value): string {
  return hex(v.body).replace(/^00(?=[89a-f])/, "");
}

function part(of: Value[], i: number): Value {
  const v = of[i];
  if (!v) throw new RangeError("SignedData: a part is absent");
  return v;
}
