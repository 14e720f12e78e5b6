import { useEffect, useMemo, useState } from 'react'
import { agent, answer } from '../../api/client'
import { failure } from '../../api/failure'
import type { Problem, WindowProgress, WindowSteer } from '../../api/types'
import { Button } from '../../kit/Button'
import { ProblemView } from '../../kit/ProblemView'
import { useInert } from '../../kit/useInert'
import { useOnce } from '../../kit/useOnce'
import { clock } from '../../kit/when'
import { useSay } from '../../kit/words'
import styles from './confirm.module.css'

/** A batch that is being signed: how far it is, and the person's hand on it. */
export function BatchView({ of, id }: { of: WindowProgress; id: string }) {
  const say = useSay()
  const inert = useInert() // the Enter that sent the PIN must not pause
  const [problem, setProblem] = useState<Problem>()
  const [steer] = useOnce(async (act: WindowSteer['do']) => {
    try {
      await answer(agent.POST('/v1/windows/{id}/steer', { params: { path: { id } }, body: { do: act } }))
    } catch (cause) {
      const told = failure(cause).problem
      // It ended meanwhile; how, the event says.
      if (told.code !== 'agent.window_closed') setProblem(told)
    }
  })
  const act = (what: WindowSteer['do']) => { if (!inert) steer(what) }
  // The browser asks before it lets this window be closed halfway.
  useEffect(() => {
    const stay = (e: BeforeUnloadEvent) => e.preventDefault()
    window.addEventListener('beforeunload', stay)
    return () => window.removeEventListener('beforeunload', stay)
  }, [])
  const paused = of.state === 'paused'
  const held = paused || of.state === 'pausing'
  const title = say(paused ? 'batch.paused' : of.state === 'pausing' ? 'batch.pausing' : of.state === 'stopping' ? 'batch.stopping' : 'batch.signing', { action: of.action, total: of.total })
  const count = say('batch.count', { done: of.done, total: of.total })
  // A screen reader is told each tenth and each change of state, not each document.
  const tenth = Math.floor((10 * of.done) / of.total)
  const heard = useMemo(() => `${title} ${count}`, [of.state, tenth])
  return (
    <main className={styles.window}>
      <h1>{title}</h1>
      <div className={styles.origin}><span className="muted">{say('confirm.from')}</span><strong className={styles.address}>{of.origin}</strong></div>
      <div className={styles.course}>
        <div className="row spread">
          <strong className={styles.count}>{count}</strong>
          {of.left_out > 0 && <span className="muted">{say('batch.leftOut', { count: of.left_out })}</span>}
        </div>
        <progress className={styles.progress} value={of.done} max={of.total} aria-label={title} aria-valuetext={count} />
        <p className="break">{say(paused ? 'batch.following' : 'batch.present')}<strong>{of.title || say('confirm.untitled')}</strong></p>
        <p className={paused ? 'warn' : 'muted'}>{paused ? say('batch.pausedText', { until: clock(of.until) }) : say('batch.signingText')}</p>
      </div>
      <span className="unseen" role="status">{heard}</span>
      {problem && <ProblemView problem={problem} />}
      <footer className={styles.footer}>
        <Button size="large" danger disabled={of.state === 'stopping'} onClick={() => act('stop')}>{say('batch.stop')}</Button>
        <Button size="large" look="primary" autoFocus disabled={of.state === 'stopping'} onClick={() => act(held ? 'resume' : 'pause')}>{say(held ? 'batch.resume' : 'batch.pause')}</Button>
      </footer>
    </main>
  )
}
