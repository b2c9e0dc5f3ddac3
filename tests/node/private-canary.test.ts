/**
 * Nothing secret leaves the memory of a private run's process but masked: not to its logs, its events, what its API says, nor
 * its folder, whether all goes well or letters are spoilt and a node starts anew. Models and checkpoints are in clear on
 * disk, by design (SECURITY.md), and hold the values that are sent; nothing else does.
 */
import { appendFile, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { bytesOf, type CipherSuite } from '../../crypto/index.ts'
import type { Job } from '../../src/learning/index.ts'
import { finds, needlesOf } from '../support/spelling.ts'
import { type TestNode, TestNodes, tinyJob } from './nodes.ts'

/** Everything that must stay secret, as the run makes it: keys, masks and words; and the values that become words. */
const canary = vi.hoisted(() => {
  const secrets: Uint8Array[] = []
  const values: Uint8Array[] = []
  return {
    secrets,
    values,
    keep: (bytes: Uint8Array) => void secrets.push(bytes.slice()),
    keepValues: (bytes: Uint8Array) => void values.push(bytes.slice()),
  }
})

/** What becomes of a frame on its way to an exchange. */
const wire = vi.hoisted(() => ({ change: (bytes: Uint8Array): Uint8Array | null => bytes }))

vi.mock(import('../../src/learning/exchange.ts'), async (original) => {
  const exchange = await original()
  const createExchange: typeof exchange.createExchange = (init) => {
    const created = exchange.createExchange(init)
    const deliver = created.deliver.bind(created)
    return Object.assign(created, {
      deliver(source: number, bytes: Uint8Array) {
        const changed = wire.change(bytes)
        return changed === null ? ('accepted' as const) : deliver(source, changed)
      },
    })
  }
  return { ...exchange, createExchange }
})

vi.mock(import('../../daemon/services/private-ports.ts'), async (original) => {
  const { privatePorts } = await original()
  return {
    privatePorts(init) {
      const ports = privatePorts(init)
      const secret = (length: number) => kept(ports.secret(length))
      return { ...ports, suite: watched(ports.suite), secret }
    },
  }
})

vi.mock(import('../../crypto/ring.ts'), async (original) => {
  const ring = await original()
  const quantise: typeof ring.quantise = (of, values, ...rest) => {
    const quantised = ring.quantise(of, values, ...rest)
    canary.keep(bytesOf(quantised.words))
    canary.keepValues(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    return quantised
  }
  return { ...ring, quantise }
})

function kept<B extends Uint8Array>(bytes: B): B {
  canary.keep(bytes)
  return bytes
}

/** Keeps all keys that are derived and all masks that are drawn. */
function watched(suite: CipherSuite): CipherSuite {
  return {
    ...suite,
    extract: (...input) => kept(suite.extract(...input)),
    expand: (...input) => kept(suite.expand(...input)),
    agreementKey(secret) {
      const key = suite.agreementKey(secret)
      return { ...key, agree: (other) => kept(key.agree(other)) }
    },
    keystream(key, nonce) {
      const stream = suite.keystream(key, nonce)
      return { next: (length) => kept(stream.next(length)) }
    },
  }
}

/** Several nodes in one process, on machines of any speed. */
const PATIENCE = 120_000

/** Of so many frames one is spoilt, each in another phase and way. */
const SPOILT = 89

/** Files that hold models in clear, and with them what is sent of these. */
const HOLDS_MODELS = /\.safetensors$|checkpoint/

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []))
}

const nodes = new TestNodes()
afterAll(() => nodes.close())

afterEach(() => {
  wire.change = (bytes) => bytes
  canary.secrets.length = 0
  canary.values.length = 0
})

const privacy = { secureAggregation: 'cesar', epochRounds: 3, cooldown: 0 }
const job = tinyJob({
  nodes: 4,
  share: { method: 'jwins' },
  privacy,
  train: { rounds: 8, localSteps: 2, batch: 8, lr: 0.05 },
  checkpoint: { every: 1 },
})

/** Starts the run's nodes. Everything that they say of it, in whatever form, ends up in `said`. */
async function start(of: Job) {
  const all = await nodes.startMany(of.nodes)
  const [owner, ...others] = all
  const { run, token } = await owner!.createRun({ job: of })
  for (const node of others) await node.joinRun({ token })
  const said: Buffer[] = []
  const hear = (what: unknown) => void said.push(Buffer.from(JSON.stringify(what)))
  /** Hears a node's events until its run, or the node, has ended, and then asks it whatever it can be asked. */
  async function listen(node: TestNode): Promise<void> {
    for await (const event of node.events(run.id, {
      follow: true,
      signal: AbortSignal.timeout(PATIENCE),
    })) {
      hear(event)
    }
  }
  async function ask(node: TestNode): Promise<void> {
    const asked = [
      node.status(),
      node.byteStats(),
      node.peers(),
      node.runs(),
      node.run(run.id),
      node.result(run.id),
      node.resumeRun(run.id),
    ]
    for (const answer of await Promise.allSettled(asked)) {
      hear(answer.status === 'fulfilled' ? answer.value : errorText(answer.reason))
    }
    hear(node.logged)
  }
  return { all, run, said, listen, ask }
}

