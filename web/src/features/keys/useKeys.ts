import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { agent, answer } from '../../api/client'
import { useEvents } from '../../api/events'
import type { ManagedKey, ManagedKeys } from '../../api/types'

const query = ['keys'] as const

/** The UKeys that are plugged in. */
export function useKeys() {
  return useQuery({ queryKey: query, queryFn: () => answer(agent.GET('/v1/manager/keys')) })
}

/** Follows plugging in and out, so that no page needs a reload. Returns whether the agent answers. */
export function useKeyEvents(): boolean {
  const queries = useQueryClient()
  const again = () => void queries.invalidateQueries({ queryKey: query })
  return useEvents('/v1/manager/events', { keys: again }, again)
}

/** Reads the keys anew, so that tries and states are what the UKey says now. */
export function useKeysAnew(): () => Promise<void> {
  const queries = useQueryClient()
  return useCallback(() => queries.invalidateQueries({ queryKey: query }), [queries])
}

/** What came and went since the last look, for those who hear the page. */
export function usePlugged(keys: ManagedKeys | undefined): { came: ManagedKey[]; went: ManagedKey[] } {
  const before = useRef<ManagedKey[]>(undefined)
  const [change, setChange] = useState<{ came: ManagedKey[]; went: ManagedKey[] }>({ came: [], went: [] })
  useEffect(() => {
    if (!keys) return
    const old = before.current
    before.current = keys.keys
    if (!old) return
    const came = keys.keys.filter((k) => !old.some((o) => o.id === k.id))
    const went = old.filter((o) => !keys.keys.some((k) => k.id === o.id))
    if (came.length + went.length > 0) setChange({ came, went })
  }, [keys])
  return change
}
