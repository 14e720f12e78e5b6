/** One call of the agent that a function of the control makes. */
export interface Step {
  readonly method: string;
  readonly params: object;
}

/**
 * Steps is a function of the control: it yields the calls it makes and receives
 * their results, so that one text of it runs with synchronous requests, as old
 * pages need, and with promises, as new ones want.
 */
export type Steps<T> = Generator<Step, T, unknown>;

/** runNow runs steps with a call that answers at once. */
export function runNow<T>(steps: Steps<T>, call: (s: Step) => unknown): T {
  let at = steps.next();
  while (!at.done) {
    let result: unknown;
    try {
      result = call(at.value);
    } catch (e) {
      at = steps.throw(e);
      continue;
    }
    at = steps.next(result);
  }
  return at.value;
}

/** runLater runs steps with a call that answers in time. */
export async function runLater<T>(steps: Steps<T>, call: (s: Step) => Promise<unknown>): Promise<T> {
  let at = steps.next();
  while (!at.done) {
    let result: unknown;
    try {
      result = await call(at.value);
    } catch (e) {
      at = steps.throw(e);
      continue;
    }
    at = steps.next(result);
  }
  return at.value;
}
