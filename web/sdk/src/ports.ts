/** The ports of the agent: the next one is taken when the one before is another user's. */
export const PORTS = [18099, 18100, 18101] as const;

const STORE = "xinzhang.port";

let last: number | undefined;

/**
 * ports are the ports of the agent in the order in which to ask: the one that
 * answered last first, since a port without an agent costs a window ten seconds.
 */
export function ports(): readonly [number, ...number[]] {
  const first = PORTS.find((p) => p === (last ?? stored()));
  return first === undefined ? PORTS : [first, ...PORTS.filter((p) => p !== first)];
}

/** answered remembers the port where an agent spoke, also for the pages of this tab that come after this one. */
export function answered(port: number): void {
  last = port;
  try {
    sessionStorage.setItem(STORE, String(port));
  } catch {
    // a page may be kept from storing anything
  }
}

function stored(): number | undefined {
  try {
    return Number(sessionStorage.getItem(STORE));
  } catch {
    return undefined;
  }
}
