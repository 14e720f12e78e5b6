import { App, Dropdown } from 'antd'
import { useEffect } from 'react'
import type { ManagedKey } from '../../api/types'
import { Button } from '../../kit/Button'
import { useSay } from '../../kit/words'
import styles from './KeyCard.module.css'
import type { DialogName } from './useDialogs'

interface Props {
  of: ManagedKey
  open: (dialog: DialogName) => void
  print: () => void
}

/** The buttons of a key, each with its old name and its letter. */
export function KeyActions({ of: key, open, print }: Props) {
  const say = useSay()
  const { message } = App.useApp()
  const save = (use: 'signing' | 'encryption', form: 'cer' | 'pem') => {
    const link = document.createElement('a')
    link.href = `/v1/manager/keys/${key.id}/certificate?use=${use}&form=${form}`
    link.download = `${key.holder}-${key.serial_tail}${use === 'encryption' ? '-enc' : ''}.${form}`
    link.click()
    void message.success(say('keys.exported', { file: link.download }))
  }
  useLetters({ v: () => open('verify'), m: () => open('change'), e: () => save('signing', 'cer') })
  const items = [
    { key: 'cer', label: say('keys.exportCer'), onClick: () => save('signing', 'cer') },
    { key: 'pem', label: say('keys.exportPem'), onClick: () => save('signing', 'pem') },
    ...(key.encryption ? [{ key: 'enc', label: say('keys.exportEncryption'), onClick: () => save('encryption', 'cer') }] : []),
  ]
  return (
    <div className={styles.actions} role="group" aria-label={say('keys.actions')}>
      <Button look="primary" title={say('keys.verifyHint')} aria-keyshortcuts="v" onClick={() => open('verify')}>{say('keys.verify')}<kbd aria-hidden="true">V</kbd></Button>
      <Button aria-keyshortcuts="m" onClick={() => open('change')}>{say('keys.change')}<kbd aria-hidden="true">M</kbd></Button>
      <Dropdown menu={{ items }} trigger={['click']}>
        <Button title={say('keys.exportHint')} aria-keyshortcuts="e" aria-haspopup="menu">{say('keys.export')}<kbd aria-hidden="true">E</kbd></Button>
      </Dropdown>
      <Button onClick={print}>{say('keys.printCard')}</Button>
    </div>
  )
}

// useLetters acts on single letters, but never while somebody is typing or a dialog is open.
function useLetters(acts: Readonly<Record<string, () => void>>): void {
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.altKey || e.metaKey || e.repeat) return
      if (e.target instanceof HTMLElement && e.target.closest('input, textarea, select, [role=dialog], [role=menu]')) return
      if (document.querySelector('[role=dialog]')) return
      const act = acts[e.key.toLowerCase()]
      if (!act) return
      e.preventDefault()
      act()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  })
}
