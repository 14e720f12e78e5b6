import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Ref } from 'react'
import { Notice } from '../../kit/Notice'
import { Spinner } from '../../kit/Spinner'
import { useSay } from '../../kit/words'
import type { CaseDocument, CasePage } from './backend'
import styles from './Demo.module.css'
import { Refusal } from './Refusal'
import { useBackend } from './useBackend'

/** The document page by page, drawn by the server that also verifies it. */
export function Reader({ of: d, at }: { of: CaseDocument; at: Ref<HTMLElement> }) {
  const say = useSay()
  return (
    <section ref={at} className={styles.reader} aria-label={d.title} tabIndex={0}>
      {Array.from({ length: d.pages }, (_, i) => <PageOf key={i} of={d} n={i + 1} />)}
      <p className="muted small">{say('demo.readerEnd', { pages: d.pages })}</p>
    </section>
  )
}

function PageOf({ of: d, n }: { of: CaseDocument; n: number }) {
  const say = useSay()
  const server = useBackend()
  const page = useQuery({ queryKey: ['page', d.id, d.version, n], queryFn: () => server.page(d.id, n), staleTime: Infinity, placeholderData: keepPreviousData })
  if (page.isPending) return <div className={styles.sheet}><Spinner alone /></div>
  if (page.error) return <Refusal error={page.error} />
  return (
    <figure className={styles.figure} data-page={n}>
      <Missing of={page.data} />
      <img className={styles.sheet} alt={say('demo.pageAlt', { page: n, title: d.title })} src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(page.data.svg)}`} />
      <figcaption className="muted small">{say('demo.pageOf', { page: n, pages: d.pages })}</figcaption>
    </figure>
  )
}

/** A page that could not be drawn whole says so before it is signed. */
function Missing({ of: page }: { of: CasePage }) {
  const say = useSay()
  if (page.hidden === 0) return null
  return (
    <Notice tone="warning" title={say('demo.hidden', { count: page.hidden })}>
      <ul>{page.notes.map((note) => <li key={note}>{note}</li>)}</ul>
    </Notice>
  )
}
