import { words } from "./codes.gen";
import type { Arg, Code, CodeArgs, SDKCode, Words } from "./codes.gen";

export type Lang = "zh" | "en";

/** What a person reads: what happened, why, and what to do next. */
export interface Text {
  readonly title: string;
  readonly cause: string;
  readonly next: string;
}

/** A problem of the agent on the wire, application/problem+json. */
export interface Problem {
  readonly code: string;
  readonly title?: string;
  readonly detail?: string;
  readonly next?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/**
 * XinzhangError is the only error that the SDK throws. Branch on `code`; show
 * `title`, `cause` and `next` as they are.
 */
export class XinzhangError extends Error {
  override readonly name = "XinzhangError";
  /** area.what, see docs/errors.md; never renamed. A newer agent may send codes this SDK does not list. */
  readonly code: Code | (string & {});
  readonly args: Readonly<Record<string, Arg>>;
  private readonly texts: { readonly [lang in Lang]?: Text };
  private readonly lang: Lang;

  constructor(code: string, args: Readonly<Record<string, Arg>>, texts: { [lang in Lang]?: Text }, lang: Lang) {
    super(`${code}: ${(texts[lang] ?? texts.zh ?? texts.en)?.title ?? ""}`);
    this.code = code;
    this.args = args;
    this.texts = texts;
    this.lang = lang;
  }

  get title(): string {
    return this.text().title;
  }
  get cause(): string {
    return this.text().cause;
  }
  get next(): string {
    return this.text().next;
  }

  /** text words the error in lang; words of the agent exist in the language it was asked in only. */
  text(lang: Lang = this.lang): Text {
    return this.texts[lang] ?? this.texts.zh ?? this.texts.en ?? { title: this.code, cause: "", next: "" };
  }
}

/** fail makes the error of a code that the SDK itself raises. */
export function fail<C extends SDKCode>(lang: Lang, code: C, args: CodeArgs[C]): XinzhangError {
  const texts = { zh: fill(words[code].zh, args), en: fill(words[code].en, args) };
  return new XinzhangError(code, args, texts, lang);
}

/** fromProblem makes the error of a problem that the agent sent, in the agent's words. */
export function fromProblem(lang: Lang, p: Problem): XinzhangError {
  const args: Record<string, Arg> = {};
  for (const [name, value] of Object.entries(p.args ?? {})) {
    args[name] = typeof value === "number" ? value : String(value);
  }
  const text = { title: p.title ?? p.code, cause: p.detail ?? "", next: p.next ?? "" };
  return new XinzhangError(p.code, args, { [lang]: text }, lang);
}

/** isProblem tells a problem of ours from whatever else stands on a port. */
export function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && typeof (value as { code?: unknown }).code === "string";
}

function fill(w: Words, args: Readonly<Record<string, Arg>>): Text {
  const put = (s: string) => s.replace(/\{(\w+)\}/g, (_, name: string) => String(args[name] ?? "?"));
  return { title: put(w[0]), cause: put(w[1]), next: put(w[2]) };
}
