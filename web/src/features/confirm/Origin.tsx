import type { Question } from '../../api/types'
import { useSay } from '../../kit/words'
import styles from './confirm.module.css'

/** Who asks, as the browser said it: never in the words of the page. */
export function Origin({ of }: { of: Question }) {
  const say = useSay()
  return (
    <div className={styles.origin}>
      <span className="muted">{say('confirm.from')}</span>
      {of.system && <strong>{of.system.name}</strong>}
      <strong className={styles.address}>{of.origin}</strong>
      {of.system ? <span className={`${styles.badge} good`}>✓ {say('confirm.listed')}</span> : <span className={styles.badge}>{say('confirm.unlisted')}</span>}
      {!of.secure && <span className={`${styles.badge} warn`} title={say('confirm.insecureText')}>⚠ {say('confirm.insecure')}</span>}
    </div>
  )
}
