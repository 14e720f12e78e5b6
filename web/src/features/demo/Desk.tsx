import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Tag } from 'antd'
import { useRef, useState } from 'react'
import { acts } from '../../i18n/named'
import { Button } from '../../kit/Button'
import { Spinner } from '../../kit/Spinner'
import { useSay } from '../../kit/words'
import { Acts } from './Acts'
import type { CaseDocument } from './backend'
import styles from './Demo.module.css'
import { Reader } from './Reader'
import { Refusal } from './Refusal'
import { useBackend } from './useBackend'

/** What lies on the desk: the documents, the one that is read, and what is to be done with it. */
export function Desk() {
  const say = useSay()
  const server = useBackend()
  const queries = useQueryClient()
  const documents = useQuery({ queryKey: ['documents'], queryFn: server.documents })
  const [chosen, setChosen] = useState<string>()
  const reader = useRef<HTMLElement>(null)
  if (documents.isPending) return <Spinner alone />
  if (documents.error) return <Refusal error={documents.error} />
  const list = documents.data.documents
  const open = list.find((d) => d.id === chosen) ?? list[0]
  if (!open) return <p className="muted">{say('demo.empty')}</p>
  return (
    <div className={styles.desk}>
      <nav className={styles.list} aria-label={say('demo.documents')}>
        <h2>{say('demo.documents')}</h2>
        {list.map((d) => (
          <button key={d.id} type="button" className={styles.item} aria-current={d.id === open.id ? 'true' : undefined} onClick={() => setChosen(d.id)}>
            <span>{d.title}</span>
            <State of={d} />
          </button>
        ))}
        <Button size="small" onClick={() => void server.restart().then(() => queries.invalidateQueries())}>{say('demo.restart')}</Button>
      </nav>
      <Reader key={open.id} of={open} at={reader} />
      <Acts key={`acts-${open.id}`} of={open} show={(page) => reader.current?.querySelector(`[data-page="${page}"]`)?.scrollIntoView({ block: 'end' })} />
    </div>
  )
}

function State({ of: d }: { of: CaseDocument }) {
  const say = useSay()
  const waiting = d.acts.find((a) => !a.done)
  return waiting ? <Tag>{say('demo.waitsFor', { act: say(acts[waiting.act]) })}</Tag> : <Tag color="success">{say('demo.finished')}</Tag>
}
