import type { Key } from '../../i18n/messages'

/** Shortest and longest PIN, as in internal/token. */
export const shortest = 6
export const longest = 16

/**
 * What is wrong with a new PIN, asked before the UKey is touched: the agent asks
 * the same again and knows more (parts of the ID number).
 */
export function wrongWith(old: string, fresh: string): Extract<Key, `pin.error${string}`> | undefined {
  if (fresh.length < shortest || fresh.length > longest) return 'pin.errorLength'
  if (!/^[\x20-\x7e]+$/.test(fresh)) return 'pin.errorCharacters'
  if (fresh === old) return 'pin.errorSame'
  if ([0, 1, -1].some((step) => isRun(fresh, step))) return 'pin.errorSequence'
  return undefined
}

// isRun says whether each character is `step` after the one before.
function isRun(text: string, step: number): boolean {
  return [...text].every((_, i) => i === 0 || text.charCodeAt(i) - text.charCodeAt(i - 1) === step)
}
