import { useState } from 'react'
import { Button } from '../../kit/Button'
import { Dialog } from '../../kit/Dialog'
import { useSay } from '../../kit/words'
import styles from './confirm.module.css'

// How wide the enlarged page is, in widths of its dialog.
const sizes = [1, 1.5, 2, 3] as const

/** The picture of a page, which a click enlarges. */
export function Picture({ src, title }: { src: string; title: string }) {
  const say = useSay()
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" className={styles.picture} title={say('confirm.enlarge')} onClick={() => setOpen(true)}>
        <img src={src} alt={say('confirm.picture')} />
      </button>
      {open && <Enlarged src={src} title={title} close={() => setOpen(false)} />}
    </>
  )
}

function Enlarged({ src, title, close }: { src: string; title: string; close: () => void }) {
  const say = useSay()
  const [size, setSize] = useState(0)
  const step = (by: number, word: 'confirm.larger' | 'confirm.smaller') => (
    <Button size="small" aria-label={say(word)} title={say(word)} disabled={sizes[size + by] === undefined} onClick={() => setSize(size + by)}>{by > 0 ? '+' : '−'}</Button>
  )
  return (
    <Dialog title={title || say('confirm.untitled')} close={close} extra={<>{step(-1, 'confirm.smaller')}{step(1, 'confirm.larger')}</>}>
      <div className={styles.enlarged} tabIndex={0} role="group" aria-label={say('confirm.picture')}>
        <img src={src} alt={say('confirm.picture')} style={{ width: `${100 * (sizes[size] ?? 1)}%` }} />
      </div>
    </Dialog>
  )
}
