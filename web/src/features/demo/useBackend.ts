import { useMemo } from 'react'
import { useLanguage } from '../../kit/words'
import { backend } from './backend'

/** The back end, answering in the language of the page. */
export function useBackend() {
  const language = useLanguage()
  return useMemo(() => backend(language), [language])
}
