import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createIdentity } from '../../crypto/index.ts'
import { EXIT } from '../../daemon/cli/exit-codes.ts'
import { peerIdOf } from '../../daemon/network/index.ts'
import { encodeToken } from '../../daemon/services/documents/index.ts'
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

const expiredToken = () =>
  encodeToken({
    run: new Uint8Array(16),
    secret: new Uint8Array(16),
    expiresAt: new Date(1e12),
    peerId: peerIdOf(createIdentity(new Uint8Array(32)).publicKey),
    addresses: [],
    coOwners: [],
  })

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
  // Nor for these.
  {
    words: ['train', at('job.toml'), '--owner', '/ip4/127.0.0.1/tcp/4001'],
    code: EXIT.usage,
    says: [/^starling: .*no address with a peer id.*starling id/m, /^(?!.*No daemon)/s],
  },
  {
    words: ['join', 'starling1AAAA'],
    code: EXIT.usage,
    says: [/^starling: The join token.*Copy it again/m, /^(?!.*No daemon)/s],
  },
  {
    words: ['join', expiredToken()],
    code: EXIT.refused,
    says: [/^starling: The join token expired at 2001-09-09/m, /^(?!.*No daemon)/s],
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
  ...['emulate', 'compare'].flatMap((command) =>
    ['--threads', '--workers'].map((flag) => ({
      words: [command, at('job.toml'), flag, '1000'],
      code: EXIT.usage,
      says: [flag, '1000 is too many: this machine has', 'or less'],
    })),
  ),
  { words: ['up', '--threads', '1000'], code: EXIT.usage, says: ['1000 is too many'] },
  {
    words: ['emulate', at('job.toml'), '--nodes', '4', '--set', 'emulation.churn={trace="gone"}'],
    code: EXIT.usage,
    says: ['Cannot read the churn trace', 'gone', 'there is none'],
  },
  {
    words: ['emulate', at('job.toml'), '--out', at('job.toml')],
    code: EXIT.usage,
    says: [at('job.toml'), 'Give another path with --out'],
  },
  {
    words: ['compare', at('job.toml'), '--share', 'full', '--out', at('job.toml')],
    code: EXIT.usage,
    says: [at('job.toml'), 'Give another path with --out'],
  },
  { words: ['job', 'check', at('bad.toml'), '--json'], code: EXIT.usage, says: ['seed'] },
  {
    words: ['runs', 'plot', folder],
    code: EXIT.usage,
    says: ['does not hold a run: its result.json is missing'],
  },
  {
    words: ['runs', 'plot', 'NOPE'],
    code: EXIT.usage,
    says: ['neither a folder nor the id of a run'],
  },
  {
    words: ['runs', 'shw'],
    code: EXIT.usage,
    says: ["unknown command 'shw'", 'Did you mean show'],
  },
  { words: ['status', '--json'], code: EXIT.noDaemon, says: ['starling up --detach'] },
  { words: ['runs', 'show', 'abc'], code: EXIT.noDaemon, says: ['starling up --detach'] },
  { words: ['down'], code: EXIT.noDaemon, says: ['starling up --detach'] },
  { words: ['logs'], code: EXIT.usage, says: ['no daemon has run there'] },
  { words: ['id'], code: EXIT.usage, says: [`starling init --dir ${at('data')}`] },
  { words: ['id', '--dir', at('newer')], code: EXIT.failure, says: ['version 99'] },
  { words: ['init', '--dir', at('newer')], code: EXIT.failure, says: ['version 99'] },
  { words: ['staus'], code: EXIT.usage, says: ['Did you mean', 'status'] },
  { words: ['up', '--lisen', 'x'], code: EXIT.usage, says: ['--listen'] },
  {
    words: ['up', '--listen', 'localhost:80'],
    code: EXIT.usage,
    says: ['--listen: "localhost:80"', 'multiaddress'],
  },
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

test.skipIf(availableParallelism() === 1)('workers and threads share the processors', async () => {
  const all = String(availableParallelism())
  const words = ['--nodes', '4', '--workers', all, '--threads', all]
  const { code, stderr } = await runCommand('emulate', at('job.toml'), ...words)
  expect(code).toBe(EXIT.usage)
  expect(stderr).toContain('Lower --workers or --threads')
})

test('id draws no identity where there is none, and init none in a folder of a newer Starling', async () => {
  mkdirSync(at('empty'))
  await runCommand('id', '--dir', at('empty'))
  expect(readdirSync(at('empty'))).toEqual([])
  await runCommand('init', '--dir', at('newer'))
  expect(readdirSync(at('newer'))).not.toContain('identity.key')
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
