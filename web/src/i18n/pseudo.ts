import type { Messages } from './messages'
import { zhCN } from './zh-CN'

/** A language for tests: every text in ⟦…⟧, so that whatever is not translated stands out. */
export const pseudo: Messages = mark(zhCN)

function mark(messages: Messages): Messages {
  const areas = Object.entries(messages).map(([area, words]) => [
    area,
    Object.fromEntries(Object.entries(words).map(([name, text]) => [name, `⟦${text}⟧`])),
  ])
  return Object.fromEntries(areas) as Messages
}
