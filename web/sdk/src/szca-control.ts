import { fromBase64, hex, newOperation, toBase64, utf8 } from "./bytes";
import { beijing, extensionText, parseCertificate } from "./certificate";
import type { CertificateFields } from "./certificate";
import { parseCRL } from "./crl";
import { fail } from "./errors";
import type { Lang } from "./errors";
import { decodeGBK, encodeGBK } from "./gbk";
import { detach, parseMessage } from "./message";
import { sm3 } from "./sm3";
import { parseFilter, sameSerial } from "./szca-filter";
import { certificateInfo, listLine, numberedInfo } from "./szca-info";
import { base64, bySerial, certificateOf, chosen, listed, signingPurpose } from "./szca-keys";
import type { Candidate, Choose } from "./szca-keys";
import type { Steps } from "./szca-steps";
import type { VerifyResult } from "./types";

/**
 * A Control is the state of one page and the functions of the SZCA control over
 * it (first generation, as business pages call it). Functions throw; what an old
 * page sees of that is the business of szca-page.ts.
 *
 * Text is signed as GBK, signatures have the form "szca" of the agent: content
 * inside, no signed attributes, the signer's certificate only.
 */
export class Control {
  private filter = parseFilter("");
  private key: Candidate | undefined;
  private current: CertificateFields | undefined;
  private recipients: CertificateFields[] = [];
  private detached = false;

  constructor(
    private readonly lang: Lang,
    private readonly choose: Choose,
  ) {}

  // --- state

  *AxInit(): Steps<void> {
    this.filter = parseFilter("");
    this.key = this.current = undefined;
    this.recipients = [];
    this.detached = false;
  }

  *AxInitAll(): Steps<void> {
    yield* this.AxInit();
  }

  *AxSetCertFilterStr(filter: unknown): Steps<void> {
    this.filter = parseFilter(String(filter ?? ""));
  }

  *AxSetCertFilterStrP1(filter: unknown): Steps<void> {
    yield* this.AxSetCertFilterStr(filter);
  }

  *AxSetDetach(detached: unknown): Steps<void> {
    this.detached = Boolean(detached);
  }

  /** A PIN that comes from a page is dropped unread: the agent asks for it in its own window. */
  *AxSetPin(): Steps<void> {}

  *AxSetAlgorithm(algorithm: unknown): Steps<number> {
    if (Number(algorithm) !== 1) throw fail(this.lang, "szca.unsupported", { function: "AxSetAlgorithm(RSA)" });
    return 1;
  }

  // --- choosing keys and certificates

  *AxSetKeyStore(): Steps<boolean> {
    this.key = undefined;
    this.key = yield* chosen(this.filter, this.choose, this.lang);
    this.current = this.key.certificate;
    return true;
  }

  *AxSetKeyEx(certificate: unknown): Steps<boolean> {
    const wanted = parseCertificate(fromBase64(String(certificate)));
    this.key = yield* bySerial(wanted.serial, sameSerial, this.lang);
    this.current = this.key.certificate;
    return true;
  }

  *AxSetCertStore(): Steps<boolean> {
    const { certificate } = yield* chosen({ ...this.filter, use: "encryption" }, this.choose, this.lang);
    this.recipients.push(certificate);
    this.current = certificate;
    return true;
  }

  *AxSetCertEx(certificate: unknown): Steps<boolean> {
    this.current = parseCertificate(fromBase64(String(certificate)));
    this.recipients = [this.current];
    return true;
  }

  *AxIfKeyExist(): Steps<boolean> {
    return (yield* listed("signing")).length > 0;
  }

  *AxGetUsbKeyTypeEx(): Steps<string> {
    return (yield* listed("signing"))[0]?.key.device.name ?? "";
  }

  /** 2 is SM2; there are no RSA keys. */
  *AxGetKeyCertAlg(): Steps<number> {
    return (yield* this.AxIfKeyExist()) ? 2 : 0;
  }

  // --- signing

  *AxSign(text: unknown): Steps<string> {
    return yield* this.signature(this.chosenKey(), encodeGBK(String(text), this.lang), String(text), this.detached ? "detached" : "szca");
  }

  *AxSignMessage(text: unknown, detached: unknown): Steps<string> {
    return yield* this.signature(this.chosenKey(), encodeGBK(String(text), this.lang), String(text), detached ? "detached" : "szca");
  }

  *AxSignBySn(serial: unknown, text: unknown): Steps<string> {
    const key = yield* bySerial(String(serial), sameSerial, this.lang);
    this.current = key.certificate;
    return yield* this.signature(key, encodeGBK(String(text), this.lang), String(text), "szca");
  }

  *AxSignP1(text: unknown): Steps<string> {
    return yield* this.signature(this.chosenKey(), utf8(String(text)), String(text), "raw");
  }

  private *signature(key: Candidate, data: Uint8Array, text: string, form: "szca" | "detached" | "raw"): Steps<string> {
    const params = {
      operation: newOperation(),
      action: "签名",
      purpose: signingPurpose(key.key),
      key: key.key.id,
      // The person reads the text itself: the page names no document.
      document: { title: text.slice(0, 200) || "（空）", type: "text", data: toBase64(data) },
      format: form === "raw" ? "raw" : "szca",
    };
    const { value } = (yield { method: "sign", params }) as { value: string };
    return form === "detached" ? toBase64(detach(fromBase64(value))) : value;
  }

