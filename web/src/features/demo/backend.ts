import { XinzhangError } from '@xinzhang/sdk'
import type { LoginToken } from '@xinzhang/sdk'
import type { acts } from '../../i18n/named'

// The back end of the example business system, internal/demosite. Its answers are
// those of a system of its own and stand in no API description.

export interface Person { readonly name: string; readonly unit: string; readonly post: string; readonly id_masked: string }
export interface Hint { readonly holder: string; readonly pin: string }
export type Verdict = 'passed' | 'failed' | 'indeterminate' | 'unsigned'
export interface Act {
  readonly act: keyof typeof acts
  readonly purpose: 'sign' | 'seal'
  readonly done: { readonly holder: string; readonly at: string } | null
}
export interface Signature { readonly holder: string; readonly kind: string; readonly page: number; readonly at: string; readonly verdict: Verdict }
export interface CaseDocument {
  readonly id: string
  readonly title: string
  readonly pages: number
  readonly version: number
  readonly size: number
  readonly acts: readonly Act[]
  readonly verdict: Verdict
  readonly signatures: readonly Signature[]
}
export interface CasePage {
  readonly number: number
  readonly width: number
  readonly height: number
  readonly svg: string
  readonly hidden: number
  readonly notes: readonly string[]
}
export interface Prepared {
  readonly pending: string
  readonly to_sign: string
  readonly title: string
  readonly size: number
  readonly page: number
  readonly picture: string
}

interface Words { readonly title: string; readonly cause: string; readonly next: string }

type Language = 'zh' | 'en'

/** The calls of the back end; a refusal is a XinzhangError in the reader's language, no answer one with the words of unreachable. */
export function backend(language: Language, unreachable: Words) {
  async function call<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
    const response = await fetch(`/api/${path}`, {
      method,
      headers: { 'Accept-Language': language, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch(() => {
      throw new XinzhangError('case.unreachable', {}, { [language]: unreachable }, language)
    })
    const answer: unknown = await response.json()
    if (!response.ok) throw refusal(answer as Problem, language)
    return answer as T
  }
  const of = (id: string) => `documents/${encodeURIComponent(id)}`
  return {
    session: () => call<{ person: Person | null; hints: readonly Hint[] }>('GET', 'session'),
    nonce: () => call<{ nonce: string }>('POST', 'login/nonce'),
    login: (nonce: string, token: LoginToken) => call<{ person: Person }>('POST', 'login', { nonce, token }),
    logout: () => call('POST', 'logout'),
    restart: () => call('POST', 'restart'),
    documents: () => call<{ documents: readonly CaseDocument[] }>('GET', 'documents'),
    page: (id: string, n: number) => call<CasePage>('GET', `${of(id)}/pages/${n}?lang=${language}`),
    prepare: (id: string, act: string, certificate: string) => call<Prepared>('POST', `${of(id)}/prepare`, { act, certificate }),
    complete: (id: string, pending: string, value: string) => call<CaseDocument>('POST', `${of(id)}/complete`, { pending, value }),
  }
}

interface Problem { readonly code: string; readonly title: string; readonly detail?: string; readonly next?: string }

/** A refusal of the back end looks to the page like one of the SDK. */
function refusal(p: Problem, language: Language): XinzhangError {
  const text = { title: p.title, cause: p.detail ?? '', next: p.next ?? '' }
  return new XinzhangError(p.code, {}, { [language]: text }, language)
}
