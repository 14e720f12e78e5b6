import { useState } from 'react'
import type { Question } from '../../api/types'
import { Button } from '../../kit/Button'
import { Checkbox } from '../../kit/Checkbox'
import { ProblemView } from '../../kit/ProblemView'
import { useInert } from '../../kit/useInert'
import { useSay } from '../../kit/words'
import styles from './confirm.module.css'
import { Origin } from './Origin'
import { useAnswer } from './useAnswer'
import { useEscape } from './useEscape'

interface Props {
  of: Question
  refused: () => void
  allowed: () => void
  /** Goes on to what the site asks for; the consent travels with that answer. */
  next: (remember: boolean) => void
}

/** First use: may this site use UKeys at all? */
export function Consent({ of, refused, allowed, next }: Props) {
  const say = useSay()
  const inert = useInert()
  const [remember, setRemember] = useState(true)
  const { send, busy, problem } = useAnswer(of, (approved) => (approved ? allowed() : refused()))
  const refuse = () => send({ approve: false })
  useEscape(refuse)
  const only = of.kind === 'allow'
  return (
    <main className={styles.window}>
      <h1>{say('confirm.originTitle')}</h1>
      <Origin of={of} />
      {!of.secure && <p className="warn">⚠ {say('confirm.insecureText')}</p>}
      <p>{say('confirm.originText')}</p>
      <Checkbox checked={remember} onChange={setRemember}>{say('confirm.originRemember')}</Checkbox>
      {problem && <ProblemView problem={problem} />}
      <footer className={styles.footer}>
        <Button size="large" onClick={refuse} disabled={busy}>{say('confirm.originRefuse')}</Button>
        <Button size="large" look="primary" disabled={inert} busy={busy} onClick={() => (only ? send({ approve: true, remember }) : next(remember))}>
          {say(only ? 'confirm.originOnly' : 'confirm.originAllow')}
        </Button>
      </footer>
    </main>
  )
}