  // --- verifying

  *AxVerify(message: unknown): Steps<string> {
    const found = (yield { method: "verify", params: { message: String(message).replace(/\s+/g, "") } }) as VerifyResult;
    if (!found.valid || found.content === undefined) throw fail(this.lang, "szca.signature_invalid", {});
    if (found.certificate) this.current = parseCertificate(fromBase64(found.certificate));
    return decodeGBK(fromBase64(found.content));
  }

  /** 1 the text, 2 the certificate, 3 the signature value. */
  *AxParseSignedData(message: unknown, what: unknown): Steps<string> {
    const parts = parseMessage(fromBase64(String(message)));
    if (Number(what) === 1) return decodeGBK(parts.content ?? new Uint8Array());
    return toBase64((Number(what) === 2 ? parts.certificate : parts.signature) ?? new Uint8Array());
  }

  /** The serial numbers of all who signed a message; without one, of the current certificate. */
  *AxGetSnList(message?: unknown): Steps<string> {
    const serials = message === undefined ? [this.current?.serial ?? []].flat() : parseMessage(fromBase64(String(message))).serials;
    return serials.map((s) => `${s};`).join("");
  }

  /**
   * SM3 of the text as it is signed, in lower-case hex. Which hash the old control
   * had is not known; pages compare its answers with one another.
   */
  *AxGetHash(text: unknown): Steps<string> {
    return hex(sm3(encodeGBK(String(text), this.lang)));
  }

  /**
   * Whether a list that the page has from its server does not name the serial
   * number. Who signed the list is not asked, as the function is given no issuer; a
   * list that another one should have followed says nothing.
   */
  *AxCheckByCrlEx(serial: unknown, list: unknown): Steps<boolean> {
    const { nextUpdate, revoked } = parseCRL(fromBase64(String(list)));
    if (!/^[0-9a-f]+$/i.test(String(serial).trim())) throw new RangeError("serial number");
    if (revoked.some((r) => sameSerial(r, String(serial)))) return false;
    if (nextUpdate && nextUpdate.getTime() < Date.now()) throw fail(this.lang, "szca.list_stale", { until: beijing(nextUpdate) });
    return true;
  }

  /** Whether certificate is issued by root: names and signature, nothing more. */
  *AxCheckByRootEx(certificate: unknown, root: unknown): Steps<boolean> {
    const c = parseCertificate(fromBase64(String(certificate)));
    const params = { message: toBase64(c.signature), content: toBase64(c.tbs), certificate: String(root).replace(/\s+/g, "") };
    return ((yield { method: "verify", params }) as VerifyResult).valid;
  }

  // --- reading certificates

  *AxGetCertData(): Steps<string> {
    return base64(this.chosenKey().certificate);
  }

  *AxGetCertDataP1(): Steps<string> {
    return base64(this.chosenKey().certificate);
  }

  *AxGetCertInfo(key: unknown): Steps<string> {
    return certificateInfo(this.currentCertificate(), String(key));
  }

  *AxGetCertInfoBySn(serial: unknown, key: unknown): Steps<string> {
    const c = this.current && sameSerial(this.current.serial, String(serial)) ? this.current : (yield* bySerial(String(serial), sameSerial, this.lang)).certificate;
    return certificateInfo(c, String(key));
  }

  *AxGetCertExt(oid: unknown): Steps<string> {
    return extensionText(this.currentCertificate(), String(oid));
  }

  *AxGetB64CertInfo(certificate: unknown, number: unknown): Steps<string> {
    return numberedInfo(parseCertificate(fromBase64(String(certificate))), Number(number));
  }

  *AxGetCertInfoByOid(certificate: unknown, oid: unknown): Steps<string> {
    return extensionText(parseCertificate(fromBase64(String(certificate))), String(oid));
  }

  *AxGetCertList(): Steps<string> {
    return (yield* listed("signing")).map((c) => listLine(c.certificate)).join("");
  }

  *AxGetEncCertBySignSN(serial: unknown): Steps<string> {
    const { key } = yield* bySerial(String(serial), sameSerial, this.lang);
    const found = yield* certificateOf(key, "encryption");
    return found ? base64(found) : "";
  }

  // --- envelopes

  *AxEnvelop(text: unknown): Steps<string> {
    if (this.recipients.length === 0) throw fail(this.lang, "szca.no_key_chosen", {});
    const params = { recipients: this.recipients.map(base64), content: toBase64(encodeGBK(String(text), this.lang)) };
    return ((yield { method: "envelope", params }) as { envelope: string }).envelope;
  }

  *AxEnvelop2InitEx(): Steps<void> {
    this.recipients = [];
  }

  *AxEnvelop2Final(text: unknown): Steps<string> {
    return yield* this.AxEnvelop(text);
  }

  *AxDecode(envelope: unknown): Steps<string> {
    const params = { operation: newOperation(), envelope: String(envelope).replace(/\s+/g, ""), ...(this.key && { key: this.key.key.id }) };
    const { plaintext } = (yield { method: "decrypt", params }) as { plaintext: string };
    return decodeGBK(fromBase64(plaintext));
  }

  private chosenKey(): Candidate {
    if (!this.key) throw fail(this.lang, "szca.no_key_chosen", {});
    return this.key;
  }

  private currentCertificate(): CertificateFields {
    if (!this.current) throw fail(this.lang, "szca.no_key_chosen", {});
    return this.current;
  }
}
