/** Numbers as a person reads them, in three significant digits. The same on the terminal and in the report. */

/** A unit and how many base units it holds. */
export interface Unit {
  readonly name: string
  readonly factor: number
}

const BYTE_UNITS: readonly Unit[] = [
  { name: 'B', factor: 1 },
  { name: 'kB', factor: 1e3 },
  { name: 'MB', factor: 1e6 },
  { name: 'GB', factor: 1e9 },
  { name: 'TB', factor: 1e12 },
]

const TIME_UNITS: readonly Unit[] = [
  { name: 'ms', factor: 1e-3 },
  { name: 's', factor: 1 },
  { name: 'min', factor: 60 },
  { name: 'h', factor: 3600 },
]

/** The unit in which a scale up to `bytes` is best written. */
export function byteUnit(bytes: number): Unit {
  return BYTE_UNITS.findLast(({ factor }) => bytes >= factor) ?? BYTE_UNITS[0]!
}

/** The unit in which a scale up to `seconds` is best written: from two minutes on minutes, from two hours on hours. */
export function timeUnit(seconds: number): Unit {
  return (
    TIME_UNITS.findLast(({ factor }) => seconds >= (factor > 1 ? 2 * factor : factor)) ??
    TIME_UNITS[0]!
  )
}

/** A figure that is not always known; null where it is not. */
export function ifKnown<T>(value: number | null, format: (value: number) => T): T | null {
  return value === null ? null : format(value)
}

/** Decimal units: `999 B`, `1.50 kB`, `38.4 kB`, `1.23 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 999.5) return `${Math.round(bytes)} B`
  // 999.6 kB is 1.00 MB: the unit is that of the rounded number.
  const unit = byteUnit(Number(bytes.toPrecision(3)))
  return `${significant(bytes / unit.factor)} ${unit.name}`
}

/** `0 ms`, `0.4 ms`, `12 ms`, `1.23 s`, `45.6 s`, `3 min 05 s`, `2 h 10 min`. */
export function formatSeconds(seconds: number): string {
  const ms = seconds * 1000
  if (ms === 0) return '0 ms'
  if (ms < 9.95) return `${ms.toFixed(1)} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (seconds < 59.95) return `${significant(seconds)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`
}

/** A share of 1: `81.2 %`. */
export function formatPercent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

/** Whole numbers in groups of three: `89,834`. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',')
}

/** Losses, distances, gaps: `0.482`, `12.3`, `1.23e-5`; never more than three significant digits. */
export function formatNumber(value: number): string {
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size < 1e-3 || size >= 1e6) {
    return value.toExponential(2).replace('e+', 'e')
  }
  return size >= 999.5 ? formatCount(value) : significant(value)
}

function significant(value: number): string {
  const text = value.toPrecision(3)
  // 999.6 becomes 1.00e+3.
  return text.includes('e') ? Number(text).toString() : text
}

function twoDigits(value: number): string {
  return value.toString().padStart(2, '0')
}
