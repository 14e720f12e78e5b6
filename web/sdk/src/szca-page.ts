import { XinzhangError, fail } from "./errors";
import type { Lang } from "./errors";
import { Control } from "./szca-control";
import { runNow } from "./szca-steps";
import type { Step, Steps } from "./szca-steps";

type Member = (this: Control, ...args: unknown[]) => Steps<unknown>;

/** The functions of the control by name. */
export const functions: ReadonlyMap<string, Member> = new Map(
  Object.getOwnPropertyNames(Control.prototype)
    .filter((name) => name.startsWith("Ax"))
    .map((name) => [name, Control.prototype[name as keyof Control] as unknown as Member]),
);

/** What gives a page files of this computer: refused. */
export const REFUSED = ["AxSignEx", "AxVerifyEx", "AxEnvelopEx", "AxEnvelop2FinalEx", "AxDecodeEx"];

/**
 * What is not built: docs/integration.md says why of each. How pages begin a message
 * of several signers is not known, nor the cipher of the split envelope, whose key
 * would lie in the page.
 */
export const UNSUPPORTED = [
  "AxSign2Final",
  "AxCreateSymmKeyBySignSN",
  "AxSymmEncryptDataBySignSN",
  "AxSymmDecryptDataBySignSN",
  "AxEnveEncryptDataBySignSN",
  "AxEnveDecryptDataBySignSN",
];

const FALSE = ["AxSetKeyStore", "AxSetKeyEx", "AxSetCertStore", "AxSetCertEx", "AxIfKeyExist", "AxCheckByRootEx", "AxCheckByCrlEx"];
const ZERO = ["AxGetKeyCertAlg", "AxSetAlgorithm"];
const NOTHING = ["AxInit", "AxInitAll", "AxSetCertFilterStr", "AxSetCertFilterStrP1", "AxSetDetach", "AxSetPin", "AxEnvelop2InitEx"];

/**
 * A Face is what an old page sees of a Control: functions that answer at once and
 * never throw. After a failure they give "" or false, and AxGetErrorCode tells
 * the code. No error is "", which passes both tests of old pages (!= "" and
 * != 0); the string "0" would not.
 */
export class Face {
  readonly control: Control;
  private error: XinzhangError | undefined;

  constructor(
    private readonly lang: Lang,
    control: Control,
    private readonly call: (s: Step) => unknown,
  ) {
    this.control = control;
  }

  /** run runs a function by its name as written in the control. */
  run(name: string, args: readonly unknown[]): unknown {
    if (name === "AxGetErrorCode") return this.error?.code ?? "";
    if (name === "AxGetErrorMsg") return this.error ? `${this.error.title}。${this.error.next}` : "";
    this.error = undefined;
    try {
      const member = functions.get(name);
      if (!member) throw fail(this.lang, REFUSED.includes(name) ? "szca.refused" : "szca.unsupported", { function: name });
      return runNow(member.apply(this.control, [...args]), this.call);
    } catch (e) {
      this.error = e instanceof XinzhangError ? e : fail(this.lang, "call.wrong", { what: `${name}: ${String(e)}` });
      return FALSE.includes(name) ? false : ZERO.includes(name) ? 0 : NOTHING.includes(name) ? undefined : "";
    }
  }
}

/** names are all names under which pages may call: COM tells no case apart, so usual spellings are offered. */
export function names(): Map<string, string> {
  const out = new Map<string, string>();
  for (const name of [...functions.keys(), ...REFUSED, ...UNSUPPORTED, "AxGetErrorCode", "AxGetErrorMsg"]) {
    const rest = name.slice(2);
    for (const spelt of [name, `Ax${rest.charAt(0).toLowerCase()}${rest.slice(1)}`, `Ax${rest.toLowerCase()}`, `ax${rest}`, name.toLowerCase(), name.toUpperCase()]) {
      out.set(spelt, name);
    }
  }
  return out;
}
