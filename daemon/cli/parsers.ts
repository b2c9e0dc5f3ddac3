/** Reads the values of options; commander names the option when one of these refuses. */
import { InvalidArgumentError } from 'commander'
import { PROCESSORS, tooManyThreads } from '../config/index.ts'

/** A whole number from 1. */
export function count(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('Give a whole number from 1.')
  }
  return value
}

/** Threads or workers: a whole number from 1, and no more than there are processors. */
export function processorCount(text: string): number {
  const value = count(text)
  if (value > PROCESSORS) throw new InvalidArgumentError(`${tooManyThreads(value)}.`)
  return value
}

/** A whole number from 0. */
export function wholeNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError('Give a whole number from 0.')
  }
  return value
}

/** Times such as `90s`, `30m`, `24h`, `7d`, in seconds. */
export function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(s|m|h|d)$/.exec(text)
  const seconds =
    Number(match?.[1]) * ({ s: 1, m: 60, h: 3600, d: 86_400 }[match?.[2] ?? ''] ?? NaN)
  if (!(seconds > 0)) throw new InvalidArgumentError('Give a time such as 90s, 30m, 24h or 7d.')
  return seconds
}
