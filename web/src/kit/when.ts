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

/** Octets for people: 1.3 MB. */
export function octets(size: number): string {
  if (size < 1000) return `${size} B`
  const units = ['kB', 'MB', 'GB']
  let value = size / 1000
  let unit = 0
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}

/** Hexadecimal in capitals, in groups of four: 9F3C 21A7 … */
export function groups(hex: string): string {
  return hex.toUpperCase().replace(/(.{4})(?=.)/g, '$1 ')
}
