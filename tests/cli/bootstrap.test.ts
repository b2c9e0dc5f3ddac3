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
   process.stdout.write(JSON.stringify({ args, tunables: process.env.GLIBC_TUNABLES }))
   process.exit(args.length)`,
)

/** What a script sees that is run as every npm script is. */
function run(args: readonly string[], tunables?: string) {
  const { GLIBC_TUNABLES: _, ...others } = process.env
  const { status, stdout } = spawnSync(
    process.execPath,
    ['daemon/bootstrap.mjs', script, ...args],
    {
      encoding: 'utf8',
      env: tunables === undefined ? others : { ...others, GLIBC_TUNABLES: tunables },
    },
  )
  return { status, ...JSON.parse(stdout) }
}

test('arguments are passed on, and the exit code back', () => {
  expect(run(['--json', 'a b'])).toMatchObject({ status: 2, args: ['--json', 'a b'] })
})

test('long vectors get large pages; what the user has set stays', () => {
  expect(run([]).tunables).toBe('glibc.malloc.hugetlb=1')
  expect(run([], 'glibc.malloc.check=1').tunables).toBe(
    'glibc.malloc.check=1:glibc.malloc.hugetlb=1',
  )
  expect(run([], 'glibc.malloc.hugetlb=0').tunables).toBe('glibc.malloc.hugetlb=0')
})
