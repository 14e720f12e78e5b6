const START = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];

/** sm3 is the hash of GB/T 32905: 32 bytes. Browsers have none, and no WebCrypto at all on plain-http pages. */
export function sm3(message: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(message.length / 0x20000000));
  view.setUint32(padded.length - 4, message.length << 3);
  let state = START;
  for (let at = 0; at < padded.length; at += 64) state = compress(state, expand(view, at));
  const out = new DataView(new ArrayBuffer(32));
  state.forEach((word, i) => out.setUint32(4 * i, word));
  return new Uint8Array(out.buffer);
}

const rotate = (x: number, n: number) => (x << (n & 31)) | (x >>> (32 - (n & 31)));
const p0 = (x: number) => x ^ rotate(x, 9) ^ rotate(x, 17);
const p1 = (x: number) => x ^ rotate(x, 15) ^ rotate(x, 23);

/** expand gives the 68 words W of the block at an offset. */
function expand(view: DataView, at: number): Int32Array {
  const w = new Int32Array(68);
  for (let j = 0; j < 16; j++) w[j] = view.getInt32(at + 4 * j);
  for (let j = 16; j < 68; j++) {
    w[j] = p1(word(w, j - 16) ^ word(w, j - 9) ^ rotate(word(w, j - 3), 15)) ^ rotate(word(w, j - 13), 7) ^ word(w, j - 6);
  }
  return w;
}

function compress(state: readonly number[], w: Int32Array): number[] {
  let [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number];
  for (let j = 0; j < 64; j++) {
    const early = j < 16;
    const ss1 = rotate((rotate(a, 12) + e + rotate(early ? 0x79cc4519 : 0x7a879d8a, j % 32)) | 0, 7);
    const tt1 = ((early ? a ^ b ^ c : (a & b) | (a & c) | (b & c)) + d + (ss1 ^ rotate(a, 12)) + (word(w, j) ^ word(w, j + 4))) | 0;
    const tt2 = ((early ? e ^ f ^ g : (e & f) | (~e & g)) + h + ss1 + word(w, j)) | 0;
    [a, b, c, d, e, f, g, h] = [tt1, a, rotate(b, 9), c, p0(tt2), e, rotate(f, 19), g];
  }
  return [a, b, c, d, e, f, g, h].map((x, i) => x ^ (state[i] as number));
}

const word = (w: Int32Array, i: number): number => w[i] as number;
