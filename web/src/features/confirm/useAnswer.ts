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
export function useAnswer(of: Question, done: (approved: boolean, over: boolean) => void, failed?: (problem: Problem) => void) {
  const [problem, setProblem] = useState<Problem>()
  const [send, busy] = useOnce(async (decision: Decision) => {
    setProblem(undefined)
    let over: boolean
    try {
      over = (await answer(agent.POST('/v1/windows/{id}/answer', { params: { path: { id: of.id } }, body: { ...decision, operation: of.operation } }))).done
    } catch (cause) {
      const { problem } = failure(cause)
      setProblem(problem)
      failed?.(problem)
      return
    }
    done(decision.approve, over)
  })
  return { send, busy, problem }
}
