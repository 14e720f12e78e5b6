import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Client } from "../src/client";
import { tlv } from "../src/der";
import { XinzhangError } from "../src/errors";
import { encodeGBK } from "../src/gbk";
import { SOF, SOR } from "../src/sof";
import { Control } from "../src/szca-control";
import { Face, names } from "../src/szca-page";
import { runLater } from "../src/szca-steps";
import { asking, codeOf, fake, mutations, ukeys } from "./helpers";

const base64 = (b: Uint8Array) => Buffer.from(b).toString("base64");

/** revocationList has the parts of a real one, and a signature of no worth: the control does not ask for it. */
function revocationList(next: string, serials: string[]): Uint8Array {
  const time = (s: string) => tlv(0x18, new TextEncoder().encode(s));
  const algorithm = tlv(0x30, tlv(0x06, Uint8Array.from([0x2a, 0x81, 0x1c])));
  const entries = serials.map((s) => tlv(0x30, tlv(0x02, new Uint8Array(Buffer.from(s, "hex"))), time("20250101000000Z")));
  const tbs = tlv(0x30, tlv(0x02, Uint8Array.of(1)), algorithm, tlv(0x30), time("20240101000000Z"), time(next), ...(entries.length > 0 ? [tlv(0x30, ...entries)] : []));
  return tlv(0x30, tbs, algorithm, tlv(0x03, Uint8Array.of(0, 1, 2, 3)));
}

describe("the SZCA control", () => {
  test("choosing none of several is a refusal", async () => {
    const control = new Control("zh", () => undefined);
    expect(await codeOf(runLater(control.AxSetKeyStore(), asking(fake())))).toBe("szca.no_key_chosen");
  });

  test("signing before choosing is a refusal", async () => {
    expect(await codeOf(runLater(new Control("zh", () => 0).AxSign("x"), asking(fake())))).toBe("szca.no_key_chosen");
  });

  test("an organisation's key seals, a person's signs", async () => {
    for (const [choice, purpose] of [[0, "sign"], [1, "seal"]] as const) {
      const agent = fake();
      const control = new Control("zh", () => choice);
      await runLater(control.AxSetKeyStore(), asking(agent));
      await runLater(control.AxSign("x"), asking(agent));
      expect(agent.calls.at(-1).params.purpose).toBe(purpose);
    }
  });

  test("verifying makes the signer the current certificate, and a changed message fails", async () => {
    const agent = fake();
    const signer = new Control("zh", () => 1);
    await runLater(signer.AxSetKeyStore(), asking(agent));
    const message = await runLater(signer.AxSign("同意"), asking(agent));
    const reader = new Control("zh", () => 0);
    expect(await runLater(reader.AxVerify(message), asking(agent))).toBe("同意");
    expect(await runLater(reader.AxGetCertInfo("SN"), asking(agent))).toBe(await runLater(signer.AxGetCertInfo("SN"), asking(agent)));
    const changed = Buffer.from(message, "base64");
    changed[changed.indexOf(Buffer.from([0xcd, 0xac]))] ^= 1;
    expect(await codeOf(runLater(reader.AxVerify(changed.toString("base64")), asking(agent)))).toBe("szca.signature_invalid");
  });

  test("AxGetHash is SM3 of the GBK text, at every length of the last block", () => {
    const control = new Control("zh", () => 0);
    for (const text of ["", "审核同意。", ..."x".repeat(130)].map((t, i) => (i < 2 ? t : "审".repeat(i)))) {
      const got = control.AxGetHash(text).next().value;
      expect(got).toBe(createHash("sm3").update(encodeGBK(text, "zh")).digest("hex"));
    }
  });

  test("AxCheckByCrlEx: listed, not listed, too old, no list, no number", () => {
    const control = new Control("zh", () => 0);
    const check = (serial: string, list: Uint8Array) => control.AxCheckByCrlEx(serial, base64(list)).next().value;
    const fresh = revocationList("20991231000000Z", ["01a2", "00f3"]);
    expect(["1A2", "01a2", "f3", "01a3", "f30"].map((s) => check(s, fresh))).toEqual([false, false, false, true, true]);
    expect(check("01", revocationList("20991231000000Z", []))).toBe(true);
    const old = revocationList("20200101000000Z", ["01a2"]);
    expect(check("01a2", old)).toBe(false);
    expect(() => check("01a3", old)).toThrow(expect.objectContaining({ code: "szca.list_stale" }));
    expect(() => check("", fresh)).toThrow(RangeError);
    for (const broken of mutations(fresh, 400)) {
      let said: unknown = "thrown";
      try {
        said = check("01a2", broken);
      } catch (e) {
        expect(e instanceof RangeError || e instanceof XinzhangError || e instanceof SyntaxError).toBe(true);
      }
      // A changed list may name other numbers; one that is cut must not clear anybody.
      if (broken.length < fresh.length) expect(said).not.toBe(true);
    }
  });

  test("a PIN of the page goes nowhere", async () => {
    const agent = fake();
    const control = new Control("zh", () => 0);
    const pin = (control.AxSetPin as (pin: string) => ReturnType<Control["AxSetPin"]>).call(control, "87654321");
    await runLater(pin, asking(agent));
    await runLater(control.AxSetKeyStore(), asking(agent));
    await runLater(control.AxSign("x"), asking(agent));
    expect(JSON.stringify(agent.calls)).not.toContain("87654321");
  });

  test("an old page sees \"\" or false and a code, and never an exception", () => {
    const face = new Face("zh", new Control("zh", () => 0), () => {
      throw new TypeError("odd");
    });
    for (const name of new Set(names().values())) {
      if (name.startsWith("AxGetError") || name === "AxGetHash") continue; // these need no agent
      const got = face.run(name, []);
      expect(["", false, 0, undefined, 1].includes(got as string), `${name} gave ${String(got)}`).toBe(true);
      expect(face.run("AxGetErrorCode", [])).not.toBe("0");
    }
    expect(face.run("AxSetKeyStore", [])).toBe(false);
    expect(face.run("AxGetErrorCode", [])).toBe("call.wrong");
    face.run("AxInit", []);
    expect(face.run("AxGetErrorCode", [])).toBe("");
  });

  test("names are found in other cases", () => {
    for (const name of ["AxSign", "Axinit", "axsign", "AXSIGN", "AxsetKeyStore"]) expect(names().has(name), name).toBe(true);
  });
});

