import { Button } from './Button'
import { Notice } from './Notice'
import { usePrint } from './usePrint'
import { minute } from './when'
import { useSay } from './words'

interface Props {
  max: number
  holder: string
  serial: string
}

/** A locked PIN: why, what to bring, what comes after; and the same on paper. */
export function LockedSteps({ max, holder, serial }: Props) {
  const say = useSay()
  const steps = (
    <>
      <h2>{say('pin.lockedBring')}</h2>
      <ol>
        <li>{say('pin.lockedBring1')}</li>
        <li>{say('pin.lockedBring2')}</li>
        <li>{say('pin.lockedBring3', { holder, serial })}</li>
      </ol>
      <h2 style={{ marginTop: 12 }}>{say('pin.lockedThen')}</h2>
      <ul>
        <li>{say('pin.lockedThen1')}</li>
        <li>{say('pin.lockedThen2')}</li>
      </ul>
    </>
  )
  const [sheet, print] = usePrint(
    <>
      <h1>{say('pin.lockedSheet')}</h1>
      <p>{say('pin.lockedText', { max })}</p>
      {steps}
      <footer>{say('app.name')} · {say('keys.printedAt', { time: minute(new Date().toISOString()) })}</footer>
    </>,
  )
  return (
    <div className="stack">
      <Notice tone="error" title={say('pin.lockedTitle')}>{say('pin.lockedText', { max })}</Notice>
      <div>{steps}</div>
      <div><Button onClick={print}>{say('pin.lockedPrint')}</Button></div>
      {sheet}
    </div>
  )
}
