import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef } from 'react'
import { Button } from '../../kit/Button'
import { KindIcon } from '../../kit/KindIcon'
import { prefer } from '../../kit/preferences'
import { Spinner } from '../../kit/Spinner'
import { useLanguage, useSay } from '../../kit/words'
import type { Person } from './backend'
import styles from './Demo.module.css'
import { Desk } from './Desk'
import { Login } from './Login'
import { Refusal } from './Refusal'
import { useBackend } from './useBackend'

/** 示例办案系统: a business system that stands on the page SDK alone. */
export function Demo() {
  const server = useBackend()
  const session = useQuery({ queryKey: ['session'], queryFn: server.session })
  if (session.isPending) return <Spinner alone />
  if (session.error) return <Frame person={null}><Refusal error={session.error} /></Frame>
  const { person, hints } = session.data
  return <Frame person={person}>{person ? <Desk /> : <Login hints={hints} />}</Frame>
}

function Frame({ person, children }: { person: Person | null; children: ReactNode }) {
  const say = useSay()
  const language = useLanguage()
  const main = useRef<HTMLElement>(null)
  const before = useRef(person)
  // The button that led to another view is gone, and the focus with it.
  useEffect(() => {
    if (before.current?.name !== person?.name) main.current?.focus()
    before.current = person
  }, [person])
  return (
    <>
      <header className={styles.header}>
        <KindIcon kind="organisation" size={30} />
        <h1 className={styles.name}>{say('demo.pageTitle')}</h1>
        <span className={styles.mark}>{say('demo.fictional')}</span>
        <span className={styles.right}>
          {person && <Who person={person} />}
          <Button aria-label={say('app.switchLanguage')} onClick={() => prefer({ language: language === 'zh' ? 'en' : 'zh' })}>{say('app.language')}</Button>
        </span>
      </header>
      <main ref={main} id="main" tabIndex={-1} className={styles.main}>{children}</main>
    </>
  )
}

function Who({ person }: { person: Person }) {
  const say = useSay()
  const server = useBackend()
  const queries = useQueryClient()
  return (
    <>
      <span className={styles.who}>{person.name}<span className="muted small"> {person.unit} {person.post} · <span className="number">{person.id_masked}</span></span></span>
      <Button onClick={() => void server.logout().then(() => queries.invalidateQueries())}>{say('demo.logout')}</Button>
    </>
  )
}
