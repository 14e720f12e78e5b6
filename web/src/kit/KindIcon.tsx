import type { Kind } from '../api/types'

/** A person, or a red seal; the word for it stands beside. */
export function KindIcon({ kind, size = 40 }: { kind: Kind; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 40 40" aria-hidden="true" focusable="false">
      {kind === 'organisation' ? <Seal /> : <Person known={kind === 'person'} />}
    </svg>
  )
}

function Seal() {
  const star = '20,11.5 22,17.3 28.1,17.4 23.2,21.1 25,26.9 20,23.4 15,26.9 16.8,21.1 11.9,17.4 18,17.3'
  return (
    <g fill="none" stroke="var(--xz-color-seal)" strokeWidth="2.4">
      <circle cx="20" cy="20" r="17" />
      <polygon points={star} fill="var(--xz-color-seal)" stroke="none" />
    </g>
  )
}

function Person({ known }: { known: boolean }) {
  return (
    <g fill={known ? 'var(--xz-color-primary)' : 'var(--xz-color-text-tertiary)'}>
      <circle cx="20" cy="20" r="19" opacity=".14" />
      <circle cx="20" cy="15" r="6" />
      <path d="M8.5 31.5c1.6-6.2 6.2-8.7 11.5-8.7s9.9 2.5 11.5 8.7a17 17 0 0 1-23 0z" />
    </g>
  )
}
