import type { ManagedKey } from '../../api/types'
import { Button } from '../../kit/Button'
import { Dots, gravity } from '../../kit/TriesLeft'
import { day } from '../../kit/when'
import { useTell } from '../../kit/useTell'
import { useSay } from '../../kit/words'
import { IdNumber } from './IdNumber'
import styles from './KeyCard.module.css'
import { soon } from './state'

interface Props {
  of: ManagedKey
  compare: () => void
  change: () => void
}

/** What a certificate says, in plain words. */
export function Facts({ of: key, compare, change }: Props) {
  const say = useSay()
  return (
    <dl className={styles.facts}>
      {key.kind !== 'organisation' && key.unit && <><dt>{say('keys.unit')}</dt><dd>{key.unit}</dd></>}
      {key.department && <><dt>{say('keys.department')}</dt><dd>{key.department}</dd></>}
      {key.id_number_masked && <><dt>{say('keys.idNumber')}</dt><dd><IdNumber of={key} compare={compare} /></dd></>}
      {key.credit_code && <><dt>{say('keys.creditCode')}</dt><dd className="number">{key.credit_code}</dd></>}
      <dt>{say('keys.validity')}</dt>
      <dd><Validity of={key} /></dd>
      <dt>{say('keys.pin')}</dt>
      <dd>
        <div className="row">
          {key.tries.known
            ? <><span className={gravity(key.tries)}>{say('pin.triesOf', key.tries)}</span><Dots tries={key.tries} /></>
            : <span>{say('pin.triesUnknownText')}</span>}
          {key.tries.first && key.state !== 'pin_first' && <Button size="small" onClick={change}>{say('keys.firstPin')} · {say('keys.firstPinDo')}</Button>}
        </div>
        {key.tries.first && <div className="small muted">{say('keys.firstPinText')}</div>}
      </dd>
      <dt>{say('keys.purposes')}</dt>
      <dd><Purposes of={key} /></dd>
    </dl>
  )
}

function Validity({ of: key }: { of: ManagedKey }) {
  const say = useSay()
  const { days_left: left, not_before: from, not_after: to } = key.signing
  const whole = Math.max(1, (Date.parse(to) - Date.parse(from)) / 86_400_000)
  const share = Math.min(100, Math.max(0, (left / whole) * 100))
  return (
    <div className="row">
      <span className="number">{say('keys.validityRange', { from: day(from), to: day(to) })}</span>
      <span className={styles.bar} data-soon={left <= soon} aria-hidden="true"><i style={{ width: `${share}%` }} /></span>
      {key.state === 'not_yet_valid'
        ? <span className="warn">{say('keys.notYet', { from: day(from) })}</span>
        : left < 0 || key.state === 'expired'
          ? <strong className="bad">{say('keys.expired', { days: Math.max(0, -left) })}</strong>
          : left <= soon ? <strong className="warn">{say('keys.daysLeftSoon', { days: left })}</strong> : <span>{say('keys.daysLeft', { days: left })}</span>}
    </div>
  )
}

const purposeWord = {
  login: 'confirm.purposeLogin', sign: 'confirm.purposeSign', seal: 'confirm.purposeSeal', decrypt: 'confirm.purposeDecrypt',
} as const

function Purposes({ of: key }: { of: ManagedKey }) {
  const say = useSay()
  const tell = useTell()
  return (
    <div className="row" style={{ gap: '2px 18px' }}>
      {key.purposes.map((p) => (
        <span key={p.purpose} title={p.reason && tell(p.reason).title}>
          <span className={p.suited ? 'good' : 'muted'} aria-hidden="true">{p.suited ? '✓' : '–'}</span>{' '}
          <span className={p.suited ? undefined : 'muted'}>{say(purposeWord[p.purpose])}</span>
          <span className="unseen">{p.suited ? say('keys.fits') : say('keys.fitsNot', { reason: p.reason ? tell(p.reason).title : '' })}</span>
        </span>
      ))}
    </div>
  )
}
