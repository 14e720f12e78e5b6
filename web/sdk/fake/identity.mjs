// The keys of the fake agent, new at every start, under a root nobody trusts.
import { randomBytes } from "node:crypto";
import { bits, children, explicit, int, octets, oid, printable, read, seq, set, utcTime, utf8 } from "./der.mjs";
import { der, digest, newKey, signDigest, sm3 } from "./sm2.mjs";

/** What every certificate of the fake names as its policy; no server may accept it. */
export const FAKE_POLICY = "2.25.185537067014197802974175430147084470243.99";

const SM2SM3 = seq(oid("1.2.156.10197.1.501"));
const year = 365 * 24 * 3600 * 1000;

const name = (parts) => seq(...parts.map(([type, value]) => set(seq(oid(type), (type === "2.5.4.6" ? printable : utf8)(value)))));
const spki = (point) => seq(seq(oid("1.2.840.10045.2.1"), oid("1.2.156.10197.1.301")), bits(point));
const extension = (id, value, critical) => seq(oid(id), ...(critical ? [Buffer.from([1, 1, 255])] : []), octets(value));

const ROOT = [["2.5.4.6", "CN"], ["2.5.4.10", "测试用，不可信任 (fake agent)"], ["2.5.4.3", "测试根 SZCA 兼容 (fake)"]];

function certificate(issuerKey, subject, point, extensions) {
  const tbs = seq(
    explicit(0, int(2)), int(BigInt("0x4" + randomBytes(15).toString("hex") + "1")), SM2SM3, name(ROOT),
    seq(utcTime(new Date(Date.now() - 24 * 3600 * 1000)), utcTime(new Date(Date.now() + year))),
    name(subject), spki(point), explicit(3, seq(...extensions)),
  );
  return seq(tbs, SM2SM3, bits(der(signDigest(issuerKey, digest(issuerKey.point, tbs)))));
}

const usage = (byte, unused) => extension("2.5.29.15", bits(Buffer.from([byte]), unused), true);
const policy = extension("2.5.29.32", seq(seq(oid(FAKE_POLICY))));
const text = (id, value) => extension(id, utf8(value));

/** newRoot makes the root {key, certificate}. */
export function newRoot() {
  const key = newKey();
  const ca = extension("2.5.29.19", seq(Buffer.from([1, 1, 255])), true);
  return { key, certificate: certificate(key, ROOT, key.point, [ca, usage(0x06, 1), policy]) };
}

/** person and organisation are what newUKey takes; the ID number is of no one. */
export const person = {
  kind: "person", holder: "测试用户甲", unit: "测试单位（不可信任）", department: "测试部门", device: "假 UKey 1",
  extra: [text("1.2.86.11.7.7550201", "Personal"), text("1.2.86.11.7.7550207", "990000199001011239"), text("2.16.156.112548", "1@7025SF0990000199001011239")],
};
export const organisation = {
  kind: "organisation", holder: "测试单位（不可信任）", unit: "测试单位（不可信任）", device: "假 UKey 2",
  extra: [text("1.2.86.11.7.7550201", "Organizational"), text("1.2.86.11.7.7550243.1", "99000000MA0000000X")],
};

/** newUKey makes both certificates of a holder, and what `keys` tells of them. */
export function newUKey(root, who) {
  const subject = [["2.5.4.6", "CN"], ["2.5.4.8", "测试省"], ["2.5.4.7", "测试市"], ["2.5.4.10", who.unit], ...(who.department ? [["2.5.4.10", who.department]] : []), ["2.5.4.11", "测试"], ["2.5.4.3", who.holder]];
  const login = who.kind === "person" ? [extension("2.5.29.37", seq(oid("1.3.6.1.5.5.7.3.2")))] : [];
  const pair = (use, more) => {
    const key = newKey();
    return { key, certificate: certificate(root.key, subject, key.point, [use, policy, ...more, ...who.extra]) };
  };
  const signing = pair(usage(0xc0, 6), login);
  const id = sm3(signing.certificate).toString("hex");
  return {
    id, signing, encryption: pair(usage(0x30, 4), []), kind: who.kind, tries: 10,
    told: {
      id, kind: who.kind, holder: who.holder, unit: who.unit, ...(who.department && { department: who.department }),
      serial_tail: serialHex(signing.certificate).slice(-4), not_before: new Date(Date.now() - 24 * 3600 * 1000).toISOString(), not_after: new Date(Date.now() + year).toISOString(),
      device: { name: who.device, kind: "soft", vendor: "fake" }, state: "ready",
    },
  };
}

/** issuerAndSerial is how a CMS message names a certificate. */
export function issuerAndSerial(cert) {
  const { issuer, serial } = fields(cert);
  return seq(issuer.raw, serial.raw);
}

/** serialHex is the serial number, lower-case hex without leading 00. */
export const serialHex = (cert) => fields(cert).serial.body.toString("hex").replace(/^00/, "");

function fields(cert) {
  const [, serial, , issuer] = children(read(read(cert).body).body);
  return { serial, issuer };
}
