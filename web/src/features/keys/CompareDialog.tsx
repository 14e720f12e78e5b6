import { Input, Modal } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { agent, answer } from '../../api/client'
import { failure } from '../../api/failure'
import type { Comparison, ManagedKey, Problem } from '../../api/types'
import { Button } from '../../kit/Button'
import { Notice } from '../../kit/Notice'
import { ProblemView } from '../../kit/ProblemView'
import { useOnce } from '../../kit/useOnce'
import { useSay } from '../../kit/words'
import styles from './CompareDialog.module.css'

/** 核对身份证号: compares the number a system has on record, and names the part that differs. */
export function CompareDialog({ of: key, close }: { of: ManagedKey; close: () => void }) {
  const say = useSay()
  const id = useId()
  const [number, setNumber] = useState('')
  const [found, setFound] = useState<Comparison>()
  const [problem, setProblem] = useState<Problem>()
  const [compare, busy] = useOnce(async () => {
    setProblem(undefined)
    try {
      setFound(await answer(agent.POST('/v1/manager/keys/{id}/compare', { params: { path: { id: key.id } }, body: { number: number.trim() } })))
    } catch (cause) {
      setProblem(failure(cause).problem)
    }
  })
  const enter = (e: FormEvent) => {
    e.preventDefault()
    if (number.trim()) compare()
  }
  return (
    <Modal open title={say('compare.title')} onCancel={close} footer={null} width={560} mask={{ closable: false }} closable={{ 'aria-label': say('app.close') }}>
      <form className="stack" onSubmit={enter}>
        <div>{say('compare.intro')}</div>
        <div className="muted">{say('keys.idField')}</div>
        <div>
          <label htmlFor={id}><strong>{say('compare.number')}</strong></label>
          <Input
            id={id}
            className="number"
            value={number}
            onChange={(e) => { setNumber(e.target.value); setFound(undefined) }}
            maxLength={64}
            autoComplete="off"
            autoFocus
          />
        </div>
        <div aria-live="polite">{found && <Found found={found} length={[...number.trim()].length} />}</div>
        {problem && <ProblemView problem={problem} />}
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button onClick={close}>{say('app.close')}</Button>
          <Button look="primary" type="submit" busy={busy} disabled={!number.trim()}>{say('compare.do')}</Button>
        </div>
      </form>
    </Modal>
  )
}

function Found({ found, length }: { found: Comparison; length: number }) {
  const say = useSay()
  if (found.equal) return <Notice tone="success" title={say('compare.equal')}>{say('compare.equalText')}</Notice>
  const wrong = found.parts.filter((p) => !p.equal)
  const words = wrong.map((p) => (p.name === 'length' ? say('compare.length', { count: length }) : name(p.name)))
  return (
    <div className="stack">
      <Notice tone="warning" title={say('compare.different', { parts: words.join(say('app.comma')) })}>{say('compare.differentText')}</Notice>
      <div className={styles.parts}>
        {found.parts.filter((p) => p.name !== 'length').map((p) => (
          <div key={p.name} data-equal={p.equal}>
            <span className="small muted">{say('compare.places', p)}</span>
            <strong>{name(p.name)}</strong>
            <span>{p.equal ? `✓ ${say('compare.same')}` : `✗ ${say('compare.differs')}`}</span>
          </div>
        ))}
      </div>
    </div>
  )

  function name(part: Comparison['parts'][number]['name']): string {
    return say(part === 'region' ? 'compare.region' : part === 'birth' ? 'compare.birth' : part === 'sequence' ? 'compare.sequence' : 'compare.check')
  }
}
