import { attribute, dn, extensionText } from "./certificate";
import type { CertificateFields } from "./certificate";

/** A filter of the SZCA control: usage;issuer;name;serial;extensions. */
export interface Filter {
  readonly use: "signing" | "encryption";
  readonly matches: (c: CertificateFields) => boolean;
}

const SUBJECT_TYPE = "1.2.86.11.7.7550201";

/**
 * parseFilter reads a filter string. "#", an empty and an absent field take
 * anything, case never counts. The issuer is a part of the issuer's name ("SZCA"
 * finds "SZCA SM2 CA"); extensions are oid:A|B, joined by "," which all must hold.
 */
export function parseFilter(text: string): Filter {
  const [usage = "", issuer = "#", name = "#", serial = "#", extensions = "#"] = text.split(";").map((s) => s.trim());
  const rules: ((c: CertificateFields) => boolean)[] = [];
  if (!any(issuer)) rules.push((c) => lower(dn(c.issuer)).includes(lower(issuer)));
  if (!any(name)) rules.push((c) => lower(attribute(c.subject, "CN")) === lower(name));
  if (!any(serial)) rules.push((c) => bareSerial(c.serial) === bareSerial(serial));
  for (const rule of any(extensions) ? [] : extensions.split(",")) rules.push(extensionRule(rule));
  return { use: lower(usage) === "ec" ? "encryption" : "signing", matches: (c) => rules.every((r) => r(c)) };
}

/** sameSerial compares serial numbers as pages write them: any case, leading zeros or none. */
export function sameSerial(a: string, b: string): boolean {
  return bareSerial(a) === bareSerial(b);
}

/**
 * extensionRule: pages ask the subject type for "i", which must find both
 * Organizational and Business; so there a part of the value is enough.
 */
function extensionRule(rule: string): (c: CertificateFields) => boolean {
  const at = rule.indexOf(":");
  const oid = rule.slice(0, at).trim();
  const wanted = rule.slice(at + 1).split("|").map(lower);
  return (c) => {
    const value = lower(extensionText(c, oid));
    return wanted.some((w) => (oid === SUBJECT_TYPE ? value.includes(w) : value === w));
  };
}

const any = (s: string) => s === "" || s === "#";
const lower = (s: string) => s.trim().toLowerCase();
const bareSerial = (s: string) => lower(s).replace(/^0+/, "");
