/** Every example, by the command that `examples/README.md` gives for it, made smaller where it takes long. */
import { execFile } from 'node:child_process'
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { killDaemon } from './e2e/starling.ts'

const root = dirname(import.meta.dirname)
const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** Link and command of each row of the README's table. */
const rows = Array.from(
  read('examples/README.md').matchAll(/^\| \[\d\d\]\((.+?)\) .* \| `(.+)` \|$/gm),
  ([, file, command]) => ({ file: file!, command: command! }),
)

test('the README names every example, and each says its command in its head', () => {
  const names = rows.map(({ file }) => file.split('/')[0])
  expect(names).toEqual(readdirSync(join(root, 'examples')).filter((name) => /^\d/.test(name)))
  for (const { command } of rows) {
    const head = read(command.split(' ').at(-1)!).slice(0, 800)
    expect(head).toContain(command)
  }
})

/** Runs the example `number`; its files and daemons are gone when this returns. */
async function run(number: string, ...words: readonly string[]): Promise<string> {
  const { command } = rows.find(({ file }) => file.startsWith(number))!
  const [program, ...own] = command
    .replace('npm run -s starling --', 'node daemon/main.ts')
    .replace('node daemon/bootstrap.mjs', 'node')
    .split(' ')
  expect(program).toBe('node')
  // Its own to remove: examples that run side by side do not end together.
  const folder = mkdtempSync(join(tmpdir(), 'starling-examples-'))
  const env = { ...process.env, TMPDIR: folder, STARLING_DIR: join(folder, 'home'), NO_COLOR: '1' }
  try {
    return await new Promise<string>((resolve, reject) => {
      const options = { cwd: root, env, timeout: 60_000 }
      execFile(process.execPath, [...own, ...words], options, (error, stdout, stderr) => {
        if (error === null) resolve(stdout)
        else reject(new Error(`${error.message}\n${stderr}`))
      })
    })
  } finally {
    for (const lock of globSync('*/*/lock', { cwd: folder }))
      killDaemon(join(folder, dirname(lock)))
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Starting more takes longer than these few rounds. */
const oneWorker = ['--workers', '1']

/** The numbers of the last line that begins with `label`. */
function numbers(output: string, label: string): number[] {
  const line = output.split('\n').findLast((text) => text.trimStart().startsWith(label))
  if (line === undefined) throw new Error(`no line begins with "${label}":\n${output}`)
  return Array.from(line.replace(label, '').matchAll(/[\d.]*\d/g), ([text]) => Number(text))
}

test('01: together is better than alone', async () => {
  const output = await run('01', '--set', 'train.rounds=20', ...oneWorker)
  const [together, alone] = numbers(output, '20 ')
  expect(together).toBeGreaterThan(0.5)
  expect(alone).toBeLessThan(0.3)
}, 90_000)

// The next three wait for processes more than they compute.
test.concurrent('02: two daemons train to the end and are stopped', async () => {
  const output = await run('02', '--set', 'train.rounds=10')
  expect(output).toMatch(/round +10\/10 .*heard 1\/1/)
  expect(numbers(output, '2 nodes reached')[0]).toBeGreaterThan(40)
  expect(output.match(/^Stopped the daemon/gm)).toHaveLength(2)
}, 90_000)

test.concurrent("03: a user's model trains", async () => {
  const output = await run('03', '--set', 'train.rounds=40', '--quiet', ...oneWorker)
  expect(output).toMatch(/^model +module, 650 parameters$/m)
  expect(numbers(output, 'accuracy')[0]).toBeGreaterThan(50)
}, 90_000)

test.concurrent('04: own files, better together than alone', async () => {
  const output = await run('04', '--set', 'train.rounds=10')
  const [alone, together] = numbers(output, 'Patients of all wards:')
  expect(together).toBeGreaterThan(alone! + 10)
  expect(output.match(/^Stopped the daemon/gm)).toHaveLength(2)
}, 90_000)

test('05: topologies differ in bytes, agreement and spectral gap', async () => {
  const output = await run('05', 'train.rounds=10')
  const [, ringBytes, ringDistance, ringGap] = numbers(output, 'ring')
  const [, fullBytes, fullDistance, fullGap] = numbers(output, 'full')
  expect(fullBytes! / ringBytes!).toBeCloseTo(15 / 2, 1)
  expect(fullDistance).toBe(0)
  expect(ringDistance).toBeGreaterThan(0.1)
  expect([ringGap, fullGap]).toEqual([0.051, 1])
  expect(output).toMatch(/^Compared in .*\.html$/m)
}, 90_000)

test('06: trouble costs neighbours or time, never the run', async () => {
  const output = await run('06', '--set', 'train.rounds=10', ...oneWorker)
  const [accuracy, missed, seconds] = numbers(output, 'none')
  expect(missed).toBe(0)
  expect(numbers(output, 'loss')[1]).toBeGreaterThan(0)
  expect(numbers(output, 'churn')[1]).toBeGreaterThan(0)
  expect(numbers(output, 'stragglers')).toEqual([accuracy, 0, expect.closeTo(10 * seconds!, 0)])
  expect(output).toMatch(/^Compared in .*\.html$/m)
}, 90_000)

test('07: any number of nodes', async () => {
  const output = await run('07', '16', '32')
  expect(numbers(output, '16 ')[0]).toBeGreaterThan(30)
  expect(numbers(output, '32 ')[0]).toBeGreaterThan(30)
}, 90_000)
