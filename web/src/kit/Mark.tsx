/** How something is: the word for its colour and its mark. */
export type Tone = 'success' | 'info' | 'warning' | 'error'

const signs: Readonly<Record<Tone, string>> = {
  success: 'M6.5 12.5l3.7 3.7 7.3-7.9',
  info: 'M12 11v6M12 7v.6',
  warning: 'M12 6.5v7M12 16.8v.6',
  error: 'M8 8l8 8M16 8l-8 8',
}

/** The mark of a tone, for those who see; the words stand beside. */
export function Mark({ tone, size = 22 }: { tone: Tone; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <circle cx="12" cy="12" r="11" fill={`var(--xz-color-${tone})`} />
      <path d={signs[tone]} fill="none" stroke="var(--xz-color-text-light-solid)" strokeWidth="2.2" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  )
}
