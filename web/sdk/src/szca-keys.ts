import { fromBase64, toBase64 } from "./bytes";
import { attribute, beijing, parseCertificate } from "./certificate";
import type { CertificateFields } from "./certificate";
import { XinzhangError, fail } from "./errors";
import type { Lang } from "./errors";
import type { Filter } from "./szca-filter";
import type { Steps } from "./szca-steps";
import type { CertificateResult, Key } from "./types";

/** A key of a UKey with one of its certificates. */
export interface Candidate {
  readonly key: Key;
  readonly certificate: CertificateFields;
}

/** Asks which of several is meant; undefined when the person cancels. */
export type Choose = (labels: readonly string[]) => number | undefined;

/** signingPurpose: what a person's key signs is a signature, what an organisation's signs is a seal. */
export function signingPurpose(key: Key): "sign" | "seal" {
  return key.kind === "organisation" ? "seal" : "sign";
}

/** listed gives the certificates of every key that is plugged in and can be used. */
export function* listed(use: Filter["use"]): Steps<Candidate[]> {
  const { keys } = (yield { method: "keys", params: { purpose: use === "encryption" ? "decrypt" : "sign" } }) as { keys: readonly Key[] };
  const out: Candidate[] = [];
  for (const key of keys) {
    if (key.kind === "other") continue;
    const found = yield* certificateOf(key, use);
    if (found) out.push({ key, certificate: found });
  }
  return out;
}

/** certificateOf gives undefined for a key that the agent refuses for this use: a page is shown what works. */
export function* certificateOf(key: Key, use: Filter["use"]): Steps<CertificateFields | undefined> {
  const purpose = use === "encryption" ? "decrypt" : signingPurpose(key);
  try {
    const { certificate } = (yield { method: "certificate", params: { purpose, key: key.id } }) as CertificateResult;
    return parseCertificate(fromBase64(certificate));
  } catch (e) {
    if (e instanceof XinzhangError && /^(key|cert)\.|^agent\.no_key_fits$/.test(e.code)) return undefined;
    throw e;
  }
}

/** chosen gives the one key that matches the filter, or the one the person picks of several. */
export function* chosen(filter: Filter, choose: Choose, lang: Lang): Steps<Candidate> {
  const fitting = (yield* listed(filter.use)).filter((c) => filter.matches(c.certificate));
  const index = fitting.length > 1 ? choose(fitting.map((c) => label(c.certificate))) : 0;
  const found = index === undefined ? undefined : fitting[index];
  if (!found) throw fail(lang, "szca.no_key_chosen", {});
  return found;
}

/** bySerial finds the key whose signing certificate has the serial number. */
export function* bySerial(serial: string, same: (a: string, b: string) => boolean, lang: Lang): Steps<Candidate> {
  const found = (yield* listed("signing")).find((c) => same(c.certificate.serial, serial));
  if (!found) throw fail(lang, "szca.no_key_chosen", {});
  return found;
}

/** base64 gives a certificate as pages take it: no header, one line. */
export const base64 = (c: CertificateFields): string => toBase64(c.der);

function label(c: CertificateFields): string {
  return `${attribute(c.subject, "CN")}　${attribute(c.subject, "O")}　${c.serial.slice(-4)}　→ ${beijing(c.notAfter).slice(0, 10)}`;
}
