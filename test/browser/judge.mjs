// The second opinion: openssl reads the PKCS#7, and checks the value over the content.
// Go then asks BouncyCastle about the same messages, which it finds in XINZHANG_JUDGED.
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import assert from "node:assert/strict";

const openssl = (...args) => execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** tokens are the lines of asn1parse: {at, depth, head, length, what, text}. */
function tokens(file) {
  return openssl("asn1parse", "-inform", "DER", "-in", file)
    .split("\n")
    .map((l) => /^\s*(\d+):d=(\d+)\s+hl=(\d+)\s+l=\s*(\d+)\s+(?:prim|cons):\s+(\S.*?)\s*(?:\[HEX DUMP\])?(?::(.*))?$/.exec(l))
    .filter(Boolean)
    .map(([, at, depth, head, length, what, text]) => ({ at: +at, depth: +depth, head: +head, length: +length, what, text }));
}

/**
 * judge asserts that p7 (DER) has the form of the SZCA control: version 1, SM3,
 * content inside (expected, bytes), one certificate, no signed attributes, and a
 * value that openssl accepts over the content itself. A flipped byte is refused.
 * Where Go wants to ask another judge as well, the message is kept for it.
 */
export function judge(p7, expected, { attached = true } = {}) {
  const dir = mkdtempSync(join(tmpdir(), "xinzhang-judge-"));
  try {
    const file = (name, bytes) => (writeFileSync(join(dir, name), bytes), join(dir, name));
    const t = tokens(file("p7", p7));
    const oids = t.filter((x) => x.what === "OBJECT").map((x) => x.text);
    assert.equal(oids[0], "1.2.156.10197.6.1.4.2.2", "ContentInfo is SignedData of GB/T 35275");
    assert.equal(t.find((x) => x.depth === 3 && x.what === "INTEGER").text, "01", "version");
    const inner = t.findIndex((x) => x.text === "1.2.156.10197.6.1.4.2.1");
    const content = t[inner + 2];
    if (attached) {
      assert.equal(content.what, "OCTET STRING", "content is inside");
      assert.deepEqual(p7.subarray(content.at + content.head, content.at + content.head + content.length), expected, "what was signed");
    }
    const certificates = t.filter((x) => x.depth === 3 && x.what === "cont [ 0 ]");
    assert.equal(certificates.length, 1);
    const certificate = t[t.indexOf(certificates[0]) + 1];
    assert.equal(certificate.head + certificate.length, certificates[0].length, "one certificate only");
    const signer = t.filter((x) => x.at > certificates[0].at + certificates[0].length);
    assert.ok(!signer.some((x) => x.what.startsWith("cont [")), "no signed attributes");
    const value = signer.at(-1);
    assert.equal(value.what, "OCTET STRING");
    const cut = (x, whole) => p7.subarray(whole ? x.at : x.at + x.head, x.at + x.head + x.length);
    openssl("x509", "-inform", "DER", "-in", file("cer", cut(certificate, true)), "-noout", "-pubkey", "-out", join(dir, "pub"));
    const check = (content) => openssl("pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678", "-pubin", "-inkey", join(dir, "pub"), "-sigfile", file("sig", cut(value)), "-in", file("content", content));
    assert.match(check(expected), /Verified Successfully/);
    const changed = Buffer.concat([expected, Buffer.from("!")]);
    assert.throws(() => check(changed), "a changed content must be refused");
    const kept = process.env.XINZHANG_JUDGED;
    if (kept) appendFileSync(kept, `${JSON.stringify({ message: p7.toString("base64"), content: expected.toString("base64"), attached })}\n`);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** judgeLogin asserts that the token's r ‖ s holds over content with its certificate. */
export function judgeLogin(token, content) {
  const dir = mkdtempSync(join(tmpdir(), "xinzhang-judge-"));
  try {
    const file = (name, bytes) => (writeFileSync(join(dir, name), bytes), join(dir, name));
    const rs = Buffer.from(token.signature, "base64");
    assert.equal(rs.length, 64);
    const integer = (b) => {
      let n = b;
      while (n.length > 1 && n[0] === 0) n = n.subarray(1);
      if (n[0] & 0x80) n = Buffer.concat([Buffer.from([0]), n]);
      return Buffer.concat([Buffer.from([2, n.length]), n]);
    };
    const body = Buffer.concat([integer(rs.subarray(0, 32)), integer(rs.subarray(32))]);
    openssl("x509", "-inform", "DER", "-in", file("cer", Buffer.from(token.certificate, "base64")), "-noout", "-pubkey", "-out", join(dir, "pub"));
    const said = openssl("pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678", "-pubin", "-inkey", join(dir, "pub"), "-sigfile", file("sig", Buffer.concat([Buffer.from([0x30, body.length]), body])), "-in", file("content", content));
    assert.match(said, /Verified Successfully/);
  } finally {
    rmSync(dir, { recursive: true });
  }
}
