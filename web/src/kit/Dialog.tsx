import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import styles from './Dialog.module.css'
import { useSay } from './words'

interface Props {
  title: string
  /** Called once it is closed, by its button or by Esc; the focus is back where it was. */
  close: () => void
  /** Stands beside the title. */
  extra?: ReactNode
  children: ReactNode
}

/** Something to look at above the page, which waits; the browser keeps the focus within. */
export function Dialog({ title, close, extra, children }: Props) {
  const say = useSay()
  const id = useId()
  const box = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    if (!box.current?.open) box.current?.showModal()
  }, [])
  return (
    <dialog ref={box} className={styles.dialog} aria-labelledby={id} onClose={close}>
      <header className={styles.header}>
        <h2 id={id}>{title}</h2>
        {extra}
        <button type="button" className={styles.close} aria-label={say('app.close')} onClick={() => box.current?.close()}>×</button>
      </header>
      <div className={styles.body}>{children}</div>
    </dialog>
  )
}
