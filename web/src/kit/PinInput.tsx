import { Input, type InputRef } from 'antd'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useSay } from './words'
import styles from './PinInput.module.css'

interface Props {
  label: string
  value: string
  onChange: (value: string) => void
  disabled?: boolean
  /** What is wrong with the value, in words. */
  error?: string
  hint?: string
  autoFocus?: boolean
}

/**
 * A box for a PIN: hidden, never completed by the browser, with a warning about
 * Caps Lock, the most frequent reason of a wrong PIN.
 */
export function PinInput({ label, value, onChange, disabled, error, hint, autoFocus }: Props) {
  const say = useSay()
  const id = useId()
  const [caps, setCaps] = useState(false)
  // Focused without scrolling: what is being signed must stay in sight.
  const box = useRef<InputRef>(null)
  useEffect(() => {
    if (autoFocus) box.current?.input?.focus({ preventScroll: true })
  }, [autoFocus])
  const watch = (e: KeyboardEvent) => setCaps(e.getModifierState('CapsLock'))
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <Input.Password
        id={id}
        ref={box}
        value={value}
        onChange={(e) => onChange(e.target.value)}
        onKeyDown={watch}
        onKeyUp={watch}
        onBlur={() => setCaps(false)}
        disabled={disabled}
        maxLength={64}
        autoComplete="off"
        spellCheck={false}
        data-1p-ignore
        data-lpignore="true"
        status={error ? 'error' : undefined}
        aria-invalid={error ? true : undefined}
        aria-describedby={`${id}-help`}
      />
      <div id={`${id}-help`} className="small" aria-live="polite">
        {caps && <div className="warn">⇪ {say('pin.caps')}</div>}
        {error ? <div className="bad">{error}</div> : hint && <div className="muted">{hint}</div>}
      </div>
    </div>
  )
}
