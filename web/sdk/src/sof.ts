/**
 * The SOF_* functions of GM/T 0020 as promises over the agent, for pages written
 * for other certificate middleware.
 *
 *     import { SOF } from "@xinzhang/sdk/sof";
 *     const sof = new SOF();
 *     const signature = await sof.SOF_SignData(certID, text);
 *
 * As in the standard a function gives "" or false when it fails, and
 * SOF_GetLastError says why as an SOR code; lastError holds the whole error.
 * No function takes a PIN: the agent asks for it in its own window.
 */
import { fromBase64, newOperation, toBase64, utf8 } from "./bytes";
import { extensionText, parseCertificate } from "./certificate";
import { Client } from "./client";
import { XinzhangError } from "./errors";
import { parseMessage } from "./message";
import { certificateField } from "./sof-info";
import type { Dialect } from "./sof-info";
import { SOR, sorOf } from "./sor";
import { signingPurpose } from "./szca-keys";
import { VERSION } from "./transport";
import type { CertificateResult, Format, Key, Signature } from "./types";

export { SOR } from "./sor";
export type { Dialect } from "./sof-info";

const SM3_SM2 = 0x00020201;
const SM4_CBC = 0x00000402;

/** Functions of the standard that make no sense from a page, or that the page API cannot answer. */
const ABSENT = [
  "SOF_ChangePassWd",
  "SOF_GetPinRetryCount",
  "SOF_ValidateCert",
  "SOF_SignFile",
  "SOF_VerifySignedFile",
  "SOF_EncryptFile",
  "SOF_DecryptFile",
  "SOF_PubKeyEncrypt",
  "SOF_PriKeyDecrypt",
  "SOF_SignDataXML",
  "SOF_VerifySignedDataXML",
  "SOF_GetXMLSignatureInfo",
] as const;

export class SOF {
  /** The error behind the last SOR code. */
  lastError: XinzhangError | undefined;
  private last: number = SOR.OK;
  private loggedIn = new Set<string>();

  constructor(
    private readonly client: Client = new Client(),
    /** Which numbers SOF_GetCertInfo takes: those of GM/T 0006, or those of BJCA's XTX. */
    private readonly dialect: Dialect = "gmt0006",
  ) {}

  async SOF_GetVersion(): Promise<string> {
    return VERSION;
  }

  async SOF_GetLastError(): Promise<number> {
    return this.last;
  }

  async SOF_SetSignMethod(method: number): Promise<boolean> {
    return this.supports(method === SM3_SM2);
  }

  async SOF_GetSignMethod(): Promise<number> {
    return SM3_SM2;
  }

  async SOF_SetEncryptMethod(method: number): Promise<boolean> {
    return this.supports(method === SM4_CBC);
  }

  async SOF_GetEncryptMethod(): Promise<number> {
    return SM4_CBC;
  }

  /** 0: supported, 1: not. */
  async SOF_CheckSupport(name: string): Promise<number> {
    return name in SOF.prototype && !ABSENT.some((n) => n === name) ? 0 : 1;
  }

  /** name||certID&&&name||certID&&& with the trailing separator. */
  SOF_GetUserList(): Promise<string> {
    return this.guard("", async () => (await this.keys()).map((k) => `${k.holder}||${k.id}&&&`).join(""));
  }

  /** The signing certificate, base64 DER. */
  SOF_ExportUserCert(certID: string): Promise<string> {
    return this.guard("", async () => (await this.certificate(await this.key(certID), "signing")).certificate);
  }

  /** The encryption certificate, base64 DER. */
  SOF_ExportExChangeUserCert(certID: string): Promise<string> {
    return this.guard("", async () => (await this.certificate(await this.key(certID), "encryption")).certificate);
  }

  /**
   * The person confirms in the agent's window and enters the PIN there. A second
   * argument, the PIN in other middleware, is never read. An organisation's key
   * cannot log in; it is only looked for, and the PIN is asked when it seals.
   * A true answer proves nothing to a server: use Client.login for that.
   */
  SOF_Login(certID: string): Promise<boolean> {
    return this.guard(false, async () => {
      const key = await this.key(certID);
      const nonce = toBase64(crypto.getRandomValues(new Uint8Array(32)));
      if (key.kind !== "organisation") await this.client.login({ nonce, key: key.id });
      this.loggedIn.add(certID);
      return true;
    });
  }

  async SOF_IsLogin(certID: string): Promise<boolean> {
    return this.loggedIn.has(certID);
  }

  async SOF_Logout(certID: string): Promise<boolean> {
    return this.loggedIn.delete(certID);
  }

