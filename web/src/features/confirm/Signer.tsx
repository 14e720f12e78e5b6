import { useId, useState } from 'react'
import type { Choice, Reason } from '../../api/types'
import { Button } from '../../kit/Button'
import { KindIcon } from '../../kit/KindIcon'
import { Notice } from '../../kit/Notice'
import { day } from '../../kit/when'
import { useTell } from '../../kit/useTell'
import { useSay } from '../../kit/words'
import styles from './confirm.module.css'

interface Props {
  keys: readonly Choice[]
  chosen?: string
  choose: (id: string) => void
  action: string
  /** Nothing is signed: the person only shows who it is, or opens an envelope. */
  bare?: boolean
}

/**
 * Who signs. The one key that fits is chosen and always shown; of several that
 * fit none is chosen for the person; those that do not fit say why.
 */
export function Signer({ keys, chosen, choose, action, bare }: Props) {
  const say = useSay()
  const [changing, setChanging] = useState(false)
  const group = useId()
  const fits = keys.filter((k) => k.suited)
  const key = fits.find((k) => k.id === chosen)
  if (keys.length === 0) return <Notice tone="info" role="status" title={say('confirm.noKeys')}>{say('confirm.noKeysText')}</Notice>
  const list = !key || changing
  const heading = say(bare ? 'confirm.certificate' : 'confirm.signer')
  return (
    <section className={styles.signer} aria-label={heading}>
      <div className="row spread">
        <h2>{list && fits.length > 1 ? say('confirm.chooseKey') : heading}</h2>
        {key && !changing && fits.length > 1 && <Button size="small" onClick={() => setChanging(true)}>{say('confirm.signerChange')}</Button>}
      </div>
      {fits.length === 0 && <Notice tone="warning" role="status" title={say('confirm.noneFits', { action })}>{say('confirm.noneFitsText')}</Notice>}
      {list
        ? (
          <div role="radiogroup" aria-label={heading} className={styles.choices}>
            {keys.map((k) => (
              <label key={k.id} className={styles.choice} data-unsuited={!k.suited}>
                <input type="radio" name={group} checked={k.id === key?.id} disabled={!k.suited} onChange={() => { choose(k.id); setChanging(false) }} />
                <Card of={k} />
              </label>
            ))}
          </div>
        )
        : <Card of={key} />}
    </section>
  )
}

function Card({ of: key }: { of: Choice }) {
  const say = useSay()
  // A certificate may name one and the same place as both.
  const unit = [...new Set([key.kind === 'organisation' ? undefined : key.unit, key.department])].filter(Boolean).join(' · ')
  return (
    <span className={styles.card}>
      <KindIcon kind={key.kind} size={36} />
      <span>
        <strong>{key.holder}</strong>{unit && <span className="muted">{unit}</span>}
        <span className="small muted">{say(kind())} · {say('confirm.validTo', { date: day(key.not_after) })} · <span className="number">SN …{key.serial_tail}</span></span>
        {!key.suited && key.reason && <Unsuited reason={key.reason} />}
      </span>
    </span>
  )

  function kind() {
    return key.kind === 'person' ? 'keys.kindPerson' : key.kind === 'organisation' ? 'keys.kindOrganisation' : 'keys.kindOther'
  }
}

function Unsuited({ reason }: { reason: Reason }) {
  const say = useSay()
  const tell = useTell()
  return <span className="small warn">{say('confirm.unsuited', { reason: tell(reason).title })}</span>
}
