import { describe, expect, test } from "vitest";
import { fromBase64, newOperation, packed, toBase64, unpacked, utf8 } from "../src/bytes";
import { words } from "../src/codes.gen";
import { wireDocument } from "../src/document";
import { fail, fromProblem } from "../src/errors";
import { decodeGBK, encodeGBK } from "../src/gbk";
import { nearby } from "../src/gate";
import { codeOf } from "./helpers";

describe("errors", () => {
  test("the SDK's own codes are worded in both languages", () => {
    const e = fail("zh", "agent.too_old", { method: "batch", version: "0.9" });
    expect([e.title, e.cause, e.next].every((s) => s.length > 0)).toBe(true);
    expect(e.title).toContain("0.9");
    expect(e.text("en").title).toBe("the certificate tool 0.9 does not know batch");
    for (const w of Object.values(words)) expect([...w.zh, ...w.en].every((s) => s.length > 0)).toBe(true);
  });

  test("a problem of the agent keeps the agent's words", () => {
    const e = fromProblem("zh", { code: "pin.incorrect", title: "PIN 不正确", detail: "还可以试 4 次", next: "重新输入", args: { left: 4 } });
    expect([e.code, e.title, e.cause, e.next, e.args["left"]]).toEqual(["pin.incorrect", "PIN 不正确", "还可以试 4 次", "重新输入", 4]);
    expect(e.text("en").title).toBe("PIN 不正确");
  });
});

describe("bytes", () => {
  test("base64 takes more bytes than a call takes arguments", () => {
    const bytes = new Uint8Array(300_000).map((_, i) => i);
    expect(Buffer.compare(fromBase64(toBase64(bytes)), bytes)).toBe(0);
  });

  test("packed is fit for a fragment and comes back", () => {
    const value = { state: "x", text: "同意？>>>~~~" };
    expect(packed(value)).toMatch(/^[\w-]+$/);
    expect(unpacked(packed(value))).toEqual(value);
  });

  test("an operation id is of the agent's form and new each time", () => {
    const ids = new Set(Array.from({ length: 100 }, newOperation));
    expect(ids.size).toBe(100);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{16,64}$/);
  });
});

describe("GBK", () => {
  test("the bytes the old control signs", () => {
    expect(toHex(encodeGBK("审核同意。", "zh"))).toBe("c9f3bacbcdacd2e2a1a3");
    expect(toHex(encodeGBK("A€", "zh"))).toBe("4180");
  });

  test("every character of the table comes back as itself", () => {
    const wrong: string[] = [];
    let n = 0;
    for (let c = 0x80; c < 0xffff; c++) {
      let bytes: Uint8Array;
      try {
        bytes = encodeGBK(String.fromCharCode(c), "zh");
      } catch {
        continue;
      }
      if (decodeGBK(bytes) !== String.fromCharCode(c)) wrong.push(c.toString(16));
      n++;
    }
    expect(wrong).toEqual([]);
    expect(n).toBeGreaterThan(21_886); // the characters of GBK/1 to GBK/5
  });

  test("what GBK lacks is refused by name", () => {
    for (const c of ["𬱖", "😀", "\ud800", "ê\u0301"]) {
      const refused = () => encodeGBK(`同意${c}`, "zh");
      expect(refused).toThrow(/text\.outside_gbk/);
    }
  });
});

describe("documents", () => {
  test("text is signed as UTF-8", () => {
    expect(wireDocument("zh", { title: "t", type: "text", text: "同意" })).toEqual({ title: "t", type: "text", data: toBase64(utf8("同意")) });
  });

  test("one content, not none and not two", async () => {
    const refused = async (d: object) => wireDocument("zh", { title: "t", type: "data", ...d });
    expect(await codeOf(refused({}))).toBe("call.wrong");
    expect(await codeOf(refused({ text: "a", digest: "b" }))).toBe("call.wrong");
  });
});

test("hosts that cannot be public are told from those that may be", () => {
  for (const host of ["localhost", "127.0.0.1", "10.2.3.4", "172.16.0.1", "192.168.1.9", "169.254.1.1", "[::1]", "[fd00::1]", "intranet", "pc.local"]) expect(nearby(host), host).toBe(true);
  for (const host of ["case.example.cn", "8.8.8.8", "172.32.0.1", "11.0.0.1", "[2001:db8::1]"]) expect(nearby(host), host).toBe(false);
});

const toHex = (b: Uint8Array) => Buffer.from(b).toString("hex");
