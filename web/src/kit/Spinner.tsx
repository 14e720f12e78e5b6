import { Later } from './Later'
import styles from './Spinner.module.css'
import { useSay } from './words'

/** Something is being waited for. size in CSS pixels; alone: it is all there is on the page. */
export function Spinner({ size = 24, alone }: { size?: number; alone?: boolean }) {
  const say = useSay()
  const turning = (
    <svg className={styles.spinner} width={size} height={size} viewBox="0 0 24 24" role="img" aria-label={say('app.loading')}>
      <circle cx="12" cy="12" r="10" fill="none" stroke="var(--xz-color-fill)" strokeWidth="2.5" />
      <path d="M12 2a10 10 0 0 1 10 10" fill="none" stroke="var(--xz-color-primary)" strokeWidth="2.5" strokeLinecap="round" />
    </svg>
  )
  return alone ? <Later><div className={styles.alone}>{turning}</div></Later> : turning
}
