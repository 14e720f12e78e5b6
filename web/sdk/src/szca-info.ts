import { attribute, beijing, dn } from "./certificate";
import type { CertificateFields } from "./certificate";

/** certificateInfo answers AxGetCertInfo: the words VER, SN, DN, TIMEB, TIMEE, ISSUER; "" for others. */
export function certificateInfo(c: CertificateFields, key: string): string {
  switch (key.toUpperCase()) {
    case "VER":
      return String(c.version);
    case "SN":
      return c.serial;
    case "DN":
      return dn(c.subject);
    case "TIMEB":
      return beijing(c.notBefore);
    case "TIMEE":
      return beijing(c.notAfter);
    case "ISSUER":
      return dn(c.issuer);
    default:
      return "";
  }
}

/** numberedInfo answers by the numbers SGD_CERT_* of GM/T 0006; "" for those a page has no use for. */
export function numberedInfo(c: CertificateFields, number: number): string {
  switch (number) {
    case 0x01:
      return String(c.version);
    case 0x02:
      return c.serial;
    case 0x05:
      return dn(c.issuer);
    case 0x06:
      return `${beijing(c.notBefore)}-${beijing(c.notAfter)}`;
    case 0x07:
      return dn(c.subject);
    case 0x21:
      return attribute(c.issuer, "CN");
    case 0x22:
      return attribute(c.issuer, "O");
    case 0x23:
      return attribute(c.issuer, "OU");
    case 0x31:
      return attribute(c.subject, "CN");
    case 0x32:
      return attribute(c.subject, "O");
    case 0x33:
      return attribute(c.subject, "OU");
    case 0x34:
      return attribute(c.subject, "E");
    case 0x35:
      return beijing(c.notBefore);
    case 0x36:
      return beijing(c.notAfter);
    default:
      return "";
  }
}

/** listLine is one entry of AxGetCertList: CN#SN#issuer CN; with the trailing semicolon. */
export function listLine(c: CertificateFields): string {
  return `${attribute(c.subject, "CN")}#${c.serial}#${attribute(c.issuer, "CN")};`;
}

