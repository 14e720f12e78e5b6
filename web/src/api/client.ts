import createClient from 'openapi-fetch'
import type { paths } from './agent.gen'
import { failure } from './failure'

/** The agent that served this page, typed by api/agent.yaml. */
export const agent = createClient<paths>({
  baseUrl: location.origin,
  // Asked anew at each call, so that a test may stand in for it.
  fetch: (request) => fetch(request),
})

agent.use({
  onRequest({ request }) {
    // The words of a problem are made here from its code; the language is for codes this page does not know.
    request.headers.set('Accept-Language', document.documentElement.lang)
    return request
  },
})

/** An answer of the agent: the data, or a Failure is thrown. */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let got
  try {
    got = await call
  } catch (cause) {
    throw failure(cause)
  }
  if (!got.response.ok) throw failure(got.error)
  return got.data as T
}

/** A new id for one operation: the agent runs a given id once. */
export function newOperation(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (octet) => octet.toString(16).padStart(2, '0')).join('')
}
