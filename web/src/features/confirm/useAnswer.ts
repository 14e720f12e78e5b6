import { useState } from 'react'
import { agent, answer } from '../../api/client'
import { failure } from '../../api/failure'
import type { Problem, Question, WindowAnswer } from '../../api/types'
import { useOnce } from '../../kit/useOnce'

/** What the person decided; id and operation come from the question. */
export type Decision = Omit<WindowAnswer, 'operation'>

/**
 * Sends what the person decided, once at a time. A problem keeps the window open:
 * the person may try again, nothing tries again by itself.
 */
export function useAnswer(of: Question, done: (approved: boolean) => void, failed?: (problem: Problem) => void) {
  const [problem, setProblem] = useState<Problem>()
  const [send, busy] = useOnce(async (decision: Decision) => {
    setProblem(undefined)
    try {
      await answer(agent.POST('/v1/windows/{id}/answer', { params: { path: { id: of.id } }, body: { ...decision, operation: of.operation } }))
    } catch (cause) {
      const { problem } = failure(cause)
      setProblem(problem)
      failed?.(problem)
      return
    }
    done(decision.approve)
  })
  return { send, busy, problem }
}
