import { useSyncExternalStore } from 'react'

export type Language = 'zh' | 'en'
export type Theme = 'system' | 'light' | 'dark'

/** How one reader of this browser wants the pages to look. */
export interface Preferences {
  readonly language: Language | 'auto'
  readonly theme: Theme
  readonly large: boolean
}

const place = 'xinzhang.preferences'
const listeners = new Set<() => void>()
let current = load()

/** The preferences, live: a change in one window shows in all. */
export function usePreferences(): Preferences {
  return useSyncExternalStore(listen, () => current)
}

/** Changes some preferences and keeps them in this browser. */
export function prefer(change: Partial<Preferences>): void {
  current = { ...current, ...change }
  try {
    localStorage.setItem(place, JSON.stringify(current))
  } catch {
    // A browser that keeps nothing still shows the change in this window.
  }
  tell()
}

/** The language to speak. Chinese unless somebody chose otherwise; `auto` asks the browser. */
export function spoken({ language }: Preferences): Language {
  if (language !== 'auto') return language
  return navigator.language.startsWith('zh') ? 'zh' : 'en'
}

function load(): Preferences {
  const kept = read()
  const asked = new URLSearchParams(location.search).get('lang')
  const language = [asked, kept.language].find((l) => l === 'zh' || l === 'en' || l === 'auto')
  return {
    language: (language as Preferences['language'] | undefined) ?? 'zh',
    theme: kept.theme === 'light' || kept.theme === 'dark' ? kept.theme : 'system',
    large: kept.large === true,
  }
}

function read(): Partial<Preferences> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? '{}')
    return typeof kept === 'object' && kept !== null ? kept : {}
  } catch {
    return {}
  }
}

function listen(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener('storage', reload)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) window.removeEventListener('storage', reload)
  }
}

function reload(e: StorageEvent): void {
  if (e.key !== place) return
  current = load()
  tell()
}

function tell(): void {
  listeners.forEach((listener) => listener())
}
