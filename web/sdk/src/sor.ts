import { XinzhangError } from "./errors";

/** The SOR codes of GM/T 0020 that can come over the agent. */
export const SOR = {
  OK: 0,
  Unknown: 0x0b000001,
  NotSupported: 0x0b000002,
  NotInitialised: 0x0b000011,
  Timeout: 0x0b000101,
  Input: 0x0b000201,
  KeyNotFound: 0x0b000309,
  CertNotFound: 0x0b000310,
  CertInvalid: 0x0b000406,
  CertExpired: 0x0b000407,
  CertRevoked: 0x0b000408,
  Sign: 0x0b000409,
  Decrypt: 0x0b000416,
  /** Other middleware uses this number for: not logged in. */
  NotLoggedIn: 0x0b000503,
} as const;

const BY_CODE: Readonly<Record<string, number>> = {
  "agent.not_running": SOR.NotInitialised,
  "agent.too_old": SOR.NotSupported,
  "call.timeout": SOR.Timeout,
  "call.wrong": SOR.Input,
  "request.invalid": SOR.Input,
  "key.not_plugged_in": SOR.CertNotFound,
  "agent.no_key": SOR.KeyNotFound,
  "agent.no_key_fits": SOR.CertInvalid,
  "cms.not_recipient": SOR.Decrypt,
  "token.removed": SOR.KeyNotFound,
  "cert.expired": SOR.CertExpired,
  "cert.revoked": SOR.CertRevoked,
  "pin.not_verified": SOR.NotLoggedIn,
};

/** sorOf folds an error into the number old pages know; the rest is "unknown". */
export function sorOf(e: unknown): number {
  if (e instanceof RangeError) return SOR.Input; // not DER
  if (!(e instanceof XinzhangError)) return SOR.Unknown;
  const found = BY_CODE[e.code];
  if (found !== undefined) return found;
  if (/^browser\./.test(e.code)) return SOR.NotInitialised;
  if (/^cert\.|^key\./.test(e.code)) return SOR.CertInvalid;
  return SOR.Unknown;
}