  SOF_GetCertInfo(certificate: string, type: number): Promise<string> {
    return this.guard("", async () => certificateField(parseCertificate(fromBase64(certificate)), type, this.dialect));
  }

  SOF_GetCertInfoByOid(certificate: string, oid: string): Promise<string> {
    return this.guard("", async () => extensionText(parseCertificate(fromBase64(certificate)), oid));
  }

  /** SM2Signature (DER) over the UTF-8 bytes of data, base64. */
  SOF_SignData(certID: string, data: string): Promise<string> {
    return this.guard("", async () => (await this.sign(certID, data, "raw")).value);
  }

  SOF_VerifySignedData(certificate: string, data: string, signature: string): Promise<boolean> {
    return this.guard(false, async () => (await this.client.verify({ message: signature, content: utf8(data), certificate })).valid);
  }

  /** flag 0: content inside, 1: left out. */
  SOF_SignMessage(flag: number, certID: string, data: string): Promise<string> {
    return this.guard("", async () => (await this.sign(certID, data, flag === 1 ? "cms-detached" : "cms")).value);
  }

  SOF_VerifySignedMessage(message: string, data?: string): Promise<boolean> {
    return this.guard(false, async () => (await this.client.verify({ message, ...(data !== undefined && { content: utf8(data) }) })).valid);
  }

  /** type 1: the text, 2: the certificate, 3: the signature value. */
  SOF_GetInfoFromSignedMessage(message: string, type: number): Promise<string> {
    return this.guard("", async () => {
      const parts = parseMessage(fromBase64(message));
      if (type === 1) return new TextDecoder().decode(parts.content ?? new Uint8Array());
      return toBase64((type === 2 ? parts.certificate : parts.signature) ?? new Uint8Array());
    });
  }

  SOF_SignDataByP7(certID: string, data: string): Promise<string> {
    return this.SOF_SignMessage(0, certID, data);
  }

  SOF_VerifySignedDataByP7(message: string): Promise<boolean> {
    return this.SOF_VerifySignedMessage(message);
  }

  SOF_GetP7SignDataInfo(message: string, type: number): Promise<string> {
    return this.SOF_GetInfoFromSignedMessage(message, type);
  }

  /** The meaning of GM/T 0020: an envelope for the holder of an encryption certificate. */
  SOF_EncryptData(certificate: string, data: string): Promise<string> {
    return this.guard("", async () => {
      const params = { recipients: [certificate], content: toBase64(utf8(data)) };
      return ((await this.client.raw("envelope", params)) as { envelope: string }).envelope;
    });
  }

  SOF_DecryptData(certID: string, envelope: string): Promise<string> {
    return this.guard("", async () => new TextDecoder().decode(fromBase64(await this.client.decrypt({ envelope, key: certID }))));
  }

  /** n random bytes, base64. Never draw a login nonce here: the server must. */
  SOF_GenRandom(n: number): Promise<string> {
    return this.guard("", async () => toBase64(crypto.getRandomValues(new Uint8Array(n))));
  }

  private async sign(certID: string, data: string, format: Format): Promise<Signature> {
    const key = await this.key(certID);
    const purpose = signingPurpose(key);
    const document = { title: data.slice(0, 200) || "（空）", type: "text", data: toBase64(utf8(data)) };
    const params = { operation: newOperation(), action: purpose === "seal" ? "签章" : "签名", purpose, key: key.id, document, format };
    return (await this.client.raw("sign", params)) as Signature;
  }

  private keys(): Promise<readonly Key[]> {
    return this.client.keys({ purpose: "sign" });
  }

  private async key(certID: string): Promise<Key> {
    const found = (await this.keys()).find((k) => k.id === certID);
    if (!found) throw new XinzhangError("key.not_plugged_in", {}, {}, "zh");
    return found;
  }

  private certificate(key: Key, use: "signing" | "encryption"): Promise<CertificateResult> {
    return this.client.certificate({ purpose: use === "signing" ? signingPurpose(key) : "decrypt", key: key.id });
  }

  private supports(yes: boolean): boolean {
    this.last = yes ? SOR.OK : SOR.NotSupported;
    return yes;
  }

  private async guard<T>(failed: T, do_: () => Promise<T>): Promise<T> {
    this.last = SOR.OK;
    this.lastError = undefined;
    try {
      return await do_();
    } catch (e) {
      this.lastError = e instanceof XinzhangError ? e : undefined;
      this.last = sorOf(e);
      return failed;
    }
  }
}

/** absent answers the functions that a page cannot have: false, SOR_NotSupportYetErr. */
for (const name of ABSENT) {
  Object.defineProperty(SOF.prototype, name, {
    value: async function (this: SOF): Promise<boolean> {
      return this["supports"](false);
    },
  });
}
