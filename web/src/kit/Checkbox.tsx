import type { ReactNode } from 'react'
import styles from './Checkbox.module.css'

interface Props {
  checked: boolean
  onChange: (checked: boolean) => void
  disabled?: boolean
  /** What ticking it means; without one, `label` is for those who hear the page. */
  children?: ReactNode
  label?: string
}

/** A box to tick; its words can be clicked too. */
export function Checkbox({ checked, onChange, disabled, children, label }: Props) {
  return (
    <label className={styles.line}>
      <input type="checkbox" className={styles.box} checked={checked} onChange={(e) => onChange(e.target.checked)} disabled={disabled} aria-label={label} />
      {children && <span>{children}</span>}
    </label>
  )
}
