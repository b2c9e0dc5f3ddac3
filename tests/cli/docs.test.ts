import { globSync, readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { ERROR_EXITS, EXIT, exitCodeOf } from '../../daemon/cli/exit-codes.ts'
import { createProgram } from '../../daemon/cli/program.ts'
import { environmentName, loadConfig } from '../../daemon/config/index.ts'
import { InterruptedError } from '../../daemon/lifecycle.ts'
import { jobJsonSchema } from '../../src/learning/index.ts'

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')

/** All commands with what they do themselves, by their words. */
function commandsOf(command: Command, words: readonly string[] = []): [string, Command][] {
  return command.commands.flatMap((child): [string, Command][] => {
    const path = [...words, child.name()]
    return [[path.join(' '), child], ...commandsOf(child, path)]
  })
}

describe('docs/cli.md', () => {
  const text = read('cli.md')
  const groups = ['job', 'data', 'engine']
  test.each(commandsOf(createProgram()).filter(([words]) => !groups.includes(words)))(
    'names %s and its options',
    (words, command) => {
      expect(text).toContain(`\`${words}`)
      for (const { long } of command.options.filter(({ hidden }) => !hidden))
        expect(text).toContain(long)
    },
  )

  test('names every setting with its environment variable', () => {
    for (const [section, table] of Object.entries(
      loadConfig({ directory: '/none', environment: {} }),
    )) {
      for (const key of Object.keys(table)) {
        expect(text).toContain(`\`${section}.${key}\``)
        expect(text).toContain(environmentName(section, key))
      }
    }
  })

  test('every command has a description and, where it does something, examples', () => {
    for (const [words, command] of commandsOf(createProgram())) {
      expect(command.description(), words).not.toBe('')
    }
  })
})

test('docs/job-file.md names every key of the schema', () => {
  const text = read('job-file.md')
  const keys = new Set<string>()
  const collect = (schema: Record<string, unknown>): void => {
    for (const [key, child] of Object.entries(schema['properties'] ?? {})) {
      keys.add(key)
      collect(child)
    }
    for (const child of (schema['anyOf'] ?? schema['oneOf'] ?? []) as Record<string, unknown>[]) {
      collect(child)
    }
  }
  collect(jobJsonSchema() as Record<string, unknown>)
  expect(keys.size).toBeGreaterThan(60)
  for (const key of keys) expect(text, key).toMatch(new RegExp(`\\b${key}\\b`))
})

test('every row of a table stands in one', () => {
  const folder = new URL('../../docs/', import.meta.url).pathname
  for (const file of globSync('*.md', { cwd: folder })) {
    const blocks = read(file)
      .split(/\n(?!\|)/)
      .map((block) => block.split('\n'))
    for (const lines of blocks) {
      const rows = lines.filter((line) => line.startsWith('|'))
      if (rows.length > 0) expect(rows[1], `${file}: ${rows[0]}`).toMatch(/^\|[ :-]+\|/)
    }
  }
})

describe('exit codes', () => {
  test('docs/exit-codes.md lists exactly those of the registry', () => {
    const rows = [...read('exit-codes.md').matchAll(/^\| (\d+) \| (\w+) \|/gm)]
    const documented = Object.fromEntries(rows.map(([, code, name]) => [name, Number(code)]))
    expect(documented).toEqual(EXIT)
  })

  test('no two names share a code', () => {
    expect(new Set(Object.values(EXIT)).size).toBe(Object.keys(EXIT).length)
  })

  test('an error keeps its code on the way from the daemon; an unknown one is a failure', () => {
    const error = Object.assign(new Error('locked'), { name: 'DirectoryLockedError' })
    expect(exitCodeOf(error)).toBe(EXIT.alreadyRunning)
    expect(exitCodeOf(new Error('?'))).toBe(EXIT.failure)
    expect(exitCodeOf('?')).toBe(EXIT.failure)
    expect(exitCodeOf(new InterruptedError('SIGINT'))).toBe(130)
    expect(exitCodeOf(new InterruptedError('SIGTERM'))).toBe(143)
  })

  test('every error that has a code exists', () => {
    const root = new URL('../../', import.meta.url).pathname
    const names = new Set<string>()
    for (const path of globSync('{src,daemon,crypto}/**/*.ts', { cwd: root })) {
      const source = readFileSync(root + path, 'utf8')
      for (const [, name] of source.matchAll(/override name = '(\w+)'/g)) names.add(name!)
    }
    expect(names.size).toBeGreaterThan(50)
    for (const name of Object.keys(ERROR_EXITS)) expect(names).toContain(name)
  })
})
