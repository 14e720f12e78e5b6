import { useEffect, useRef, useState } from 'react'
import type { Question } from '../../api/types'
import { Button } from '../../kit/Button'
import { Checkbox } from '../../kit/Checkbox'
import { Notice } from '../../kit/Notice'
import { PinInput } from '../../kit/PinInput'
import { ProblemView } from '../../kit/ProblemView'
import { few, TriesLeft } from '../../kit/TriesLeft'
import { useInert } from '../../kit/useInert'
import { useSay } from '../../kit/words'
import { BatchTable } from './BatchTable'
import styles from './confirm.module.css'
import { DocumentView } from './DocumentView'
import { Origin } from './Origin'
import { Signer } from './Signer'
import { useAnswer } from './useAnswer'
import { useEscape } from './useEscape'

interface Props {
  of: Question
  remember: boolean
  /** Asks the agent for the question anew: tries and keys may have changed. */
  again: () => Promise<void>
  refused: () => void
  /** The answer was taken; over: and nothing follows in this window. */
  done: (over: boolean) => void
}

/** 我在签什么: who asks, what is signed, by whom, and the PIN. */
export function ActView({ of, remember, again, refused, done }: Props) {
  const say = useSay()
  const inert = useInert()
  const [pin, setPin] = useState('')
  const [knows, setKnows] = useState(false)
  const [chosen, setChosen] = useState(of.selected)
  const [gone, setGone] = useState(false)
  const several = of.documents.length > 1
  const [kept, setKept] = useState<readonly number[]>(() => of.documents.map((_, index) => index))
  const { send, busy, problem } = useAnswer(of, (approved, over) => (approved ? done(over) : refused()), () => {
    setPin('')
    void again()
  })
  // In a small window it would come where nobody looks.
  const told = useRef<HTMLDivElement>(null)
  useEffect(() => {
    told.current?.scrollIntoView({ block: 'nearest' })
  }, [problem])
  const key = of.keys.find((k) => k.id === chosen && k.suited)
  useEffect(() => {
    if (!chosen || of.keys.some((k) => k.id === chosen)) return
    setChosen(undefined)
    setPin('')
    setGone(true)
  }, [chosen, of.keys])
  useEffect(() => {
    if (of.selected) setChosen((before) => before ?? of.selected)
  }, [of.selected])
  const blind = of.documents.some((d, index) => d.only_hash && kept.includes(index))
  const fewLeft = !!key?.tries.known && key.tries.left <= few
  const asksPin = of.need_pin && !!key && !fewLeft
  const ready = !!key && (!several || kept.length > 0) && !inert && !busy && (!of.need_pin || (asksPin && pin !== '')) && (!blind || knows)
  const approve = () => { if (ready) send({ approve: true, key: chosen, pin: of.need_pin ? pin : undefined, remember, documents: several ? [...kept] : undefined }) }
  const refuse = () => { if (!busy) send({ approve: false }) }
  useEscape(refuse)
  const action = of.action ?? purposeWord()
  return (
    <main className={styles.window}>
      <h1>{several ? say('confirm.batchTitle', { action, count: of.documents.length }) : say('confirm.title', { action })}</h1>
      <Origin of={of} />
      <div className={styles.content}>
        {several && <BatchTable documents={of.documents} kept={kept} keep={setKept} disabled={busy} />}
        {of.documents.length === 1 && of.documents[0] && <DocumentView of={of.documents[0]} />}
        {of.purpose === 'login' && <p>{say('confirm.loginText')}</p>}
        {of.purpose === 'decrypt' && <p>{say('confirm.decryptText')}</p>}
      </div>
      {blind && <Checkbox checked={knows} onChange={setKnows}><span className="bad">{say('confirm.digestOnlyAgree')}</span></Checkbox>}
      {gone && !key && <Notice tone="warning" title={say('confirm.keyGone')} />}
      <Signer keys={of.keys} chosen={key?.id} choose={(id) => { setChosen(id); setPin(''); setGone(false) }} action={action} bare={of.purpose === 'login' || of.purpose === 'decrypt'} />
      {fewLeft && key && (
        <Notice tone="error" title={say('confirm.fewTitle', { left: key.tries.left })}>{say('confirm.fewText')}</Notice>
      )}
      {asksPin && key && (
        // Each try is a new operation: the field takes the focus again, which it lost while busy.
        <form key={of.operation} className={styles.pin} onSubmit={(e) => { e.preventDefault(); approve() }}>
          <PinInput label={say('pin.label')} value={pin} onChange={setPin} autoFocus disabled={busy} />
          <TriesLeft tries={key.tries} />
        </form>
      )}
      {problem && <div ref={told} className={styles.problem}><ProblemView problem={problem} /></div>}
      <footer className={styles.footer}>
        <span role="status" className="muted">{busy && of.need_pin ? say('pin.busy') : ''}</span>
        <Button size="large" onClick={refuse} disabled={busy}>{say('confirm.refuse')} <kbd aria-hidden="true">Esc</kbd></Button>
        <Button size="large" look="primary" danger={blind} disabled={!ready && !busy} busy={busy} onClick={approve}>{approveWord(action)}</Button>
      </footer>
    </main>
  )

  function purposeWord(): string {
    if (of.purpose === 'login') return say('confirm.purposeLogin')
    if (of.purpose === 'decrypt') return say('confirm.purposeDecrypt')
    if (of.purpose === 'seal') return say('confirm.purposeSeal')
    return of.purpose === 'sign' ? say('confirm.purposeSign') : say('confirm.chooseKey')
  }

  function approveWord(action: string): string {
    if (several) return say('confirm.approveSeveral', { action, count: kept.length })
    return of.purpose === 'sign' || of.purpose === 'seal' ? say('confirm.approveSign', { action }) : action
  }
}
