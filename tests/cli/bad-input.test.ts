import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EXIT } from '../../daemon/cli/exit-codes.ts'
import { runCommand } from './run-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'starling-cli-'))
const at = (name: string) => join(folder, name)
let blocker: Server

beforeAll(async () => {
  blocker = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => blocker.once('listening', resolve))
  writeFileSync(
    at('job.toml'),
    'version = 1\nname = "x"\nmodel = { name = "mlp" }\ndata = { name = "clusters" }\n' +
      'train = { rounds = 1, lr = 0.1 }\n',
  )
  writeFileSync(at('bad.toml'), 'version = 1\nname = "x"\nsed = 3\n[train]\nrouns = 5\nlr = 0.1\n')
  writeFileSync(at('broken.toml'), 'version = [')
  writeFileSync(
    at('binary.toml'),
    Buffer.from([0x61, 0x1b, 0x5b, 0x33, 0x31, 0x6d, 0x00, 0xff, 0x07]),
  )
  mkdirSync(at('newer'))
  writeFileSync(at('newer/version'), '99\n')
  mkdirSync(at('settings'))
  writeFileSync(at('settings/config.toml'), '[network]\nlisten_to = []\n')
})
afterAll(() => {
  blocker.close()
  rmSync(folder, { recursive: true })
})

const taken = () => `/ip4/127.0.0.1/tcp/${(blocker.address() as { port: number }).port}`

interface Case {
  readonly words: readonly string[] | (() => string[])
  readonly code: number
  readonly says: readonly (string | RegExp)[]
}

