import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'

const directory = mkdtempSync(path.join(os.tmpdir(), 'starling-bootstrap-'))
afterAll(() => rmSync(directory, { recursive: true }))

const script = path.join(directory, 'script.mjs')
writeFileSync(
  script,
  `const args = process.argv.slice(2)
   const { GLIBC_TUNABLES: tunables, NODE_COMPILE_CACHE: compiled } = process.env
   process.stdout.write(JSON.stringify({ args, tunables, compiled }))
   process.exit(args.length)`,
)

/** What a script sees that is run as every npm script is. */
function run(args: readonly string[], set: NodeJS.ProcessEnv = {}) {
  const { GLIBC_TUNABLES: _, NODE_COMPILE_CACHE: __, ...others } = process.env
  const { status, stdout } = spawnSync(
    process.execPath,
    ['daemon/bootstrap.mjs', script, ...args],
    { encoding: 'utf8', env: { ...others, ...set } },
  )
  return { status, ...JSON.parse(stdout) }
}

test('arguments are passed on, and the exit code back', () => {
  expect(run(['--json', 'a b'])).toMatchObject({ status: 2, args: ['--json', 'a b'] })
})

test('long vectors get large pages from a heap that is kept; what the user has set stays', () => {
  const tunables = (given: string) => run([], { GLIBC_TUNABLES: given }).tunables.split(':')
  const [pages, mapped, kept] = [
    'glibc.malloc.hugetlb=1',
    'glibc.malloc.mmap_threshold=134217728',
    'glibc.malloc.trim_threshold=67108864',
  ]
  expect(run([]).tunables.split(':')).toEqual([pages, mapped, kept])
  expect(tunables('glibc.malloc.check=1')).toEqual(['glibc.malloc.check=1', pages, mapped, kept])
  const own = ['glibc.malloc.hugetlb=0', 'glibc.malloc.trim_threshold=131072']
  expect(tunables(own.join(':'))).toEqual([...own, mapped])
})

test('compiled code is kept in the checkout, or where the user wants it', () => {
  expect(run([]).compiled).toBe(path.resolve('node_modules/.cache/compiled'))
  expect(run([], { NODE_COMPILE_CACHE: '/elsewhere' }).compiled).toBe('/elsewhere')
})
