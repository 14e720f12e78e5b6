import { time } from "./certificate";
import { hex } from "./bytes";
import { children, read } from "./der";

/** What a page may read of a revocation list. Its signature is not judged here. */
export interface RevocationList {
  /** When the next list is to come; undefined when it does not say. */
  readonly nextUpdate: Date | undefined;
  /** Serial numbers in lower-case hex. */
  readonly revoked: readonly string[];
}

const TIMES = [0x17, 0x18];

/** parseCRL reads a revocation list (DER); it throws a RangeError on what is none. */
export function parseCRL(der: Uint8Array): RevocationList {
  const [tbs, algorithm, signature] = children(read(der).body);
  if (!tbs || algorithm?.tag !== 0x30 || signature?.tag !== 0x03) throw new RangeError("revocation list: a part is absent");
  const parts = children(tbs.body);
  if (parts[0]?.tag === 0x02) parts.shift(); // version
  const [, issuer, thisUpdate, ...rest] = parts; // the algorithm comes first
  if (issuer?.tag !== 0x30 || !thisUpdate || !TIMES.includes(thisUpdate.tag)) throw new RangeError("revocation list: a part is absent");
  const next = rest[0] && TIMES.includes(rest[0].tag) ? rest.shift() : undefined;
  const entries = rest[0]?.tag === 0x30 ? children(rest[0].body) : [];
  return {
    nextUpdate: next && time(next),
    revoked: entries.map((e) => {
      const [serial] = children(e.body);
      if (serial?.tag !== 0x02) throw new RangeError("revocation list: entry");
      return hex(serial.body);
    }),
  };
}
