import type { AnchorHTMLAttributes, ButtonHTMLAttributes, MouseEvent, Ref } from 'react'
import styles from './Button.module.css'

interface Look {
  /** primary: what most people want; link: in a line of text. */
  look?: 'plain' | 'primary' | 'link'
  /** What it does cannot be taken back. */
  danger?: boolean
  size?: 'small' | 'middle' | 'large'
  /** As wide as there is room. */
  block?: boolean
}

interface ButtonProps extends Look, ButtonHTMLAttributes<HTMLButtonElement> {
  /** Under way: it keeps the focus, shows that it works, and takes no further press. */
  busy?: boolean
  ref?: Ref<HTMLButtonElement>
}

/** A button, which sends no form unless told to. */
export function Button({ look, danger, size, block, busy, className, onClick, children, ...rest }: ButtonProps) {
  const press = (e: MouseEvent<HTMLButtonElement>) => {
    if (busy) e.preventDefault()
    else onClick?.(e)
  }
  return (
    <button type="button" {...rest} className={classes({ look, danger, size, block }, className)} aria-busy={busy || undefined} onClick={press}>
      {busy && <span className={styles.working} aria-hidden="true" />}
      {children}
    </button>
  )
}

/** A link that looks like a button: it leads somewhere. */
export function ButtonLink({ look, danger, size, block, className, ...rest }: Look & AnchorHTMLAttributes<HTMLAnchorElement> & { ref?: Ref<HTMLAnchorElement> }) {
  return <a {...rest} className={classes({ look, danger, size, block }, className)} />
}

function classes({ look = 'plain', danger, size = 'middle', block }: Look, more?: string): string {
  return [styles.button, styles[look], styles[size], danger && styles.danger, block && styles.block, more].filter(Boolean).join(' ')
}
