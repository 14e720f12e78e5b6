import { toBase64 } from "./bytes";
import { attribute, beijing, dn } from "./certificate";
import type { CertificateFields } from "./certificate";
import { numberedInfo } from "./szca-info";

/**
 * The two numberings of SOF_GetCertInfo. They contradict one another (33 is the
 * subject's name in one and 0x21, the issuer's common name, in the other), so the
 * page must say which one it was written for.
 */
export type Dialect = "gmt0006" | "bjca";

/** certificateField gives a field by its number in dialect, "" for a number without one. */
export function certificateField(c: CertificateFields, type: number, dialect: Dialect): string {
  return dialect === "bjca" ? bjca(c, type) : gmt0006(c, type);
}

function gmt0006(c: CertificateFields, type: number): string {
  const der = (oid: string) => toBase64(c.extensions.get(oid) ?? new Uint8Array());
  switch (type) {
    case 0x08:
      return toBase64(c.publicKey);
    case 0x11:
      return der("2.5.29.35");
    case 0x12:
      return der("2.5.29.14");
    case 0x13:
      return der("2.5.29.15");
    case 0x15:
      return der("2.5.29.32");
    case 0x17:
      return der("2.5.29.19");
    case 0x19:
      return der("2.5.29.37");
    case 0x1a:
      return der("2.5.29.31");
    default:
      return numberedInfo(c, type);
  }
}

const NAME = ["C", "O", "OU", "ST", "CN", "L", "E"];

function bjca(c: CertificateFields, type: number): string {
  if (type >= 4 && type <= 10) return attribute(c.issuer, NAME[type - 4] ?? "");
  if (type >= 13 && type <= 19) return attribute(c.subject, NAME[type - 13] ?? "");
  switch (type) {
    case 1:
      return `V${c.version}`;
    case 2:
      return c.serial;
    case 11:
      return compact(c.notBefore);
    case 12:
      return compact(c.notAfter);
    case 20:
      return toBase64(c.publicKey);
    case 33:
      return dn(c.subject);
    case 34:
      return dn(c.issuer);
    default:
      return "";
  }
}

/** compact is YYYYMMDDHHMMSS. */
const compact = (t: Date): string => beijing(t).replace(/[-: ]/g, "");
