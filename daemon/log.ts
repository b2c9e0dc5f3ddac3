/** The daemon's log: JSON lines in the data directory, and readable lines on a terminal. */
import { closeSync, openSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { type Logger, multistream, pino, type StreamEntry } from 'pino'

/** A log larger than this is set aside at start. Two old ones are kept: at most about 30 MB in all. */
const ROTATE_BYTES = 10 * 2 ** 20
const KEPT = 2

/** A join token lets whoever holds it into a run; it must not lie about in log files. */
const TOKEN = /\bstarling1[\w-]{16,}/g

export interface LogOptions {
  readonly directory: string
  readonly level: string
  /** Also write readable lines to standard error. */
  readonly terminal: boolean
}

export function logPath(directory: string): string {
  return join(directory, 'daemon.log')
}

export function openLog({ directory, level, terminal }: LogOptions): Logger {
  const path = logPath(directory)
  rotate(path)
  closeSync(openSync(path, 'a', 0o600)) // the mode counts only when the file is made
  const streams: StreamEntry[] = [
    // Synchronous: the lines before a crash are the ones that matter.
    { level: 'trace', stream: pino.destination({ dest: path, sync: true, append: true }) },
  ]
  if (terminal) {
    const write = (line: string) => process.stderr.write(`${formatLogLine(line)}\n`)
    streams.push({ level: 'trace', stream: { write } })
  }
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: redact },
    },
    multistream(streams),
  )
}

/** Hides join tokens wherever they stand in a line. */
export function redact(line: string): string {
  return line.replace(TOKEN, 'starling1[hidden]')
}

const COLOURS = { warn: 'yellow', error: 'red', fatal: 'red' } as const

/** One line of the log file as a person wants to read it; a line that is not JSON stays as it is. */
export function formatLogLine(line: string): string {
  let fields: Record<string, unknown>
  try {
    fields = JSON.parse(line) as Record<string, unknown>
  } catch {
    return line.trimEnd()
  }
  const { time, level, msg, err, ...rest } = fields
  const clock = String(time).slice(11, 19)
  const details = Object.entries(rest).map(([key, value]) => `${key}=${formatValue(value)}`)
  const fault = err === undefined ? [] : [(err as { message?: string }).message ?? formatValue(err)]
  const text = [clock, String(level).padEnd(5), msg, ...fault, ...details].join(' ')
  const colour = COLOURS[level as keyof typeof COLOURS]
  return colour === undefined ? text : styleText(colour, text, { stream: process.stderr })
}

function formatValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function rotate(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size < ROTATE_BYTES) return
  for (let age = KEPT - 1; age >= 0; age--) {
    const from = age === 0 ? path : `${path}.${age}`
    if (statSync(from, { throwIfNoEntry: false })) renameSync(from, `${path}.${age + 1}`)
  }
}
