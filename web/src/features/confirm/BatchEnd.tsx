import { useEffect } from 'react'
import type { WindowProgress } from '../../api/types'
import { Button } from '../../kit/Button'
import { Result } from '../../kit/Result'
import { useInert } from '../../kit/useInert'
import { useTell } from '../../kit/useTell'
import { useSay } from '../../kit/words'
import styles from './confirm.module.css'
import { useEscape } from './useEscape'

/** How long the window stays when all went well. */
const seconds = 5

/** What became of a batch. It goes by itself when all went well, else the person has to have seen it. */
export function BatchEnd({ of, leave }: { of: WindowProgress; leave: () => void }) {
  const say = useSay()
  const tell = useTell()
  const inert = useInert() // the Enter that sent the PIN must not close it unread
  const { stopped, action, done, total, left_out: leftOut } = of
  const why = stopped && tell(stopped.reason)
  const seen = () => { if (!inert) leave() }
  useEscape(seen)
  useEffect(() => {
    if (stopped) return
    const timer = setTimeout(leave, 1000 * seconds)
    return () => clearTimeout(timer)
  }, [stopped, leave])
  return (
    <main className={styles.window}>
      <Result
        tone={stopped ? 'warning' : 'success'}
        title={<h1 id="batch-end">{say(stopped ? 'batch.endedEarly' : 'batch.ended', { action, done, total })}</h1>}
        text={why ? <><strong>{why.title}</strong><br />{why.cause}<br />{why.next}</> : undefined}
      >
        {(stopped || leftOut > 0) && (
          <dl className={styles.facts}>
            <dt>{say('batch.factDone')}</dt><dd>{say('batch.copies', { count: done })}</dd>
            {leftOut > 0 && <><dt>{say('batch.factLeftOut')}</dt><dd>{say('batch.copies', { count: leftOut })}</dd></>}
            {stopped && (
              <>
                <dt>{say('batch.factNot')}</dt><dd>{say('batch.copies', { count: total - done })}</dd>
                <dt>{say('batch.factAt')}</dt><dd>{say('batch.at', { index: stopped.index + 1 })} <strong>{of.title}</strong></dd>
              </>
            )}
          </dl>
        )}
      </Result>
      <footer className={styles.footer}>
        <span className="muted">{stopped ? '' : say('batch.leaving', { seconds })}</span>
        <Button size="large" look="primary" autoFocus aria-describedby="batch-end" onClick={seen}>{say('app.close')} <kbd aria-hidden="true">Esc</kbd></Button>
      </footer>
    </main>
  )
}
