import type { ReactNode } from 'react'
import { Mark, type Tone } from './Mark'
import styles from './Result.module.css'
import { Spinner } from './Spinner'

interface Props {
  /** How it is; waiting while it is not known. */
  tone: Tone | 'waiting'
  title: ReactNode
  text?: ReactNode
  /** Beneath: what can be done now, or more to read. */
  children?: ReactNode
}

/** What became of something, as the whole of a page or dialog. */
export function Result({ tone, title, text, children }: Props) {
  return (
    <div className={styles.result}>
      {tone === 'waiting' ? <Spinner size={56} /> : <Mark tone={tone} size={64} />}
      <div className={styles.title}>{title}</div>
      {text && <div className="muted break">{text}</div>}
      {children && <div className={styles.more}>{children}</div>}
    </div>
  )
}
