// The signatures and envelopes of the fake agent: CMS with the object identifiers of GB/T 35275.
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { children, explicit, int, nul, octets, oid, read, seq, set, tlv } from "./der.mjs";
import { issuerAndSerial } from "./identity.mjs";
import { decrypt, der, digest, encrypt, holds, signDigest } from "./sm2.mjs";

const DATA = "1.2.156.10197.6.1.4.2.1";
const SIGNED = "1.2.156.10197.6.1.4.2.2";
const ENVELOPED = "1.2.156.10197.6.1.4.2.3";
const SM3 = "1.2.156.10197.1.401";
const SM2_SIGN = "1.2.156.10197.1.301.1";
const SM2_ENCRYPT = "1.2.156.10197.1.301.3";
const SM4_CBC = "1.2.156.10197.1.104.2";

/**
 * sign gives {value, e} in format. The fake's CMS holds no signed attributes, so
 * cms and szca are one form: verifiers must take both.
 */
export function sign(pair, content, format) {
  const e = digest(pair.key.point, content);
  const value = der(signDigest(pair.key, e));
  if (format === "raw") return { value, e };
  return { value: signedData(pair.certificate, value, format === "cms-detached" ? undefined : content), e };
}

function signedData(cert, value, content) {
  const algorithm = (id) => seq(oid(id), nul);
  const signer = seq(int(1), issuerAndSerial(cert), algorithm(SM3), algorithm(SM2_SIGN), octets(value));
  const inner = seq(oid(DATA), ...(content ? [explicit(0, octets(content))] : []));
  return seq(oid(SIGNED), explicit(0, seq(int(1), set(algorithm(SM3)), inner, explicit(0, cert), set(signer))));
}

/**
 * verify judges a message or raw signature of one of the fake's own pairs; it
 * returns undefined for what others signed, which the fake cannot judge.
 */
export function verify(pairs, message, content, certificate) {
  const parsed = certificate ? { value: message, certificate, content } : parse(message);
  const pair = pairs.find((p) => p.certificate.equals(parsed.certificate));
  const signed = parsed.content ?? content;
  if (!pair || !signed) return undefined;
  return { valid: holds(pair.key, digest(pair.key.point, signed), parsed.value), certificate: parsed.certificate, content: parsed.content };
}

function parse(message) {
  const [, wrapped] = children(read(message).body);
  const parts = children(read(wrapped.body).body);
  const [, content] = children(parts[2].body);
  const certificate = parts.find((p) => p.tag === 0xa0);
  const signer = children(read(parts[parts.length - 1].body).body);
  return { value: signer[signer.length - 1].body, certificate: read(certificate.body).raw, content: content && read(content.body).body };
}

/** envelop closes content for pairs of the fake's own. */
export function envelop(pairs, content) {
  const key = randomBytes(16);
  const iv = randomBytes(16);
  const cipher = createCipheriv("sm4-cbc", key, iv);
  const recipients = pairs.map((p) => seq(int(1), issuerAndSerial(p.certificate), seq(oid(SM2_ENCRYPT)), octets(encrypt(p.key, key))));
  const encrypted = seq(oid(DATA), seq(oid(SM4_CBC), octets(iv)), tlv(0x80, cipher.update(content), cipher.final()));
  return seq(oid(ENVELOPED), explicit(0, seq(int(1), set(...recipients), encrypted)));
}

/** open opens an envelope with pair; undefined when it is for others. */
export function open(pair, envelope) {
  const [, wrapped] = children(read(envelope).body);
  const [, recipients, encrypted] = children(read(wrapped.body).body);
  const own = issuerAndSerial(pair.certificate);
  const mine = children(recipients.body).map((r) => children(r.body)).find((r) => r[1].raw.equals(own));
  if (!mine) return undefined;
  const key = decrypt(pair.key, mine[3].body);
  const [, algorithm, bytes] = children(encrypted.body);
  const decipher = createDecipheriv("sm4-cbc", key, children(algorithm.body)[1].body);
  return Buffer.concat([decipher.update(bytes.body), decipher.final()]);
}
