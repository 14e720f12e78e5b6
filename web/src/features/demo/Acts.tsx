import { Button, Steps } from 'antd'
import { minute, octets } from '../../kit/when'
import { useLanguage, useSay } from '../../kit/words'
import type { CaseDocument, Verdict } from './backend'
import styles from './Demo.module.css'
import { Refusal } from './Refusal'
import { useClient } from './useClient'
import { type Step, useSigning } from './useSigning'

const steps: readonly Step[] = ['certificate', 'prepare', 'confirm', 'complete']
const stepWords = { certificate: 'demo.step_certificate', prepare: 'demo.step_prepare', confirm: 'demo.step_confirm', complete: 'demo.step_complete' } as const
const verdictWords = { passed: 'demo.verdict_passed', failed: 'demo.verdict_failed', indeterminate: 'demo.verdict_indeterminate', unsigned: 'demo.verdict_unsigned' } as const

/** What is to be done with a document: the buttons, and how its signatures stand. */
export function Acts({ of: d }: { of: CaseDocument }) {
  const say = useSay()
  const language = useLanguage()
  const client = useClient()
  const { run, busy, step, error, forget } = useSigning(client, d)
  return (
    <aside className={styles.acts}>
      <section className="panel stack">
        <h2>{say('demo.acts')}</h2>
        {d.acts.map((a) => (
          <div key={a.act}>
            <Button type="primary" block size="large" danger={a.purpose === 'seal'} disabled={busy || a.done !== null} onClick={() => run(a)}>{a.act}</Button>
            <p className="muted small">{a.done ? say('demo.doneBy', { holder: a.done.holder, at: minute(a.done.at) }) : say(a.purpose === 'seal' ? 'demo.needsUnit' : 'demo.needsPerson')}</p>
          </div>
        ))}
        {step && <Steps size="small" orientation="vertical" current={steps.indexOf(step)} items={steps.map((s) => ({ title: say(stepWords[s]) }))} />}
        <Refusal error={error} close={forget} />
      </section>
      <section className="panel stack">
        <h2>{say('demo.signatures')}</h2>
        <p className={look[d.verdict]}><strong>{mark[d.verdict]} {say(verdictWords[d.verdict])}</strong></p>
        {d.signatures.map((s, i) => (
          <p key={i} className="small">
            <span className={look[s.verdict]}>{mark[s.verdict]}</span> {s.holder} · {say('demo.onPage', { page: s.page })} · {minute(s.at)}
          </p>
        ))}
        <Button block href={`/api/documents/${d.id}/report?lang=${language}`} target="_blank" disabled={d.signatures.length === 0}>{say('demo.report')}</Button>
        <Button block href={`/api/documents/${d.id}/file`}>{say('demo.download', { size: octets(d.size) })}</Button>
      </section>
    </aside>
  )
}

const mark: Readonly<Record<Verdict, string>> = { passed: '✓', failed: '✗', indeterminate: '?', unsigned: '–' }
const look: Readonly<Record<Verdict, string>> = { passed: 'good', failed: 'bad', indeterminate: 'warn', unsigned: 'muted' }
