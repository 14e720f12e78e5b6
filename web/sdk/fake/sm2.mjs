// SM2 with node:crypto. Node signs SM2 with an empty identity and offers no other,
// so the arithmetic on integers stands here; points are multiplied by ECDH.
import { createECDH, createHash, randomBytes } from "node:crypto";
import { children, int, octets, read, seq } from "./der.mjs";

const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
const AB_G = Buffer.from(
  "fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93" +
    "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0",
  "hex",
);
const ID = Buffer.from("1234567812345678");

const big = (b) => BigInt("0x" + b.toString("hex"));
const b32 = (v) => Buffer.from(v.toString(16).padStart(64, "0"), "hex");
const mod = (a, m) => ((a % m) + m) % m;

function power(base, e, m) {
  let r = 1n;
  for (base = mod(base, m); e > 0n; e >>= 1n, base = (base * base) % m) if (e & 1n) r = (r * base) % m;
  return r;
}

export function sm3(...parts) {
  const h = createHash("sm3");
  for (const p of parts) h.update(p);
  return h.digest();
}

/** multiple is k·G as x ‖ y. */
function multiple(k) {
  const e = createECDH("SM2");
  e.setPrivateKey(b32(k));
  return e.getPublicKey().subarray(1);
}

function scalar() {
  for (;;) {
    const k = big(randomBytes(32));
    if (k > 0n && k < N - 1n) return k;
  }
}

/** newKey makes a key pair {d, point}; point is 04 ‖ x ‖ y. */
export function newKey() {
  const d = scalar();
  return { d, point: Buffer.concat([Buffer.from([4]), multiple(d)]) };
}

/** digest is e = SM3(Z ‖ message), with the default identity. */
export function digest(point, message) {
  const z = sm3(Buffer.from([0, ID.length * 8]), ID, AB_G, point.subarray(1));
  return sm3(z, message);
}

/** signDigest gives r ‖ s over e. */
export function signDigest(key, e) {
  for (;;) {
    const k = scalar();
    const r = mod(big(e) + big(multiple(k).subarray(0, 32)), N);
    const s = mod(power(1n + key.d, N - 2n, N) * (k - r * key.d), N);
    if (r !== 0n && r + k !== N && s !== 0n) return Buffer.concat([b32(r), b32(s)]);
  }
}

/** der gives r ‖ s as SM2Signature. */
export const der = (rs) => seq(int(big(rs.subarray(0, 32))), int(big(rs.subarray(32))));

/**
 * holds checks an SM2Signature of one of the fake's own keys: with d at hand, k
 * follows from r and s, and only k·G must fit. Others' keys it cannot check.
 */
export function holds(key, e, signature) {
  const [r, s] = children(read(signature).body).map((v) => big(v.body));
  const k = mod(s * (1n + key.d) + r * key.d, N);
  return k !== 0n && mod(big(e) + big(multiple(k).subarray(0, 32)), N) === r;
}

function kdf(secret, length) {
  const out = [];
  for (let i = 1; out.length * 32 < length; i++) out.push(sm3(secret, Buffer.from([0, 0, 0, i])));
  return Buffer.concat(out).subarray(0, length);
}

const xor = (a, b) => Buffer.from(a.map((v, i) => v ^ b[i]));

/** shared gives d·point as x ‖ y, twice: ECDH tells x only, so both y are candidates. */
function shared(d, point) {
  const e = createECDH("SM2");
  e.setPrivateKey(b32(d));
  const x = big(e.computeSecret(point));
  const y = power(x * x * x - 3n * x + B, (P + 1n) / 4n, P);
  return [y, P - y].map((v) => Buffer.concat([b32(x), b32(v)]));
}

/** decrypt opens an SM2Cipher (GB/T 35276). */
export function decrypt(key, cipher) {
  const [x, y, c3, c2] = children(read(cipher).body);
  const point = Buffer.concat([Buffer.from([4]), b32(big(x.body)), b32(big(y.body))]);
  for (const xy of shared(key.d, point)) {
    const m = xor(c2.body, kdf(xy, c2.body.length));
    if (sm3(xy.subarray(0, 32), m, xy.subarray(32)).equals(c3.body)) return m;
  }
  throw new Error("SM2Cipher: hash differs");
}

/** encrypt closes m for one of the fake's own keys: k·(d·G) is (k·d)·G. */
export function encrypt(key, m) {
  const k = scalar();
  const c1 = multiple(k);
  const xy = multiple(mod(k * key.d, N));
  const c3 = sm3(xy.subarray(0, 32), m, xy.subarray(32));
  return seq(int(big(c1.subarray(0, 32))), int(big(c1.subarray(32))), octets(c3), octets(xor(m, kdf(xy, m.length))));
}
