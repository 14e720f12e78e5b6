import { createContext, useContext } from 'react'
import { enUS } from '../i18n/en-US'
import { type Messages, type Say, sayIn } from '../i18n/messages'
import { zhCN } from '../i18n/zh-CN'
import type { Language } from './preferences'

/** What a component needs to speak: the words, and the language for codes and dates. */
export interface Speech {
  readonly language: Language
  readonly say: Say
}

/** The words of a language. */
export const speech: Readonly<Record<Language, Speech>> = {
  zh: speak('zh', zhCN),
  en: speak('en', enUS),
}

/** Speech with other words: for tests. */
export function speak(language: Language, messages: Messages): Speech {
  return { language, say: sayIn(messages) }
}

const Spoken = createContext<Speech>(speech.zh)

/** Sets the language below. */
export const SpeechProvider = Spoken.Provider

/** The words of the screen: `say('pin.changed')`. */
export function useSay(): Say {
  return useContext(Spoken).say
}

/** The language of the screen. */
export function useLanguage(): Language {
  return useContext(Spoken).language
}
