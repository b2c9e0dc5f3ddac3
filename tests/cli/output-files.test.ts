/** What --out writes, and what is said where it cannot. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openMetrics } from '../../daemon/cli/commands/emulate/metrics.ts'
import { EXIT } from '../../daemon/cli/exit-codes.ts'
import { writeRunFolder } from '../../daemon/cli/run-folder.ts'
import { roundReport, runResult } from '../reporting/runs.ts'
import { smallJob } from '../support/small-job.ts'
import { runCommand } from './run-command.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'starling-output-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const at = (name: string) => join(folder, name)

/** A folder as emulate --out leaves it. */
async function writeRun(name: string, changes: Parameters<typeof runResult>[0] = {}) {
  mkdirSync(at(name), { recursive: true })
  const metrics = await openMetrics(at(name))
  metrics.add(roundReport())
  await metrics.close()
  await writeRunFolder(at(name), { result: runResult(changes), job: smallJob() })
}

test.each(['metrics.jsonl', 'rounds.csv', 'report.html'])(
  'a folder in the place of %s is an error and no crash',
  async (name) => {
    mkdirSync(at(`run/${name}`), { recursive: true })
    const writing = expect(writeRun('run')).rejects
    await writing.toMatchObject({
      name: 'UsageError',
      message: `Cannot write ${at(`run/${name}`)}: it is a folder, not a file. Give another path with --out.`,
    })
  },
)

test.runIf(process.platform === 'linux')(
  'a full disk ends whoever adds to the metrics, and is told at the end at the latest',
  async () => {
    symlinkSync('/dev/full', at('metrics.jsonl'))
    const metrics = await openMetrics(folder)
    metrics.add(roundReport())
    await expect(metrics.close()).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(() => metrics.add(roundReport())).toThrow('ENOSPC')
  },
)

test.each([
  ['/nowhere/report.html', 'there is no such file or folder'],
  ['', 'it is a folder'],
])('runs plot --out %s is a wrong command line', async (out, says) => {
  await writeRun('run')
  const path = out === '' ? at('run') : out
  const { code, stderr } = await runCommand('runs', 'plot', at('run'), '-o', path)
  expect(code).toBe(EXIT.usage)
  expect(stderr).toMatch(`Cannot write ${path}: ${says}`)
})

test('a folder whose files are no run says which', async () => {
  await writeRun('run')
  writeFileSync(at('run/result.json'), 'x')
  const { code, stderr } = await runCommand('runs', 'plot', at('run'))
  expect(code).toBe(EXIT.usage)
  expect(stderr).toContain('its result.json is no JSON')
})

test('a run that was interrupted before its first evaluation is written whole, and marked', async () => {
  await writeRun('run', {
    ...{ curve: [], final: { accuracy: null, loss: null, nodes: 0 }, interrupted: true },
    ...{ consensusDistance: null, parametersSha256: null },
  })
  expect(readdirSync(at('run')).sort()).toEqual([
    'curve.csv',
    'job.json',
    'metrics.jsonl',
    'report.html',
    'result.json',
    'rounds.csv',
  ])
  expect(readFileSync(at('run/report.html'), 'utf8')).toContain('small (interrupted)')
  expect(readFileSync(at('run/rounds.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(2)
})
