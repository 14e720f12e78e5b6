import { Modal } from 'antd'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { newOperation } from '../../api/client'
import { failure } from '../../api/failure'
import type { ManagedKey, Problem } from '../../api/types'
import { Button } from '../../kit/Button'
import { Checkbox } from '../../kit/Checkbox'
import { KindIcon } from '../../kit/KindIcon'
import { LockedSteps } from '../../kit/LockedSteps'
import { ProblemView } from '../../kit/ProblemView'
import { TriesLeft } from '../../kit/TriesLeft'
import { useInert } from '../../kit/useInert'
import { useOnce } from '../../kit/useOnce'
import { useSay } from '../../kit/words'
import { useKeysAnew } from './useKeys'

interface Props {
  of: ManagedKey
  title: string
  intro: string
  act: string
  /** Whether what was typed may be sent; checked before the UKey is touched. */
  ready: boolean
  /** Sends it. `last` says that the person accepted to use the last try. */
  send: (operation: string, last: boolean) => Promise<void>
  /** Clears what was typed, after a failure too: a PIN is never kept. */
  clear: () => void
  close: () => void
  /** What to show instead of the fields once it is done. */
  done?: ReactNode
  children: ReactNode
}

/**
 * The window around every PIN operation of the manager: whose key, tries left,
 * fields, what went wrong. One operation id is good for one sending, so a second
 * click cannot spend a second try.
 */
export function PinDialog({ of: key, title, intro, act, ready, send, clear, close, done, children }: Props) {
  const say = useSay()
  const anew = useKeysAnew()
  const operation = useRef(newOperation())
  const [problem, setProblem] = useState<Problem>()
  const [last, setLast] = useState(false)
  const inert = useInert()
  const { tries } = key
  const locked = tries.known && tries.left === 0
  const isLast = tries.known && tries.left === 1
  const [submit, busy] = useOnce(async () => {
    setProblem(undefined)
    try {
      await send(operation.current, last)
    } catch (cause) {
      setProblem(failure(cause).problem)
    }
    operation.current = newOperation()
    setLast(false)
    clear()
    await anew()
  })
  const may = ready && !busy && !inert && (!isLast || last)
  const enter = (e: FormEvent) => {
    e.preventDefault()
    if (may) submit()
  }
  return (
    <Modal
      open
      title={title}
      onCancel={busy ? undefined : close}
      mask={{ closable: false }}
      keyboard={!busy}
      closable={{ 'aria-label': say('app.close'), disabled: busy }}
      footer={null}
      width={520}
    >
      <form onSubmit={enter} className="stack" aria-busy={busy}>
        <div className="row">
          <KindIcon kind={key.kind} size={28} />
          <strong>{key.holder}</strong>
          <span className="muted">SN …{key.serial_tail}</span>
        </div>
        {body()}
        <div className="row" style={{ justifyContent: 'flex-end' }}>{buttons()}</div>
      </form>
    </Modal>
  )

  function body() {
    if (done) return done
    if (locked) return <LockedSteps max={tries.max} holder={key.holder} serial={key.hardware.serial} />
    return (
      <>
        <div>{intro}</div>
        <TriesLeft tries={tries} />
        {children}
        {isLast && <Checkbox checked={last} onChange={setLast}>{say('pin.lastConfirm')}</Checkbox>}
        {problem && <ProblemView problem={problem} />}
        <div role="status" className="muted">{busy && say('pin.busy')}</div>
      </>
    )
  }

  function buttons() {
    if (done || locked) return <Close act={close} />
    return (
      <>
        <Button onClick={close} disabled={busy} autoFocus={isLast}>{say('app.cancel')}</Button>
        <Button look="primary" type="submit" disabled={!may && !busy} busy={busy} danger={isLast}>{act}</Button>
      </>
    )
  }
}

// The box that had the focus is gone: Enter now closes. The dialog keeps the focus
// within itself, and takes it when it is lost, so it is set after that.
function Close({ act }: { act: () => void }) {
  const say = useSay()
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    const timer = setTimeout(() => button.current?.focus(), 50)
    return () => clearTimeout(timer)
  }, [])
  return <Button ref={button} look="primary" onClick={act}>{say('app.close')}</Button>
}
