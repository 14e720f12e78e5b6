import { useEffect } from 'react'

/** Esc refuses, unless it closes something that lies above. */
export function useEscape(act: () => void): void {
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      if (e.key === 'Escape' && !e.defaultPrevented && !document.querySelector('dialog[open]')) act()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  })
}
