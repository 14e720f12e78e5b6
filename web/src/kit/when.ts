/** 2026-11-22, Beijing time. */
export function day(time: string): string {
  return beijing(time).slice(0, 10)
}

/** 2026-11-22 10:15, Beijing time. */
export function minute(time: string): string {
  return beijing(time).slice(0, 16)
}

/** 10:15, Beijing time. */
export function clock(time: string): string {
  return beijing(time).slice(11, 16)
}

// Whatever the zone of the computer: documents and reports say it too.
function beijing(time: string): string {
  return new Date(Date.parse(time) + 8 * 3_600_000).toISOString().replace('T', ' ')
}

/** Octets for people: 1.3 MB, as Windows and the verification report count them. */
export function octets(size: number): string {
  if (size < 1024) return `${size} B`
  return size < 1 << 20 ? `${(size / 1024).toFixed(1)} KB` : `${(size / (1 << 20)).toFixed(1)} MB`
}

/** Hexadecimal in capitals, in groups of four: 9F3C 21A7 … */
export function groups(hex: string): string {
  return hex.toUpperCase().replace(/(.{4})(?=.)/g, '$1 ')
}
