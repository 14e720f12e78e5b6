import type { ReactNode } from 'react'
import { Mark, type Tone } from './Mark'
import styles from './Notice.module.css'
import { useSay } from './words'

interface Props {
  tone: Tone
  title: ReactNode
  /** More than the title says. */
  children?: ReactNode
  /** alert interrupts those who hear the page, status waits. */
  role?: 'alert' | 'status'
  close?: () => void
}

/** Something the person has to know, where it matters. */
export function Notice({ tone, title, children, role = 'alert', close }: Props) {
  const say = useSay()
  return (
    <div role={role} className={styles.notice} data-tone={tone}>
      <Mark tone={tone} />
      <div className={styles.words}>
        <div className={children ? styles.title : undefined}>{title}</div>
        {children && <div>{children}</div>}
      </div>
      {close && <button type="button" className={styles.close} aria-label={say('app.close')} onClick={close}>×</button>}
    </div>
  )
}
