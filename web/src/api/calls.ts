import { agent, answer } from './client'
import { failure } from './failure'
import type { Problem, WindowCall } from './types'

/** A call of a business page that came through a page of the agent, and its answer. */
export type Answer = { readonly result: unknown } | { readonly error: Problem }

/** Makes the call for the business page; a problem is an answer, too. */
export async function call(made: WindowCall): Promise<Answer> {
  try {
    const { result } = await answer(agent.POST('/v1/windows/calls', { body: made }))
    return { result }
  } catch (cause) {
    return { error: failure(cause).problem }
  }
}
