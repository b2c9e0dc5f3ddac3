/** Runs a command inside the test's own process, its two streams caught. For commands that start nothing. */
import { vi } from 'vitest'
import { main } from '../../daemon/cli/main.ts'

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export async function runCommand(...words: readonly string[]): Promise<Outcome> {
  const streams = { stdout: '', stderr: '' }
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      streams[name] += String(chunk)
      return true
    }),
  )
  const before = process.exitCode
  try {
    const code = (await main(words)) || Number(process.exitCode ?? 0)
    return { code, ...streams }
  } finally {
    process.exitCode = before
    for (const spy of spies) spy.mockRestore()
  }
}
