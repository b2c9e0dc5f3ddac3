import { type Config, InvalidConfigError, loadConfig } from '../../../config/index.ts'
import { type CheckResult, diagnose } from '../../../doctor/index.ts'
import type { GlobalOptions } from '../../command.ts'
import { EXIT } from '../../exit-codes.ts'
import { paint, print, printJson } from '../../terminal.ts'

const MARKS = { ok: ['green', 'ok  '], warn: ['yellow', 'warn'], fail: ['red', 'FAIL'] } as const

export async function handle(options: GlobalOptions): Promise<void> {
  const settings = readSettings(options.dir)
  const listen = 'config' in settings ? settings.config.network.listen : null
  const { checks, engine } = await diagnose({ directory: options.dir, listen })
  const diagnosis = {
    checks: 'problem' in settings ? [settings.problem, ...checks] : checks,
    engine,
  }
  if (options.json) printJson(diagnosis)
  else for (const check of diagnosis.checks) print(formatCheck(check))
  // The answer was given; the exit code lets scripts see that something is wrong.
  if (diagnosis.checks.some((check) => check.status === 'fail')) process.exitCode = EXIT.failure
}

/** Wrong settings are one finding among the others. */
function readSettings(directory: string): { config: Config } | { problem: CheckResult } {
  try {
    return { config: loadConfig({ directory, environment: process.env }) }
  } catch (error) {
    if (!(error instanceof InvalidConfigError)) throw error
    const fix = 'Correct them; docs/cli.md lists every setting.'
    return {
      problem: { name: 'settings', status: 'fail', detail: error.problems.join('; '), fix },
    }
  }
}

function formatCheck({ name, status, detail, fix }: CheckResult): string {
  const [colour, mark] = MARKS[status]
  const line = `${paint(colour, mark)}  ${name.padEnd(22)}  ${detail}`
  return fix === undefined ? line : `${line}\n${' '.repeat(30)}${paint('dim', fix)}`
}
