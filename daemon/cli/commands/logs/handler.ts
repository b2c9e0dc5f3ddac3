import { open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { interruptible } from '../../../lifecycle.ts'
import { formatLogLine, logPath } from '../../../log.ts'
import type { GlobalOptions } from '../../command.ts'
import { UsageError } from '../../errors.ts'
import { print } from '../../terminal.ts'
import type { LogsOptions } from './options.ts'

/** How often a followed log is looked at. File system watchers miss appends on network file systems. */
const LOOK_EVERY_MS = 250

export async function handle(options: GlobalOptions & LogsOptions): Promise<void> {
  const path = logPath(options.dir)
  const show = (line: string) => print(options.json ? line : formatLogLine(line))
  const tail = await readFrom(path, 0)
  if (tail === null) {
    throw new UsageError(`There is no log at ${path}: no daemon has run there yet.`)
  }
  for (const line of tail.lines.slice(-options.lines)) show(line)
  if (options.follow !== true) return
  await interruptible(async (signal) => {
    let end = tail.end
    while (!signal.aborted) {
      const fresh = await readFrom(path, end)
      for (const line of fresh?.lines ?? []) show(line)
      end = fresh?.end ?? 0
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {})
    }
  })
}

/** Whole lines from byte `start` on, and the byte after the last of them. A file that shrank was rotated: from 0. */
async function readFrom(
  path: string,
  start: number,
): Promise<{ lines: string[]; end: number } | null> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (file === null) return null
  try {
    const { size } = await file.stat()
    const from = size < start ? 0 : start
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from)
    const whole = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1
    const lines = buffer.toString('utf8', 0, whole).split('\n').slice(0, -1)
    return { lines, end: from + whole }
  } finally {
    await file.close()
  }
}
