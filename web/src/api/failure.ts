import type { Problem } from './types'

/** A call that failed, with the problem the agent named. */
export class Failure extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.code)
    this.problem = problem
  }

  /** The argument `name` of the code, when it is a number. */
  number(name: string): number | undefined {
    const value = this.problem.args?.[name]
    return typeof value === 'number' ? value : undefined
  }
}

/** Makes a Failure of whatever went wrong. No answer at all means that the agent is gone. */
export function failure(cause: unknown): Failure {
  if (cause instanceof Failure) return cause
  if (isProblem(cause)) return new Failure(cause)
  return new Failure({ type: 'about:blank', title: '', status: 0, code: 'agent.not_running' })
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Problem>).code === 'string'
}
