import { Answers } from "../fake/answers.mjs";
import { newRoot, newUKey, organisation, person } from "../fake/identity.mjs";
import { XinzhangError, fromProblem } from "../src/errors";
import type { Step } from "../src/szca-steps";

export const ORIGIN = "http://case.example.cn";

const root = newRoot();
export const ukeys = [newUKey(root, person), newUKey(root, organisation)];

/** fake gives a fake agent without a network. */
export function fake(options: object = {}): Answers {
  return new Answers({ root, ukeys, ...options });
}

/** asking gives the call that steps of the control make, over a fake. */
export function asking(agent: Answers): (s: Step) => Promise<unknown> {
  return async ({ method, params }) => {
    const answer = await agent.call(ORIGIN, method, JSON.parse(JSON.stringify(params)));
    if (answer.error) throw fromProblem("zh", answer.error);
    return answer.result;
  };
}

/** codeOf gives the code that p rejects with, and "" when it resolves. */
export async function codeOf(p: Promise<unknown>): Promise<string> {
  try {
    await p;
    return "";
  } catch (e) {
    if (!(e instanceof XinzhangError)) throw e;
    return e.code;
  }
}

/** mutations gives n variants of bytes: flipped, cut, doubled; the same ones in each run. */
export function* mutations(bytes: Uint8Array, n: number): Generator<Uint8Array> {
  let state = 1;
  const random = (below: number) => (state = (state * 48271) % 2147483647) % below;
  for (let i = 0; i < n; i++) {
    const b = Uint8Array.from(bytes);
    for (let k = 0; k <= random(3); k++) b[random(b.length)] = random(256);
    yield random(4) === 0 ? b.subarray(0, random(b.length)) : b;
  }
}
