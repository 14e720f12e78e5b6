import { toBase64, utf8 } from "./bytes";
import { fail } from "./errors";
import type { Lang } from "./errors";
import type { Document } from "./types";

const CONTENTS = ["text", "data", "to_sign", "digest"] as const;

/** wireDocument gives d as the agent takes it: base64, and text as the UTF-8 bytes that are signed. */
export function wireDocument(lang: Lang, d: Document): object {
  const given = CONTENTS.filter((name) => d[name] !== undefined);
  if (given.length !== 1) throw fail(lang, "call.wrong", { what: `document: ${CONTENTS.join(" | ")}` });
  const { text, data, to_sign, digest, ...shown } = d;
  if (text !== undefined) return { ...shown, data: toBase64(utf8(text)) };
  if (data !== undefined) return { ...shown, data: toBase64(data) };
  if (to_sign !== undefined) return { ...shown, to_sign: toBase64(to_sign) };
  return { ...shown, digest: toBase64(digest ?? "") };
}
