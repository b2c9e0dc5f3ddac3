import { loadConfig } from '../../../config/index.ts'
import { type CheckResult, diagnose } from '../../../doctor/index.ts'
import type { GlobalOptions } from '../../command.ts'
import { EXIT } from '../../exit-codes.ts'
import { paint, print, printJson } from '../../terminal.ts'

const MARKS = { ok: ['green', 'ok  '], warn: ['yellow', 'warn'], fail: ['red', 'FAIL'] } as const

export async function handle(options: GlobalOptions): Promise<void> {
  const config = loadConfig({ directory: options.dir, environment: process.env })
  const { listen } = config.network
  const diagnosis = await diagnose({ directory: options.dir, listen })
  if (options.json) printJson(diagnosis)
  else for (const check of diagnosis.checks) print(formatCheck(check))
  // The answer was given; the exit code lets scripts see that something is wrong.
  if (diagnosis.checks.some((check) => check.status === 'fail')) process.exitCode = EXIT.failure
}

function formatCheck({ name, status, detail, fix }: CheckResult): string {
  const [colour, mark] = MARKS[status]
  const line = `${paint(colour, mark)}  ${name.padEnd(22)}  ${detail}`
  return fix === undefined ? line : `${line}\n${' '.repeat(30)}${paint('dim', fix)}`
}