test.each<Case>([
  {
    words: ['emulate', at('bad.toml')],
    code: EXIT.usage,
    says: ['did you mean "seed"', 'did you mean "rounds"', 'model'],
  },
  { words: ['emulate', at('broken.toml')], code: EXIT.usage, says: ['not TOML'] },
  { words: ['emulate', at('none.toml')], code: EXIT.usage, says: ['none.toml', 'there is none'] },
  { words: ['emulate', folder], code: EXIT.usage, says: ['it is a folder'] },
  { words: ['emulate'], code: EXIT.usage, says: ['missing required argument'] },
  {
    words: ['emulate', at('job.toml'), '--set', 'train.rouns=3'],
    code: EXIT.usage,
    says: ['did you mean "rounds"'],
  },
  {
    words: ['emulate', at('job.toml'), '--nodes', '0'],
    code: EXIT.usage,
    says: ['whole number from 1'],
  },
  {
    words: [
      'emulate',
      at('job.toml'),
      '--set',
      'topology.kind=edges',
      '--set',
      'topology.file=gone',
    ],
    code: EXIT.usage,
    says: ['edges file', 'gone'],
  },
  {
    words: ['emulate', at('job.toml'), '--set', 'data.name=images', '--set', 'data.path=gone'],
    code: EXIT.usage,
    says: ['gone'],
  },
  {
    words: ['emulate', at('job.toml'), '--nodes', '3'],
    code: EXIT.usage,
    says: ['"regular" with 3 nodes', 'set degree to 2 or less'],
  },
  {
    // No daemon is started for it: that would say so on standard error.
    words: ['train', at('job.toml'), '--set', 'nodes=7'],
    code: EXIT.usage,
    says: [
      /^starling: .*"regular" with 7 nodes.*set degree to 4 or nodes to 8/m,
      /^(?!.*No daemon)/s,
    ],
  },
  {
    words: ['job', 'check', at('job.toml'), '--set', 'topology.kind=torus', '--set', 'nodes=5'],
    code: EXIT.usage,
    says: ['"torus" with 5 nodes'],
  },
  { words: ['compare', at('job.toml')], code: EXIT.usage, says: ['Nothing to compare', '--share'] },
  {
    words: ['compare', at('job.toml'), '--share', 'full,jwisn'],
    code: EXIT.usage,
    says: ['did you mean "jwins"'],
  },
  {
    words: ['compare', at('job.toml'), '--share', 'choco:gama=1'],
    code: EXIT.usage,
    says: ['choco:gama=1', 'did you mean "gamma"'],
  },
  {
    words: ['compare', at('job.toml'), '--share', 'jwins', '--budget', '15'],
    code: EXIT.usage,
    says: ['jwins, 15 %', 'share.budget'],
  },
  {
    words: ['compare', at('job.toml'), '--share', 'full', '--budget', '120'],
    code: EXIT.usage,
    says: ['percents'],
  },
  {
    words: ['compare', at('job.toml'), '--share', 'full', '--reference', 'jwins'],
    code: EXIT.usage,
    says: ['not among those compared: full'],
  },
  {
    words: ['compare', at('job.toml'), '--share', 'full', '--seeds', '1,2,1'],
    code: EXIT.usage,
    says: ['twice'],
  },
  {
    words: ['compare', at('job.toml'), '--share', 'full', '--seeds', '90'],
    code: EXIT.usage,
    says: ['90 seeds', 'write 90,'],
  },
  { words: ['job', 'check', at('bad.toml'), '--json'], code: EXIT.usage, says: ['seed'] },
  { words: ['runs', 'plot', folder], code: EXIT.usage, says: ['does not hold a run'] },
  { words: ['status', '--json'], code: EXIT.noDaemon, says: ['starling up --detach'] },
  { words: ['runs', 'show', 'abc'], code: EXIT.noDaemon, says: ['starling up --detach'] },
  { words: ['down'], code: EXIT.noDaemon, says: ['starling up --detach'] },
  { words: ['logs'], code: EXIT.usage, says: ['no daemon has run there'] },
  { words: ['id'], code: EXIT.usage, says: ['starling init'] },
  { words: ['staus'], code: EXIT.usage, says: ['Did you mean', 'status'] },
  { words: ['up', '--lisen', 'x'], code: EXIT.usage, says: ['--listen'] },
  { words: ['up', '--listen', 'localhost:80'], code: EXIT.usage, says: ['multiaddress'] },
  {
    words: () => ['up', '--no-mdns', '--listen', taken()],
    code: EXIT.unavailable,
    says: ['EADDRINUSE', '--listen'],
  },
  { words: ['up', '--dir', at('newer')], code: EXIT.failure, says: ['version 99'] },
  { words: ['up', '--dir', at('settings')], code: EXIT.usage, says: ['listen_to', 'config.toml'] },
  {
    words: ['status', '--dir', at('job.toml')],
    code: EXIT.usage,
    says: ['job.toml is a file', '--dir'],
  },
  { words: ['up', '--dir', at('job.toml/x')], code: EXIT.usage, says: ['job.toml is a file'] },
  ...(process.platform === 'linux' ? ['init', 'up', 'up --detach', 'data pull mnist'] : []).map(
    (command) => ({
      words: [...command.split(' '), '--dir', '/proc/starling/x'],
      code: EXIT.usage,
      says: ['/proc/starling', 'nothing can be written there'],
    }),
  ),
  { words: ['emulate', at('binary.toml')], code: EXIT.usage, says: [/not TOML[\P{Cc}\n]*$/u] },
  {
    words: ['up', '--no-mdns', '--listen', '/ip4/127.0.0.1/udp/0'],
    code: EXIT.unavailable,
    says: [/only TCP and WebSocket/],
  },
  { words: ['data', 'pull', 'clusters'], code: EXIT.usage, says: ['mnist'] },
  { words: ['engine', 'install', 'abacus'], code: EXIT.usage, says: ['webgpu'] },
])('$words: exit code $code and what to do', async ({ words, code, says }) => {
  const line = typeof words === 'function' ? words() : words
  const outcome = await runCommand(
    ...(line.includes('--dir') ? [] : ['--dir', at('data')]),
    ...line,
  )
  expect(outcome).toMatchObject({ code, stdout: '' })
  for (const text of says) expect(outcome.stderr).toMatch(text)
  expect(outcome.stderr, 'no stack without --verbose').not.toMatch(/\n\s+at /)
})

test('--verbose shows where an error came from', async () => {
  const { stderr } = await runCommand('--dir', at('data'), '--verbose', 'status')
  expect(stderr).toMatch(/\n\s+at /)
})

test.skipIf(process.getuid?.() === 0)('a directory that cannot be entered is named', async () => {
  mkdirSync(at('closed'), { mode: 0o000 })
  const outcome = await runCommand('--dir', at('closed'), 'up')
  chmodSync(at('closed'), 0o700)
  expect(outcome).toMatchObject({ code: EXIT.failure, stdout: '' })
  expect(outcome.stderr).toContain(at('closed'))
})
