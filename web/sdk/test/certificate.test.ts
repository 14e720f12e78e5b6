import { describe, expect, test } from "vitest";
import { sign } from "../fake/messages.mjs";
import { serialHex } from "../fake/identity.mjs";
import { attribute, dn, extensionText, parseCertificate } from "../src/certificate";
import { detach, parseMessage } from "../src/message";
import { certificateField } from "../src/sof-info";
import { parseFilter, sameSerial } from "../src/szca-filter";
import { mutations, ukeys } from "./helpers";

const person = ukeys[0]!.signing.certificate as Uint8Array;
const organisation = ukeys[1]!.signing.certificate as Uint8Array;

describe("a certificate", () => {
  test("its fields", () => {
    const c = parseCertificate(person);
    expect(c.version).toBe(3);
    expect(c.serial).toBe(serialHex(person));
    expect(dn(c.subject)).toBe("CN=测试用户甲,OU=测试,O=测试部门,O=测试单位（不可信任）,L=测试市,ST=测试省,C=CN");
    expect(attribute(c.issuer, "CN")).toContain("SZCA");
    expect(extensionText(c, "1.2.86.11.7.7550207")).toBe("990000199001011239");
    expect(extensionText(c, "2.5.29.99")).toBe("");
    expect(c.notAfter.getTime() - c.notBefore.getTime()).toBeGreaterThan(360 * 24 * 3600 * 1000);
  });

  test("the two numberings of SOF_GetCertInfo", () => {
    const c = parseCertificate(person);
    expect(certificateField(c, 0x31, "gmt0006")).toBe("测试用户甲");
    expect(certificateField(c, 17, "bjca")).toBe("测试用户甲");
    expect(certificateField(c, 33, "bjca")).toBe(dn(c.subject));
    expect(certificateField(c, 33, "gmt0006")).toBe(attribute(c.issuer, "CN"));
    expect(certificateField(c, 12, "bjca")).toMatch(/^\d{14}$/);
    expect(certificateField(c, 99, "bjca")).toBe("");
  });

  test("changed bytes are read or refused as out of range, nothing else", () => {
    for (const bytes of mutations(person, 5000)) refusedOrRead(() => parseCertificate(bytes));
  });
});

describe("a message", () => {
  const content = Buffer.from("同意");
  const message = sign(ukeys[0]!.signing, content, "szca").value as Uint8Array;

  test("its parts", () => {
    const parts = parseMessage(message);
    expect(Buffer.from(parts.content!)).toEqual(content);
    expect(Buffer.from(parts.certificate!)).toEqual(person);
    expect(parts.signature[0]).toBe(0x30);
  });

  test("detaching takes the content only", () => {
    const bare = parseMessage(detach(message));
    expect(bare.content).toBeUndefined();
    expect(Buffer.compare(bare.signature, parseMessage(message).signature)).toBe(0);
    expect(Buffer.compare(detach(detach(message)), detach(message))).toBe(0);
  });

  test("changed bytes are read or refused as out of range, nothing else", () => {
    for (const bytes of mutations(message, 5000)) refusedOrRead(() => detach(bytes).length + parseMessage(bytes).signature.length);
  });
});

describe("a filter", () => {
  const matches = (filter: string, der: Uint8Array) => parseFilter(filter).matches(parseCertificate(der));

  test.each([
    ["SC;SZCA;#;#;#;", true, true],
    ["sc;szca;#;#", true, true],
    ["", true, true],
    ["SC;OTHER;#;#;#;", false, false],
    ["SC;SZCA;测试用户甲;#;#;", true, false],
    ["SC;SZCA;#;#;1.2.86.11.7.7550201:i", false, true],
    ["SC;SZCA;#;#;1.2.86.11.7.7550201:Personal|Business;", true, false],
    ["SC;SZCA;#;#;1.2.86.11.7.7550201:Personal,1.2.86.11.7.7550207:990000199001011239", true, false],
    ["SC;SZCA;#;#;1.2.86.11.7.7550202:SZJS", false, false],
  ])("%s", (filter, forPerson, forOrganisation) => {
    expect([matches(filter, person), matches(filter, organisation)]).toEqual([forPerson, forOrganisation]);
  });

  test("by serial number, whatever its spelling", () => {
    const serial = parseCertificate(person).serial;
    expect(matches(`SC;SZCA;#;${serial.toUpperCase()};#;`, person)).toBe(true);
    expect(matches(`SC;SZCA;#;${serial};#;`, organisation)).toBe(false);
    expect(sameSerial("00aB", "ab")).toBe(true);
  });

  test("EC asks for the encryption certificate", () => {
    expect([parseFilter("EC;SZCA;#;#;#;").use, parseFilter("SC;#;#;#;#").use]).toEqual(["encryption", "signing"]);
  });
});

function refusedOrRead(read: () => unknown): void {
  try {
    read();
  } catch (e) {
    if (!(e instanceof RangeError)) throw e;
  }
}
