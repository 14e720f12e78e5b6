import { fail } from "./errors";
import type { Lang } from "./errors";

let table: Map<string, number> | undefined;

/** reverse builds character → two bytes, from the browser's own decoder: it has no encoder for GBK. */
function reverse(): Map<string, number> {
  if (table) return table;
  table = new Map();
  const decoder = new TextDecoder("gbk");
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const s = decoder.decode(Uint8Array.of(lead, trail));
      if (trail !== 0x7f && s.length === 1 && s !== "\ufffd" && !table.has(s)) table.set(s, lead * 256 + trail);
    }
  }
  return table;
}

/**
 * encodeGBK gives the bytes that the old control signs for a text (code page
 * 936). A character without such bytes is refused: a question mark in its place
 * would sign something else.
 */
export function encodeGBK(text: string, lang: Lang): Uint8Array {
  const out: number[] = [];
  for (const character of text) {
    const pair = reverse().get(character);
    if (character < "\x80") out.push(character.charCodeAt(0));
    else if (character === "€") out.push(0x80);
    else if (pair !== undefined) out.push(pair >> 8, pair & 255);
    else throw fail(lang, "text.outside_gbk", { character });
  }
  return Uint8Array.from(out);
}

/** decodeGBK is the way back; bytes that are no GBK become U+FFFD. */
export function decodeGBK(bytes: Uint8Array): string {
  return new TextDecoder("gbk").decode(bytes);
}
