import { useMemo } from 'react'
import { useLanguage, useSay } from '../../kit/words'
import { backend } from './backend'

/** The back end, answering in the language of the page. */
export function useBackend() {
  const language = useLanguage()
  const say = useSay()
  return useMemo(() => backend(language, { title: say('demo.unreachable'), cause: say('demo.unreachableWhy'), next: say('demo.unreachableNext') }), [language, say])
}
