import { Tag } from 'antd'
import type { ManagedKey } from '../../api/types'
import { Button } from '../../kit/Button'
import { KindIcon } from '../../kit/KindIcon'
import { usePrint } from '../../kit/usePrint'
import { useSay } from '../../kit/words'
import { CardSheet } from './CardSheet'
import { Facts } from './Facts'
import { KeyActions } from './KeyActions'
import styles from './KeyCard.module.css'
import { kindWord, stateOf } from './state'
import { useDialogs } from './useDialogs'

/** One UKey in plain words, with what can be done with it. */
export function KeyCard({ of: key }: { of: ManagedKey }) {
  const say = useSay()
  const { dialog, open } = useDialogs(key)
  const [sheet, print] = usePrint(<CardSheet of={key} />)
  const state = stateOf(key)
  return (
    <section className={styles.card} aria-label={key.holder}>
      <div className={`${styles.state} ${styles[state.tone]}`}>
        <span><b aria-hidden="true">{state.mark}</b> {say(state.word)}</span>
        {state.tone === 'good' && <Button size="small" onClick={() => open('test')}>{say('keys.test')}</Button>}
        {key.state === 'pin_first' && <Button size="small" look="primary" onClick={() => open('change')}>{say('keys.firstPinDo')}</Button>}
        {key.state === 'pin_locked' && <Button size="small" onClick={() => open('verify')}>{say('app.steps')}</Button>}
      </div>
      <header className={styles.head}>
        <KindIcon kind={key.kind} size={52} />
        <div className={styles.who}>
          <h2>{key.holder}</h2>
          <div className="row"><Tag color={key.kind === 'organisation' ? 'red' : 'blue'} variant="outlined">{say(kindWord(key.kind))}</Tag><span className="muted">{say(key.kind === 'person' ? 'keys.kindPersonHint' : key.kind === 'organisation' ? 'keys.kindOrganisationHint' : 'keys.kindOtherHint')}</span></div>
        </div>
        <div className={styles.device}>
          <span className="muted">{say(key.hardware.hardware ? 'keys.hardware' : 'keys.soft')}</span>
          <strong>{key.hardware.label || key.hardware.name}</strong>
          <span className="number small">SN …{key.serial_tail}</span>
        </div>
      </header>
      <Facts of={key} compare={() => open('compare')} change={() => open('change')} />
      <KeyActions of={key} open={open} print={print} />
      {dialog}
      {sheet}
    </section>
  )
}
