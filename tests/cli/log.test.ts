import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { formatLogLine, logPath, openLog } from '../../daemon/log.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'starling-log-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const open = (level = 'info') => openLog({ directory, level, terminal: false })
const read = () => readFileSync(logPath(directory), 'utf8')

test('a join token is hidden wherever it is logged', () => {
  const token = `starling1${'Ab-_9'.repeat(20)}`
  const log = open()
  log.info({ token, nested: [{ text: `use ${token} please` }] }, `joined by ${token}`)
  log.error({ err: new Error(`bad ${token}`) }, 'no')
  expect(read()).not.toContain(token)
  expect(read().match(/starling1\[hidden\]/g)!.length).toBeGreaterThanOrEqual(4)
})

test('lines are JSON with a level by name, and only their owner may read them', () => {
  const log = open('warn')
  log.info({}, 'not this')
  log.warn({ peer: 'x' }, 'this')
  expect(JSON.parse(read())).toMatchObject({ level: 'warn', peer: 'x', msg: 'this' })
  expect(statSync(logPath(directory)).mode & 0o777).toBe(0o600)
})

test('a large log is set aside at start, two old ones are kept', () => {
  const path = logPath(directory)
  for (const content of ['a', 'b', 'c', 'd']) {
    writeFileSync(path, content.repeat(11 * 2 ** 20))
    open()
  }
  const first = (name: string) => readFileSync(name, 'utf8')[0]
  expect([first(`${path}.1`), first(`${path}.2`)]).toEqual(['d', 'c'])
  expect(existsSync(`${path}.3`)).toBe(false)
  expect(statSync(path).size).toBe(0)
})

test('a person reads time, level, message, fault and fields', () => {
  const line = JSON.stringify({
    level: 'info',
    time: '2026-01-02T03:04:05.678Z',
    run: 'abc',
    nodes: [1, 2],
    err: { message: 'the reason' },
    msg: 'stopped',
  })
  expect(formatLogLine(line)).toBe('03:04:05 info  stopped the reason run=abc nodes=[1,2]')
  expect(formatLogLine('a crash\n')).toBe('a crash')
})
