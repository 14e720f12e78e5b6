import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react'
import { useSay } from './words'
import styles from './PinInput.module.css'

interface Props {
  label: string
  value: string
  onChange: (value: string) => void
  disabled?: boolean
  /** What is wrong with the value, in words. */
  error?: string
  autoFocus?: boolean
}

/**
 * A box for a PIN: hidden, never completed by the browser, with a warning about
 * Caps Lock, the most frequent reason of a wrong PIN.
 */
export function PinInput({ label, value, onChange, disabled, error, autoFocus }: Props) {
  const say = useSay()
  const id = useId()
  const [caps, setCaps] = useState(false)
  const [shown, setShown] = useState(false)
  // Focused without scrolling, since what is being signed must stay in sight, and
  // before it is painted: nothing that is typed at its sight goes amiss.
  const box = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => {
    if (autoFocus) box.current?.focus({ preventScroll: true })
  }, [autoFocus])
  const watch = (e: KeyboardEvent) => setCaps(e.getModifierState('CapsLock'))
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <div className={styles.frame}>
        <input
          id={id}
          ref={box}
          type={shown ? 'text' : 'password'}
          value={value}
          onChange={(e) => onChange(e.target.value)}
          onKeyDown={watch}
          onKeyUp={watch}
          onBlur={() => setCaps(false)}
          disabled={disabled}
          maxLength={64}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          data-1p-ignore
          data-lpignore="true"
          aria-invalid={error ? true : undefined}
          aria-describedby={`${id}-help`}
        />
        <button type="button" className={styles.eye} aria-pressed={shown} aria-label={say('pin.show')} title={say('pin.show')} disabled={disabled} onClick={() => setShown(!shown)}>
          <Eye open={shown} />
        </button>
      </div>
      <div id={`${id}-help`} className="small" aria-live="polite">
        {caps && <div className="warn">⇪ {say('pin.caps')}</div>}
        {error && <div className="bad">{error}</div>}
      </div>
    </div>
  )
}

function Eye({ open }: { open: boolean }) {
  return (
    <svg width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" aria-hidden="true" focusable="false">
      <path d="M2 12c2.4-4.4 5.8-6.6 10-6.6s7.6 2.2 10 6.6c-2.4 4.4-5.8 6.6-10 6.6S4.4 16.4 2 12z" />
      <circle cx="12" cy="12" r="3.2" />
      {!open && <path d="M4 20L20 4" />}
    </svg>
  )
}
