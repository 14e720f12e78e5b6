import { useSay } from '../../kit/words'
import styles from './EmptyState.module.css'

/** No UKey: a picture, three steps, and no button, since it appears by itself. */
export function EmptyState() {
  const say = useSay()
  return (
    <section className={`panel ${styles.empty}`}>
      <Picture title={say('keys.emptyPicture')} />
      <div>
        <h2 className={styles.title}>{say('keys.emptyTitle')}</h2>
        <p className="muted">{say('keys.emptyText')}</p>
        <ol className={styles.steps}>
          <Step title={say('keys.emptyStep1')} text={say('keys.emptyStep1Text')} />
          <Step title={say('keys.emptyStep2')} text={say('keys.emptyStep2Text')} />
          <Step title={say('keys.emptyStep3')} text={say('keys.emptyStep3Text')} />
        </ol>
      </div>
    </section>
  )
}

function Step({ title, text }: { title: string; text: string }) {
  return (
    <li>
      <strong>{title}</strong>
      <div className="muted">{text}</div>
    </li>
  )
}

function Picture({ title }: { title: string }) {
  return (
    <svg className={styles.picture} viewBox="0 0 320 220" role="img" aria-label={title}>
      <rect x="14" y="16" width="186" height="128" rx="10" fill="var(--xz-color-fill-tertiary)" stroke="var(--xz-color-border)" strokeWidth="3" />
      <rect x="28" y="30" width="158" height="100" rx="4" fill="var(--xz-color-primary-bg)" />
      <circle cx="107" cy="74" r="24" fill="none" stroke="var(--xz-color-seal)" strokeWidth="4" />
      <polygon points="107,58 111,70 124,70 113,78 117,90 107,83 97,90 101,78 90,70 103,70" fill="var(--xz-color-seal)" />
      <path d="M2 160h210l-16 22H18z" fill="var(--xz-color-fill-secondary)" stroke="var(--xz-color-border)" strokeWidth="3" />
      <rect x="196" y="164" width="12" height="10" rx="2" fill="var(--xz-color-text-tertiary)" />
      <g className={styles.ukey}>
        <rect x="226" y="163" width="18" height="13" rx="1.5" fill="var(--xz-color-fill)" stroke="var(--xz-color-text-tertiary)" strokeWidth="2.5" />
        <rect x="244" y="155" width="66" height="29" rx="8" fill="var(--xz-color-primary)" />
        <circle cx="298" cy="169.5" r="4" fill="#9be29b" />
      </g>
      <path d="M222 194h-22m0 0 8-6m-8 6 8 6" fill="none" stroke="var(--xz-color-primary)" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  )
}
