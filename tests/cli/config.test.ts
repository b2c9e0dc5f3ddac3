import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadConfig } from '../../daemon/config/index.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'starling-config-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const write = (text: string) => writeFileSync(join(directory, 'config.toml'), text)
const load = (environment: Record<string, string> = {}, flags = {}) =>
  loadConfig({ directory, environment, flags })

test('without any source there are defaults', () => {
  const config = load()
  expect(config.network.listen).toEqual(['/ip4/0.0.0.0/tcp/0'])
  expect(config.engine).toEqual({ backend: 'auto', threads: 1, blas: 'off' })
})

test('flags win over the environment, the environment over the file, key by key', () => {
  write('[engine]\nbackend = "cpu"\nblas = "on"\n[network]\nmdns = false\n[log]\nlevel = "debug"\n')
  const environment = { STARLING_ENGINE_BLAS: 'auto', STARLING_ENGINE_BACKEND: 'wasm' }
  const config = load(environment, { engine: { blas: 'off' } })
  expect(config.engine).toEqual({ backend: 'wasm', threads: 1, blas: 'off' })
  expect(config.log.level).toBe('debug')
  expect(config.network.mdns).toBe(false)
})

test('environment variables are read by the type of their setting', () => {
  const config = load({
    STARLING_NETWORK_LISTEN: '/ip4/127.0.0.1/tcp/1, /ip4/127.0.0.1/tcp/2',
    STARLING_NETWORK_MDNS: 'false',
    STARLING_DATA: '/elsewhere',
  })
  expect(config.network.listen).toEqual(['/ip4/127.0.0.1/tcp/1', '/ip4/127.0.0.1/tcp/2'])
  expect(config.network.mdns).toBe(false)
})

test.each([
  [
    'an unknown key',
    '[network]\nlisten_on = []',
    /config\.toml: network\.listen_on: unknown setting/,
  ],
  ['a misspelt key', '[engine]\nthread = 2', /engine\.thread: .*did you mean "threads"/],
  ['a misspelt section', '[netwrok]\n', /netwrok: .*did you mean "network"/],
  ['a wrong type', '[engine]\nthreads = "two"', /config\.toml: engine\.threads: /],
  ['an address that is none', '[network]\nlisten = ["localhost:80"]', /multiaddress/],
  ['no TOML', 'network = [', /not TOML/],
])('%s in the file is refused', (_, text, message) => {
  write(text)
  expect(load).toThrow(message)
})

test('a misspelt environment variable is refused with the nearest name', () => {
  expect(() => load({ STARLING_NETWORK_LISTN: '/ip4/1.2.3.4/tcp/1' })).toThrow(
    /STARLING_NETWORK_LISTN: .*did you mean "STARLING_NETWORK_LISTEN"/,
  )
})

const tooMany = availableParallelism() + 1

test.each([
  [{ STARLING_NETWORK_MDNS: 'perhaps' }, {}, /STARLING_NETWORK_MDNS: "perhaps".*true or false/],
  [{ STARLING_NETWORK_LISTEN: 'foo' }, {}, /STARLING_NETWORK_LISTEN: "foo".*\/ip4/],
  [{ STARLING_ENGINE_THREADS: 'two' }, {}, /STARLING_ENGINE_THREADS: "two" is no number/],
  [{ STARLING_ENGINE_BACKEND: 'wsam' }, {}, /STARLING_ENGINE_BACKEND: "wsam".*mean "wasm"/],
  [{}, { network: { listen: ['foo'] } }, /--listen: "foo".*\/ip4/],
])(
  'a wrong value (%j %j) is quoted, under the name it was given by',
  (environment, flags, says) => {
    expect(() => load(environment, flags)).toThrow(says)
  },
)

test('more threads than processors are refused, wherever they are asked for', () => {
  const says = new RegExp(`threads: ${tooMany} is too many: this machine has .*; give \\d+ or less`)
  expect(() => load({}, { engine: { threads: tooMany } })).toThrow(says)
  write(`[engine]\nthreads = ${tooMany}\n`)
  expect(load).toThrow(says)
  write(`[engine]\nthreads = ${tooMany - 1}\n`)
  expect(load().engine.threads).toBe(tooMany - 1)
})

test('all problems are listed at once', () => {
  write('[engine]\nthreads = 0\nthread = 1\n[log]\nlevel = "loud"\n')
  expect(load).toThrow(
    expect.objectContaining({ problems: expect.objectContaining({ length: 3 }) }),
  )
})
