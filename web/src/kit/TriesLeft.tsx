import type { Tries } from '../api/types'
import { useSay } from './words'
import styles from './TriesLeft.module.css'

/** Few enough to warn: at three, business pages no longer get a PIN entry. */
export const few = 3

/** How grave the number of tries is: the word for its colour. */
export function gravity(tries: Tries): 'plain' | 'warn' | 'bad' {
  if (!tries.known || tries.left > few) return 'plain'
  return tries.left > 1 ? 'warn' : 'bad'
}

/** The tries left, big, with what they mean. */
export function TriesLeft({ tries }: { tries: Tries }) {
  const say = useSay()
  const grave = gravity(tries)
  return (
    <div className={styles.tries} data-grave={grave} aria-live="assertive">
      <div className={styles.count}>
        <span className={styles.label}>{say('pin.triesLeft')}</span>
        <span className={styles.number} data-testid="tries-left">{tries.known ? tries.left : say('pin.triesUnknown')}</span>
        {tries.known && <span className={styles.max}>/ {tries.max}</span>}
      </div>
      {tries.known && <Dots tries={tries} />}
      <div className={styles.words}>{words()}</div>
    </div>
  )

  function words(): string {
    if (!tries.known) return say('pin.triesUnknownText')
    if (tries.left === 1) return say('pin.triesLast')
    if (grave === 'warn') return say('pin.triesFew', { max: tries.max })
    if (tries.left < tries.max) return say('pin.triesUsed', { used: tries.max - tries.left, max: tries.max })
    return say('pin.triesFull', { max: tries.max })
  }
}

/** A dot for each try: full while it is left. */
export function Dots({ tries }: { tries: Tries }) {
  return (
    <span className={styles.dots} data-grave={gravity(tries)} aria-hidden="true">
      {Array.from({ length: tries.max }, (_, i) => <i key={i} data-left={i < tries.left} />)}
    </span>
  )
}
