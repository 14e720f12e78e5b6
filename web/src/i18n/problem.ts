import type { Reason } from '../api/types'
import type { Code, codes as Table } from './codes.gen'
import { fill } from './messages'

/** What a person is told of a code: what happened, why, what now. */
export interface Told {
  readonly title: string
  readonly cause: string
  readonly next: string
}

export type Known = Pick<Reason, 'code'> & { args?: { [name: string]: unknown }; title?: string; detail?: string; next?: string }

// The table is as large as all else that a window needs, and most windows need none
// of it: it comes by itself, when the page is drawn or a problem is to be told.
let table: typeof Table | undefined
let coming: Promise<void> | undefined
const waiting = new Set<() => void>()

/** Fetches the table of codes, once; a fetch that failed may be tried again. */
export function loadCodes(): Promise<void> {
  coming ??= import('./codes.gen').then(
    ({ codes }) => {
      table = codes
      waiting.forEach((arrived) => arrived())
    },
    () => { coming = undefined },
  )
  return coming
}

/** Whether the table is there. */
export function codesLoaded(): boolean {
  return table !== undefined
}

/** Calls arrived when the table is there; returns how to stop that. */
export function whenCodes(arrived: () => void): () => void {
  waiting.add(arrived)
  return () => waiting.delete(arrived)
}

/**
 * The one place where a code becomes words. A code that this page does not know (the
 * agent is newer), or not yet, is told in the words that came with it.
 */
export function tell(problem: Known, language: 'zh' | 'en'): Told {
  const known = table?.[problem.code as Code]?.[language]
  if (!known) return { title: problem.title || problem.code, cause: problem.detail ?? '', next: problem.next ?? '' }
  const said = (text: string) => fill(text, problem.args)
  return { title: said(known.title), cause: said(known.cause), next: said(known.next) }
}
