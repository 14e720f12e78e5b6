import type { Kind, ManagedKey } from '../../api/types'
import type { Key } from '../../i18n/messages'
import { few } from '../../kit/TriesLeft'

/** A state as icon, word and colour: never by colour alone. */
export interface State {
  readonly tone: 'good' | 'warn' | 'bad'
  readonly mark: string
  readonly word: Extract<Key, `keys.state${string}`>
}

const states: Readonly<Record<ManagedKey['state'], State>> = {
  ready: { tone: 'good', mark: '✓', word: 'keys.stateReady' },
  pin_first: { tone: 'warn', mark: '!', word: 'keys.statePinFirst' },
  pin_locked: { tone: 'bad', mark: '✗', word: 'keys.statePinLocked' },
  expired: { tone: 'bad', mark: '✗', word: 'keys.stateExpired' },
  not_yet_valid: { tone: 'warn', mark: '!', word: 'keys.stateNotYet' },
}

/** What stands in the way of using a key. */
export function stateOf(key: ManagedKey): State {
  if (key.state === 'ready' && key.tries.known && key.tries.left <= few) return { tone: 'warn', mark: '!', word: 'keys.stateFew' }
  return states[key.state] ?? { tone: 'warn', mark: '!', word: 'keys.stateOther' }
}

const kinds: Readonly<Record<Kind, 'keys.kindPerson' | 'keys.kindOrganisation' | 'keys.kindOther'>> = {
  person: 'keys.kindPerson',
  organisation: 'keys.kindOrganisation',
  other: 'keys.kindOther',
}

/** 机构个人证书, 机构证书 or another. */
export function kindWord(kind: Kind) {
  return kinds[kind]
}

/** Days in which a renewal should be started. */
export const soon = 60
