import { useLayoutEffect, useSyncExternalStore } from 'react'
import { colours, fonts, sizes } from './palette'
import { type Language, spoken, usePreferences } from './preferences'

/** How the pages look now: what the reader chose, or the system says. */
export interface Look {
  readonly dark: boolean
  readonly large: boolean
  readonly language: Language
}

/** The look, live. */
export function useLook(): Look {
  const preferences = usePreferences()
  const system = useSyncExternalStore(listen, () => darkness.matches)
  const { theme, large } = preferences
  return { dark: theme === 'dark' || (theme === 'system' && system), large, language: spoken(preferences) }
}

/** Puts a look on the page, before it is painted: the palette as --xz-color-text, --xz-font-size, … */
export function useWear({ dark, large, language }: Look): void {
  useLayoutEffect(() => {
    const { style } = document.documentElement
    style.setProperty('color-scheme', dark ? 'dark' : 'light')
    for (const [name, colour] of Object.entries(colours[dark ? 'dark' : 'light'])) style.setProperty(variable(name), colour)
    style.setProperty('--xz-font-size', `${large ? sizes.large : sizes.text}px`)
    style.setProperty('--xz-font-family', fonts[language])
    style.setProperty('--xz-font-family-code', fonts.code)
    style.setProperty('--xz-radius', `${sizes.radius}px`)
  }, [dark, large, language])
}

/** The CSS name of a colour: --xz-color-text-secondary for colorTextSecondary. */
function variable(name: string): string {
  return `--xz-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

const darkness = matchMedia('(prefers-color-scheme: dark)')

function listen(changed: () => void): () => void {
  darkness.addEventListener('change', changed)
  return () => darkness.removeEventListener('change', changed)
}
