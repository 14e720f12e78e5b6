import { useState } from 'react'
import type { Shown } from '../../api/types'
import { Button } from '../../kit/Button'
import { Checkbox } from '../../kit/Checkbox'
import { Dialog } from '../../kit/Dialog'
import { groups } from '../../kit/when'
import { useSay } from '../../kit/words'
import styles from './BatchTable.module.css'
import { DocumentView } from './DocumentView'

/** Rows on one page of the table: a batch may have 500. */
const rows = 50

interface Props {
  documents: readonly Shown[]
  /** Indices of those that are to be signed. */
  kept: readonly number[]
  keep: (kept: readonly number[]) => void
  disabled: boolean
}

/** Several documents under one PIN: each can be looked at, and taken out, before. */
export function BatchTable({ documents, kept, keep, disabled }: Props) {
  const say = useSay()
  const [open, setOpen] = useState<Shown>()
  const [page, setPage] = useState(0)
  const all = documents.map((_, index) => index)
  const chosen = new Set(kept)
  const tick = (index: number, on: boolean) => keep(all.filter((i) => (i === index ? on : chosen.has(i))))
  const pages = Math.ceil(documents.length / rows)
  return (
    <section aria-label={say('confirm.batchDocuments')}>
      <p className="muted">{say('confirm.batchText')}</p>
      <div className={`row ${styles.pick}`}>
        <span role="status" className={kept.length > 0 ? undefined : 'bad'}>{kept.length > 0 ? say('confirm.batchKept', { count: kept.length, total: documents.length }) : say('confirm.batchNone')}</span>
        <Button size="small" disabled={disabled || kept.length === documents.length} onClick={() => keep(all)}>{say('confirm.batchAll')}</Button>
        <Button size="small" disabled={disabled || kept.length === 0} onClick={() => keep([])}>{say('confirm.batchClear')}</Button>
        {pages > 1 && <Pages page={page} pages={pages} turn={setPage} />}
      </div>
      <div key={page} className={styles.frame} tabIndex={0} role="group" aria-label={say('confirm.batchDocuments')}>
        <table className={styles.table}>
          <thead>
            <tr>
              <td />
              <th scope="col">{say('confirm.batchIndex')}</th>
              <th scope="col">{say('confirm.document')}</th>
              <th scope="col">{say('confirm.place')}</th>
              <th scope="col" className={styles.wide}>{say('confirm.digest')}</th>
              <th scope="col"><span className="unseen">{say('keys.actions')}</span></th>
            </tr>
          </thead>
          <tbody>
            {all.slice(page * rows, (page + 1) * rows).map((index) => (
              <Row key={index} of={documents[index]!} index={index} kept={chosen.has(index)} tick={(on) => tick(index, on)} open={setOpen} disabled={disabled} />
            ))}
          </tbody>
        </table>
      </div>
      {open && <Dialog title={open.title || say('confirm.untitled')} close={() => setOpen(undefined)}><DocumentView of={open} /></Dialog>}
    </section>
  )
}

interface RowProps {
  of: Shown
  index: number
  kept: boolean
  tick: (on: boolean) => void
  open: (of: Shown) => void
  disabled: boolean
}

function Row({ of: d, index, kept, tick, open, disabled }: RowProps) {
  const say = useSay()
  const title = d.title || say('confirm.untitled')
  return (
    <tr className={kept ? undefined : styles.leftOut}>
      <td><Checkbox checked={kept} onChange={tick} disabled={disabled} label={say('confirm.batchKeep', { title })} /></td>
      <td>{index + 1}</td>
      <td className="break">{d.only_hash && <strong className="bad">⚠ </strong>}{title}</td>
      <td>{d.page ? say('confirm.pageN', { page: d.page }) : '–'}</td>
      <td className={styles.wide}><span className="number small" title={groups(d.digest)}>{groups(d.digest.slice(0, 8))} …</span></td>
      <td><Button size="small" aria-label={`${say('confirm.batchOpen')} ${title}`} onClick={() => open(d)}>{say('confirm.batchOpen')}</Button></td>
    </tr>
  )
}

function Pages({ page, pages, turn }: { page: number; pages: number; turn: (page: number) => void }) {
  const say = useSay()
  return (
    <nav className={`row ${styles.pages}`} aria-label={say('confirm.batchPages')}>
      <Button size="small" disabled={page === 0} onClick={() => turn(page - 1)}>{say('confirm.batchBefore')}</Button>
      <span role="status">{say('confirm.batchPage', { page: page + 1, pages })}</span>
      <Button size="small" disabled={page === pages - 1} onClick={() => turn(page + 1)}>{say('confirm.batchAfter')}</Button>
    </nav>
  )
}
