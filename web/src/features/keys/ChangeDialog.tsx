import { App } from 'antd'
import { useState } from 'react'
import { agent, answer } from '../../api/client'
import type { ManagedKey } from '../../api/types'
import { PinInput } from '../../kit/PinInput'
import { useSay } from '../../kit/words'
import { PinDialog } from './PinDialog'
import { longest, shortest, wrongWith } from './pinRule'

const empty = { old: '', fresh: '', repeat: '' }

/** 修改密码: closes itself after success, so there is nothing left to click twice. */
export function ChangeDialog({ of: key, close }: { of: ManagedKey; close: () => void }) {
  const say = useSay()
  const { notification } = App.useApp()
  const [typed, setTyped] = useState(empty)
  const limits = { min: shortest, max: longest }
  const wrong = typed.fresh === '' ? undefined : wrongWith(typed.old, typed.fresh)
  const differs = typed.repeat !== '' && typed.repeat !== typed.fresh
  return (
    <PinDialog
      of={key}
      title={say('pin.changeTitle')}
      intro={say('pin.rule', limits)}
      act={say('pin.changeDo')}
      ready={typed.old !== '' && typed.fresh !== '' && !wrong && typed.repeat === typed.fresh}
      clear={() => setTyped(empty)}
      close={close}
      send={async (operation, last) => {
        const body = { operation, old: typed.old, new: typed.fresh, repeat: typed.repeat, last }
        await answer(agent.POST('/v1/manager/keys/{id}/change-pin', { params: { path: { id: key.id } }, body }))
        notification.success({ title: say('pin.changed'), description: say('pin.changedText'), duration: 12, role: 'status' })
        close()
      }}
    >
      <PinInput label={say('pin.old')} value={typed.old} onChange={(old) => setTyped({ ...typed, old })} autoFocus={key.tries.left !== 1} />
      <PinInput label={say('pin.fresh')} value={typed.fresh} onChange={(fresh) => setTyped({ ...typed, fresh })} error={wrong && words(wrong)} />
      <PinInput label={say('pin.repeat')} value={typed.repeat} onChange={(repeat) => setTyped({ ...typed, repeat })} error={differs ? say('pin.errorRepeat') : undefined} />
    </PinDialog>
  )

  function words(rule: NonNullable<typeof wrong>): string {
    return rule === 'pin.errorLength' ? say(rule, limits) : say(rule)
  }
}
