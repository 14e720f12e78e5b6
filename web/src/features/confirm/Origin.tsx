import { Tag } from 'antd'
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
      {of.system ? <Tag color="green" variant="outlined">✓ {say('confirm.listed')}</Tag> : <Tag variant="outlined">{say('confirm.unlisted')}</Tag>}
      {!of.secure && <Tag color="orange" variant="outlined" title={say('confirm.insecureText')}>⚠ {say('confirm.insecure')}</Tag>}
    </div>
  )
}
