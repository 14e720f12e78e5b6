import { useCallback, useEffect, useSyncExternalStore } from 'react'
import { codesLoaded, type Known, loadCodes, tell, type Told, whenCodes } from '../i18n/problem'
import { useLanguage } from './words'

/** Says problems and reasons in the language of the reader: `tell(problem).title`. */
export function useTell(): (problem: Known) => Told {
  const language = useLanguage()
  const loaded = useSyncExternalStore(whenCodes, codesLoaded)
  useEffect(() => void loadCodes(), [])
  return useCallback((problem) => tell(problem, language), [language, loaded])
}
