/** Nothing secret leaves the memory of a private run's process but masked: not to its logs, its events nor its folder. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { bytesOf, type CipherSuite } from '../../crypto/index.ts'
import { TestNodes, tinyJob } from './nodes.ts'

/** Everything that must stay secret, as the run makes it. */
const canary = vi.hoisted(() => {
  const secrets: Uint8Array[] = []
  return { secrets, keep: (bytes: Uint8Array) => void secrets.push(bytes.slice()) }
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
  const quantise: typeof ring.quantise = (...settings) => {
    const quantised = ring.quantise(...settings)
    canary.keep(bytesOf(quantised.words))
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

/** Bytes in a row that are taken for a find: what a megabyte of other things holds by a chance of 2^−44. */
const RUN = 8

/** All runs of a secret that begin at a multiple of four; but not those of zeros, which anything may hold. */
function needlesOf(secrets: readonly Uint8Array[]): Set<bigint> {
  const needles = new Set<bigint>()
  for (const secret of secrets) {
    const view = new DataView(secret.buffer, secret.byteOffset, secret.length)
    for (let at = 0; at + RUN <= secret.length; at += 4) {
      if (view.getInt32(at) !== 0 && view.getInt32(at + 4) !== 0) needles.add(view.getBigUint64(at))
    }
  }
  return needles
}

/** How many of them lie in these bytes, as they are, or spelt in hexadecimal or in either base64. */
function finds(bytes: Buffer, needles: ReadonlySet<bigint>): number {
  const text = bytes.toString('latin1')
  const spelt = [
    ...[...text.matchAll(/[0-9a-f]{16,}/gi)].flatMap(([run]) =>
      [0, 1].map((skip) => Buffer.from(run.slice(skip), 'hex')),
    ),
    ...[...text.matchAll(/[\w+/-]{11,}/g)].flatMap(([run]) =>
      [0, 1, 2, 3].map((skip) => Buffer.from(run.slice(skip), 'base64')),
    ),
  ]
  let found = 0
  for (const view of [bytes, ...spelt]) {
    for (let at = 0; at + RUN <= view.length; at++) {
      if (needles.has(view.readBigUInt64BE(at))) found++
    }
  }
  return found
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []))
}

const nodes = new TestNodes()
afterAll(() => nodes.close())

test('what a run leaves behind holds no seed, key, mask or plain vector', async () => {
  const job = tinyJob({
    nodes: 4,
    share: { method: 'jwins' },
    privacy: { secureAggregation: 'cesar', epochRounds: 3, cooldown: 0 },
    train: { rounds: 8, localSteps: 2, batch: 8, lr: 0.05 },
    checkpoint: { every: 1 },
  })
  const all = await nodes.startMany(4)
  const [owner, ...others] = all
  const { run, token } = await owner!.createRun({ job })
  for (const node of others) await node.joinRun({ token })
  const said: Buffer[] = []
  await Promise.all(
    all.map(async (node) => {
      const signal = AbortSignal.timeout(80_000)
      for await (const event of node.events(run.id, { follow: true, signal })) {
        said.push(Buffer.from(JSON.stringify(event)))
      }
    }),
  )
  said.push(Buffer.from(JSON.stringify(await owner!.result(run.id))))
  for (const { logged } of all) said.push(Buffer.from(JSON.stringify(logged)))

  const needles = needlesOf(canary.secrets)
  expect(needles.size).toBeGreaterThan(10_000)
  for (const text of said) expect(finds(text, needles), text.toString()).toBe(0)
  const files = (await Promise.all(all.map(({ directory }) => filesIn(directory)))).flat()
  expect(files.some((file) => file.endsWith('.safetensors'))).toBe(true)
  for (const file of files) expect(finds(await readFile(file), needles), file).toBe(0)

  // The search finds what is there, however it is spelt and wherever it begins.
  const [secret] = canary.secrets
  const planted = [secret!, ...(['hex', 'base64', 'base64url'] as const).map(spell)]
  function spell(encoding: BufferEncoding) {
    return Buffer.from(Buffer.from(secret!).toString(encoding))
  }
  for (const bytes of planted) {
    expect(finds(Buffer.concat([Buffer.from('key: '), bytes]), needles)).toBeGreaterThan(0)
  }
}, 90_000)
