import type { Reason } from '../api/types'
import { type Code, codes } from './codes.gen'
import { fill } from './messages'

/** What a person is told of a code: what happened, why, what now. */
export interface Told {
  readonly title: string
  readonly cause: string
  readonly next: string
}

type Known = Pick<Reason, 'code'> & { args?: { [name: string]: unknown }; title?: string; detail?: string; next?: string }

/**
 * The one place where a code becomes words. A code that this page does not know
 * (the agent is newer) is told in the words that came with it.
 */
export function tell(problem: Known, language: 'zh' | 'en'): Told {
  const known = codes[problem.code as Code]?.[language]
  if (!known) return { title: problem.title || problem.code, cause: problem.detail ?? '', next: problem.next ?? '' }
  const said = (text: string) => fill(text, problem.args)
  return { title: said(known.title), cause: said(known.cause), next: said(known.next) }
}
