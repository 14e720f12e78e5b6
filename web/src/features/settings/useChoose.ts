import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { agent, answer } from '../../api/client'
import { failure } from '../../api/failure'
import type { Settings } from '../../api/types'
import { prefer } from '../../kit/preferences'
import { useTell } from '../../kit/useTell'

/** What the agent keeps for this user. Its native windows follow it too. */
export function useSettings() {
  return useQuery({ queryKey: ['settings'], queryFn: () => answer(agent.GET('/v1/manager/settings')) })
}

/**
 * Changes a setting: in the agent, and at once on the screen. Confirm windows have
 * no session to ask for settings; they find language and theme in this browser.
 */
export function useChoose(): (change: Partial<Settings>) => Promise<void> {
  const queries = useQueryClient()
  const { message } = App.useApp()
  const tell = useTell()
  return async (change) => {
    try {
      const now = await queries.fetchQuery({ queryKey: ['settings'], queryFn: () => answer(agent.GET('/v1/manager/settings')) })
      const changed = await answer(agent.PUT('/v1/manager/settings', { body: { ...now, ...change } }))
      queries.setQueryData(['settings'], changed)
      prefer({ language: changed.language, theme: changed.theme })
    } catch (cause) {
      void message.error(tell(failure(cause).problem).title)
    }
  }
}
