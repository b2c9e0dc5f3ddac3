import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))
const bench = (...args: string[]) =>
  spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' })
const NAMES = ['engine', 'engine-memory', 'emulation', 'ping']

describe('npm run bench', () => {
  test('--help lists every benchmark with what it measures', () => {
    const { status, stdout, stderr } = bench('--help')
    expect(status).toBe(0)
    expect(stderr).toBe('')
    for (const name of NAMES) expect(stdout).toMatch(new RegExp(`^  ${name} +\\w.{10}`, 'm'))
  })

  test.each([
    [[], 'No benchmark was named.'],
    [['engin'], 'There is no benchmark "engin".'],
    [['toString'], 'There is no benchmark "toString".'],
    [['engine', 'ping'], 'One benchmark at a time.'],
    [['engine', '--jsn'], "Unknown option '--jsn'"],
  ])('%j is refused with the list', (args, reason) => {
    const { status, stdout, stderr } = bench(...args)
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(reason)
    expect(stderr).toContain('usage: npm run bench')
    expect(stderr).not.toMatch(/^ +at /m)
  })
})
