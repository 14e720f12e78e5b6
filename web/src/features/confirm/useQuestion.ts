import { useCallback, useLayoutEffect, useRef, useState } from 'react'
import { agent, answer } from '../../api/client'
import { failure } from '../../api/failure'
import type { Problem, Question } from '../../api/types'

/** What is known of the question of a window. */
export type Asked =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'nothing'; readonly problem?: Problem }
  | { readonly kind: 'asked'; readonly question: Question }

/**
 * The question of a window: read at once where the window was opened for one, else
 * (quiet) when it is told of one. again reads it anew; forget says that it is
 * answered, so that it is not shown before the next one is read.
 */
export function useQuestion(id: string, quiet: boolean): { asked: Asked; again: () => Promise<void>; forget: () => void } {
  const [asked, setAsked] = useState<Asked>(quiet ? { kind: 'nothing' } : { kind: 'unknown' })
  const reading = useRef<Promise<void>>(undefined)
  const wanted = useRef(0)
  const valid = useRef(0)
  // One at a time: a reading that began before the last event is followed by another,
  // and its "nothing is asked" may be the answer of a moment before the question came.
  const again = useCallback(() => {
    wanted.current++
    reading.current ??= (async () => {
      let at = 0
      while (at < wanted.current) {
        at = wanted.current
        const now = await read(id)
        const newest = at === wanted.current
        if (at > valid.current && (newest || now.kind === 'asked')) setAsked(now)
      }
      reading.current = undefined
    })()
    return reading.current
  }, [id])
  const forget = useCallback(() => {
    valid.current = wanted.current
    setAsked({ kind: 'unknown' })
  }, [])
  useLayoutEffect(() => {
    if (!quiet) void again()
  }, [quiet, again])
  return { asked, again, forget }
}

async function read(id: string): Promise<Asked> {
  try {
    return { kind: 'asked', question: await answer(agent.GET('/v1/windows/{id}', { params: { path: { id } } })) }
  } catch (cause) {
    return { kind: 'nothing', problem: failure(cause).problem }
  }
}
