import { Steps } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { acts } from '../../i18n/named'
import { Button, ButtonLink } from '../../kit/Button'
import { minute, octets } from '../../kit/when'
import { useLanguage, useSay } from '../../kit/words'
import type { Act, CaseDocument, Verdict } from './backend'
import styles from './Demo.module.css'
import { Refusal } from './Refusal'
import { useClient } from './useClient'
import { type Step, useSigning } from './useSigning'

const steps: readonly Step[] = ['certificate', 'prepare', 'confirm', 'complete']
const stepWords = { certificate: 'demo.step_certificate', prepare: 'demo.step_prepare', confirm: 'demo.step_confirm', complete: 'demo.step_complete' } as const
const verdictWords = { passed: 'demo.verdict_passed', failed: 'demo.verdict_failed', indeterminate: 'demo.verdict_indeterminate', unsigned: 'demo.verdict_unsigned' } as const

interface Props {
  of: CaseDocument
  /** Shows a page of the document. */
  show: (page: number) => void
}

/** What is to be done with a document: the buttons, and how its signatures stand. */
export function Acts({ of: d, show }: Props) {
  const say = useSay()
  const language = useLanguage()
  const client = useClient()
  const [written, setWritten] = useState<number>()
  const { run, busy, step, error, forget } = useSigning(client, d, (page) => {
    setWritten(page)
    show(page)
  })
  const next = d.acts.find((a) => !a.done)
  const report = useRef<HTMLAnchorElement>(null)
  useEffect(() => {
    if (written !== undefined && !next) report.current?.focus()
  }, [written, next])
  return (
    <aside className={styles.acts}>
      <section className="panel stack">
        <h2>{say('demo.acts')}</h2>
        {d.acts.map((a) => <ActButton key={a.act} of={a} busy={busy} next={written !== undefined && a === next} run={() => { setWritten(undefined); run(a) }} />)}
        {step && <Steps size="small" orientation="vertical" current={steps.indexOf(step)} items={steps.map((s) => ({ title: say(stepWords[s]) }))} />}
        <p role="status" className={written === undefined ? 'unseen' : 'good small'}>
          {written !== undefined && (next ? say('demo.nextStep', { page: written, act: say(acts[next.act]) }) : say('demo.allDone', { page: written }))}
        </p>
        <Refusal error={error} close={forget} />
      </section>
      <section className="panel stack">
        <h2>{say('demo.signatures')}</h2>
        <p className={look[d.verdict]}><strong>{mark[d.verdict]} {say(verdictWords[d.verdict])}</strong></p>
        {d.signatures.map((s, i) => (
          <p key={i} className="small">
            <span className={look[s.verdict]}>{mark[s.verdict]}</span> {s.holder} ·{' '}
            <button type="button" className={styles.link} aria-label={say('demo.goToPage', { page: s.page, holder: s.holder })} onClick={() => show(s.page)}>{say('demo.onPage', { page: s.page })}</button>
            <span className={`${styles.line} muted`}>{minute(s.at)}</span>
          </p>
        ))}
        {d.signatures.length > 0 && <ButtonLink ref={report} block href={`/api/documents/${d.id}/report?lang=${language}`} target="_blank">{say('demo.report')}</ButtonLink>}
        <ButtonLink block href={`/api/documents/${d.id}/file`}>{say('demo.download', { size: octets(d.size) })}</ButtonLink>
      </section>
    </aside>
  )
}

/**
 * One act. A button that is done or has to wait is not disabled but still: it keeps
 * the focus while the agent's window is open, and after it. next: it follows the act
 * that was just done, and takes the focus.
 */
function ActButton({ of: a, busy, next, run }: { of: Act; busy: boolean; next: boolean; run: () => void }) {
  const say = useSay()
  const button = useRef<HTMLButtonElement>(null)
  const still = busy || a.done !== null
  useEffect(() => {
    if (next) button.current?.focus()
  }, [next])
  return (
    <div>
      <Button ref={button} look={a.done ? 'plain' : 'primary'} block size="large" danger={a.purpose === 'seal' && !a.done} className={still ? styles.still : undefined} aria-disabled={still} onClick={() => { if (!still) run() }}>
        {a.done && '✓ '}{say(acts[a.act])}
      </Button>
      <p className="muted small">{a.done ? say('demo.doneBy', { holder: a.done.holder, at: minute(a.done.at) }) : say(a.purpose === 'seal' ? 'demo.needsUnit' : 'demo.needsPerson')}</p>
    </div>
  )
}

const mark: Readonly<Record<Verdict, string>> = { passed: '✓', failed: '✗', indeterminate: '?', unsigned: '–' }
const look: Readonly<Record<Verdict, string>> = { passed: 'good', failed: 'bad', indeterminate: 'warn', unsigned: 'muted' }