describe("SOF", () => {
  const person = ukeys[0]!;
  const sof = (agent = fake()) => {
    const client = new Client({ lang: "zh" });
    const ask = asking(agent);
    client.raw = (method, params) => ask({ method, params });
    // @ts-expect-error the way to the agent is replaced
    client.run = (method: string, params: object) => ask({ method, params });
    return new SOF(client);
  };

  test("the user list has the old form", async () => {
    expect(await sof().SOF_GetUserList()).toMatch(/^(.+\|\|[0-9a-f]{64}&&&){2}$/);
  });

  test("sign and verify, raw and message", async () => {
    const s = sof();
    const certificate = await s.SOF_ExportUserCert(person.id);
    expect(certificate).toBe(base64(person.signing.certificate));
    const value = await s.SOF_SignData(person.id, "随机数");
    expect(await s.SOF_VerifySignedData(certificate, "随机数", value)).toBe(true);
    expect(await s.SOF_VerifySignedData(certificate, "别的", value)).toBe(false);
    const attached = await s.SOF_SignMessage(0, person.id, "意见");
    expect(await s.SOF_VerifySignedMessage(attached)).toBe(true);
    expect(await s.SOF_GetInfoFromSignedMessage(attached, 1)).toBe("意见");
    expect(await s.SOF_GetInfoFromSignedMessage(attached, 2)).toBe(certificate);
    const detached = await s.SOF_SignMessage(1, person.id, "意见");
    expect(await s.SOF_VerifySignedMessage(detached, "意见")).toBe(true);
    expect(await s.SOF_VerifySignedMessage(detached, "改过")).toBe(false);
  });

  test("an envelope opens for its recipient only", async () => {
    const s = sof();
    const envelope = await s.SOF_EncryptData(await s.SOF_ExportExChangeUserCert(person.id), "秘密");
    expect(await s.SOF_DecryptData(person.id, envelope)).toBe("秘密");
    expect(await s.SOF_DecryptData(ukeys[1]!.id, envelope)).toBe("");
    expect(await s.SOF_GetLastError()).toBe(SOR.Decrypt);
  });

  test("logging in sends no PIN, and a refusal is false", async () => {
    const agent = fake({ answers: ["refuse"] });
    const s = sof(agent);
    const login = s.SOF_Login as (id: string, pin: string) => Promise<boolean>;
    expect(await login.call(s, person.id, "87654321")).toBe(false);
    expect(await s.SOF_IsLogin(person.id)).toBe(false);
    expect(await login.call(s, person.id, "87654321")).toBe(true);
    expect(JSON.stringify(agent.calls)).not.toContain("87654321");
  });

  test("what a page cannot have answers SOR_NotSupportYetErr", async () => {
    const s = sof() as SOF & { SOF_ChangePassWd(): Promise<boolean> };
    expect(await s.SOF_ChangePassWd()).toBe(false);
    expect(await s.SOF_GetLastError()).toBe(SOR.NotSupported);
    expect([await s.SOF_CheckSupport("SOF_SignData"), await s.SOF_CheckSupport("SOF_ValidateCert"), await s.SOF_CheckSupport("SOF_None")]).toEqual([0, 1, 1]);
    expect(await s.SOF_SetSignMethod(0x00010002)).toBe(false);
  });

  test("bad input is an SOR code", async () => {
    const s = sof();
    expect(await s.SOF_GetCertInfo("AAAA", 1)).toBe("");
    expect(await s.SOF_GetLastError()).toBe(SOR.Input);
    expect(await s.SOF_SignData("0".repeat(64), "x")).toBe("");
    expect(await s.SOF_GetLastError()).toBe(SOR.CertNotFound);
  });
});