/** As whoever logs an error may write it. */
function errorText(error: Error): string {
  return [error.message, error.stack, JSON.stringify(error), String(error.cause)].join('\n')
}

/** Expects nothing secret in what was said, nor in the folders. */
async function expectNothingIn(said: readonly Buffer[], folders: readonly string[]): Promise<void> {
  const secrets = needlesOf(canary.secrets)
  const values = needlesOf(canary.values)
  expect(secrets.size).toBeGreaterThan(1000)
  expect(values.size).toBeGreaterThan(100)
  for (const text of said) {
    expect(finds(text, secrets), text.toString()).toBe(0)
    expect(finds(text, values), text.toString()).toBe(0)
  }
  const files = (await Promise.all(folders.map(filesIn))).flat()
  for (const name of ['.safetensors', 'slots.jsonl', 'metrics.jsonl']) {
    expect(
      files.some((file) => file.endsWith(name)),
      name,
    ).toBe(true)
  }
  for (const file of files) {
    const content = await readFile(file)
    expect(finds(content, secrets), file).toBe(0)
    if (!HOLDS_MODELS.test(file)) expect(finds(content, values), file).toBe(0)
  }
}

test('the search finds what is there, however it is spelt and wherever it begins', () => {
  const secret = new Uint8Array(32).map((_, i) => 37 * i + 11)
  const words = new Int32Array(secret.buffer)
  const floats = Float32Array.of(0.1, -2.5, 3.25e-9, 7)
  const plant = (text: string | Uint8Array) =>
    Buffer.concat([Buffer.from('key: '), Buffer.from(text)])
  const needles = needlesOf([secret, bytesOfFloats(floats)])
  const spellings = [
    secret,
    ...(['hex', 'base64', 'base64url'] as const).map((code) => Buffer.from(secret).toString(code)),
    ...[secret, words, floats].flatMap((array) => [JSON.stringify(array), array.join(' ')]),
    bytesOfFloats(floats),
  ]
  for (const spelt of spellings) {
    expect(finds(plant(spelt), needles), String(spelt)).toBeGreaterThan(0)
  }
  expect(finds(plant('0.1 7 11 48 -2.5'), needles)).toBe(0)
})

function bytesOfFloats(floats: Float32Array): Uint8Array {
  return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength)
}

test(
  'what an undisturbed run leaves behind holds no seed, key, mask or plain vector',
  async () => {
    const { all, said, listen, ask } = await start(job)
    await Promise.all(all.map(listen))
    await Promise.all(all.map(ask))
    await expectNothingIn(
      said,
      all.map(({ directory }) => directory),
    )
  },
  PATIENCE,
)

test(
  'nor does one in which letters are spoilt, sums refused, and a node starts anew',
  async () => {
    const five = tinyJob({
      nodes: 5,
      share: { method: 'jwins' },
      privacy,
      train: { rounds: 10, localSteps: 2, batch: 8, lr: 0.05 },
      checkpoint: { every: 1 },
      limits: { maxDeadline: 1 },
    })
    const { all, run, said, listen, ask } = await start(five)
    let frames = 0
    wire.change = (bytes) =>
      ++frames % SPOILT === 0 ? spoilt(bytes, (frames / SPOILT) % 3) : bytes
    const [victim, ...others] = all.toReversed()
    const finished = Promise.all(others.map(listen))
    for await (const event of victim!.events(run.id, { follow: true })) {
      said.push(Buffer.from(JSON.stringify(event)))
      if (event.type === 'round' && event.report.round >= 3) break
    }
    await victim!.stop()
    // As a crash may leave them.
    for (const name of ['slots.jsonl', 'metrics.jsonl']) {
      await appendFile(join(victim!.directory, 'runs', run.id, name), '\n{"round":4,"rec')
    }
    const again = await nodes.start(victim!.directory)
    await Promise.all([finished, listen(again)])
    await Promise.all([...others, again].map(ask))
    said.push(Buffer.from(JSON.stringify(victim!.logged)))

    const text = Buffer.concat(said).toString()
    expect(frames).toBeGreaterThan(3 * SPOILT)
    expect(text).toMatch(/"outcome":"refused"/)
    await expectNothingIn(
      said,
      all.map(({ directory }) => directory),
    )
  },
  PATIENCE,
)

/** Spoils a frame in one of three ways. */
function spoilt(bytes: Uint8Array, way: number): Uint8Array | null {
  if (way === 0) return null
  if (way === 1) return bytes.subarray(0, bytes.length - 1)
  const copy = bytes.slice()
  copy[copy.length - 1]! ^= 1
  return copy
}
