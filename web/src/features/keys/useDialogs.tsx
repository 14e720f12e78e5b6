import { type ReactNode, useState } from 'react'
import type { ManagedKey } from '../../api/types'
import { ChangeDialog } from './ChangeDialog'
import { CompareDialog } from './CompareDialog'
import { TestDialog } from './TestDialog'
import { VerifyDialog } from './VerifyDialog'

const dialogs = { verify: VerifyDialog, change: ChangeDialog, test: TestDialog, compare: CompareDialog } as const

/** The windows a key can open. */
export type DialogName = keyof typeof dialogs

/** One window at a time: the one that is open, and the call that opens another. */
export function useDialogs(of: ManagedKey): { dialog: ReactNode; open: (name: DialogName) => void } {
  const [name, open] = useState<DialogName>()
  const Dialog = name && dialogs[name]
  return { dialog: Dialog && <Dialog of={of} close={() => open(undefined)} />, open }
}
