/** What a schema finds wrong with a value, in sentences of our own: the value, what may stand there, the nearest to it. */
import type { z } from 'zod'
import { nearest } from './nearest.ts'

export interface Finding {
  readonly path: readonly string[]
  /** Follows the name of the key: `"fast" is no number`. */
  readonly problem: string
}

/** Longer values are cut. */
const LONGEST_QUOTE = 60

/** What zod's types are called here. */
const TYPES: Readonly<Record<string, string>> = {
  number: 'number',
  int: 'whole number',
  string: 'text in quotes',
  array: 'list',
  tuple: 'list',
  object: 'table',
  record: 'table',
}

/** @param data what was checked; the values are looked up in it */
export function describeIssue(issue: z.core.$ZodIssue, data: unknown): Finding[] {
  const path = issue.path.map(String)
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    return describeUnion(issue.errors, path, data)
  }
  return [{ path, problem: problemOf(issue, valueAt(data, path)) }]
}

/** Of alternatives without a tag: what is wrong in the one that comes closest, or all that may stand there. */
function describeUnion(
  branches: readonly z.core.$ZodIssue[][],
  path: readonly string[],
  data: unknown,
): Finding[] {
  const [closest] = branches
    .filter((issues) => issues.every((issue) => issue.path.length > 0))
    .sort((a, b) => a.length - b.length)
  if (closest !== undefined) {
    return closest.flatMap((issue) => {
      return describeIssue({ ...issue, path: [...path, ...issue.path] }, data)
    })
  }
  const value = valueAt(data, path)
  const issues = branches.flatMap(([first]) => first ?? [])
  const choices = issues.flatMap((issue) => (issue.code === 'invalid_value' ? issue.values : []))
  const types = issues.flatMap((issue) =>
    issue.code === 'invalid_type' ? [withArticle(issue.expected)] : [],
  )
  return [{ path, problem: notAmong(value, [...choices.map(quote), ...new Set(types)], choices) }]
}

function problemOf(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_value':
      return notAmong(value, issue.values.map(quote), issue.values)
    case 'invalid_union': {
      const options = 'options' in issue ? (issue.options ?? []) : []
      return notAmong(value, options.map(quote), options)
    }
    case 'invalid_type': {
      if (issue.expected === 'boolean') return notAmong(value, ['true', 'false'], [])
      const wanted = withArticle(issue.expected)
      if (value === undefined) return `is missing; give ${wanted}`
      return `${quote(value)} is ${wanted.replace(/^an? /, 'no ').replace(/^text/, 'no text')}`
    }
    case 'too_small': {
      const bound = `${issue.minimum}`
      if (issue.origin === 'number') {
        const least = issue.inclusive ? `${bound} or more` : `more than ${bound}`
        return `${quote(value)} is too small; give ${least}`
      }
      return `${quote(value)} is too short; give ${bound} or more ${unitOf(issue.origin)}`
    }
    case 'too_big': {
      const bound = `${issue.maximum}`
      if (issue.origin === 'number') {
        const most = issue.inclusive ? `${bound} or less` : `less than ${bound}`
        return `${quote(value)} is too large; give ${most}`
      }
      return `${quote(value)} is too long; give ${bound} ${unitOf(issue.origin)} at most`
    }
    case 'invalid_format':
      // The schemas say in words what fits.
      return `${quote(value)} does not fit; give ${issue.message}`
    case 'invalid_key':
      return problemOf(issue.issues[0]!, issue.path.at(-1))
    default:
      return issue.message
  }
}

/** @param wanted what may stand there, in words @param choices those of it that a value may be a misspelling of */
function notAmong(value: unknown, wanted: readonly string[], choices: readonly unknown[]): string {
  const list =
    wanted.length < 2 ? wanted.join() : `${wanted.slice(0, -1).join(', ')} or ${wanted.at(-1)}`
  if (value === undefined) return `is missing; give ${list}`
  const words = choices.filter((choice) => typeof choice === 'string')
  const suggestion = typeof value === 'string' ? nearest(value, words) : undefined
  return suggestion === undefined
    ? `${quote(value)} cannot stand here; give ${list}`
    : `${quote(value)} is unknown; did you mean ${quote(suggestion)}? Known: ${list}`
}

/** `a, b and c`. */
export function listed(words: readonly string[], last: 'and' | 'or'): string {
  if (words.length < 2) return words.join()
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
}

function withArticle(type: string): string {
  const word = TYPES[type] ?? type
  return word.startsWith('text') ? word : `a ${word}`
}

function unitOf(origin: string): string {
  return origin === 'string' ? 'characters' : 'items'
}

/** A value as it is written, on one line and not endless; it may come from another machine. */
export function quote(value: unknown): string {
  const isPlain = typeof value === 'number' || typeof value === 'bigint'
  const text = (isPlain ? String(value) : JSON.stringify(value)).replace(/[^\P{C}]/gu, '?')
  return text.length <= LONGEST_QUOTE ? text : `${text.slice(0, LONGEST_QUOTE)}…`
}

export function valueAt(data: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (value as Record<string, unknown> | null | undefined)?.[step],
    data,
  )
}
