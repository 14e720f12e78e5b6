import base from 'dayjs'
import utc from 'dayjs/plugin/utc'

base.extend(utc)

// Beijing time, whatever the zone of the computer: documents and reports say it too.
const dayjs = (time: string) => base(time).utcOffset(8 * 60)

/** 2026-11-22, Beijing time. */
export function day(time: string): string {
  return dayjs(time).format('YYYY-MM-DD')
}

/** 2026-11-22 10:15, Beijing time. */
export function minute(time: string): string {
  return dayjs(time).format('YYYY-MM-DD HH:mm')
}

/** 10:15, Beijing time. */
export function clock(time: string): string {
  return dayjs(time).format('HH:mm')
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
