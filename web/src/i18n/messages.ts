import type { zhCN } from './zh-CN'

type Master = typeof zhCN

/** The areas of the screen that have words of their own: `keys`, `pin`, … */
export type Area = keyof Master

/** All words of one area: a missing or a surplus one is a compile error. */
export type Words<A extends Area> = { readonly [K in keyof Master[A]]: string }

/** All words of one language. */
export type Messages = { readonly [A in Area]: Words<A> }

/** The name of a text: `pin.changed`. */
export type Key = { [A in Area]: `${A}.${keyof Master[A] & string}` }[Area]

type Text<K extends Key> = K extends `${infer A extends Area}.${infer W}`
  ? W extends keyof Master[A] ? Master[A][W] & string : never
  : never

type Names<S extends string> = S extends `${string}{${infer N}}${infer Rest}` ? N | Names<Rest> : never

/** The arguments that the text K needs, by the names in its braces. */
export type Args<K extends Key> = [Names<Text<K>>] extends [never]
  ? []
  : [{ readonly [N in Names<Text<K>>]: string | number }]

/** Says a text in the language of the reader. */
export type Say = <K extends Key>(key: K, ...args: Args<K>) => string

/** The words of `messages` as a function. */
export function sayIn(messages: Messages): Say {
  return (key, ...args) => {
    const dot = key.indexOf('.')
    const area: Readonly<Record<string, string>> = messages[key.slice(0, dot) as Area]
    return fill(area[key.slice(dot + 1)] ?? key, args[0])
  }
}

/** Puts arguments into the braces of a text. What has no argument stays visible. */
export function fill(text: string, args: Readonly<Record<string, unknown>> = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (args[name] === undefined ? whole : String(args[name])))
}
