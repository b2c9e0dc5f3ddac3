/** The layers, confinements and front doors of ARCHITECTURE.md, checked on every import of the three floors. */
import { describe, expect, test } from 'vitest'
import { GLOBAL_EXCEPTIONS, LAYER_EXCEPTIONS, LAYERS, NODE_MODULES } from './architecture/rules.ts'
import { importsOf, readSources, roomOf, violations } from './architecture/scan.ts'

const sources = readSources(new URL('..', import.meta.url).pathname)
const imports = importsOf(sources)

test('the house is in order', () => {
  expect(violations(sources)).toEqual([])
})

test('enough was seen for that to mean something', () => {
  expect(sources.size).toBeGreaterThan(150)
  expect(imports.length).toBeGreaterThan(500)
  expect(imports.filter((entry) => entry.own).length).toBeGreaterThan(350)
  for (const { own, target, from } of imports) {
    if (own) expect(sources.has(target), `${from} imports ${target}, which was not read`).toBe(true)
  }
})

test('no rule is left over from a file or room that is gone', () => {
  const rooms = new Set([...sources.keys()].map(roomOf))
  expect(Object.keys(LAYERS).filter((room) => !rooms.has(room))).toEqual([])
  const edges = new Set(imports.map(({ from, target }) => `${from} → ${target}`))
  expect(Object.keys(LAYER_EXCEPTIONS).filter((edge) => !edges.has(edge))).toEqual([])
  for (const [file, { modules }] of Object.entries(NODE_MODULES)) {
    for (const module of modules) expect(edges).toContain(`${file} → node:${module}`)
  }
  for (const exception of Object.keys(GLOBAL_EXCEPTIONS)) {
    expect([...sources.keys()]).toContain(exception.split(':')[0])
  }
})

describe('planted breaches are found', () => {
  const plant = (files: Record<string, string>) => violations(new Map(Object.entries(files)))

  test.each<[string, string, string, RegExp]>([
    ['an upward import', 'src/numeric/a.ts', "import { b } from '../model/index.ts'", /may not/],
    ['a floor above', 'src/sharing/a.ts', "import '../../daemon/api/index.ts'", /may not import/],
    ['crypto importing ours', 'crypto/a.ts', "import '../src/runtime/errors.ts'", /may not/],
    ['a type import', 'src/model/a.ts', "import type { X } from '../engine/interface.ts'", /may/],
    ['a dynamic import', 'src/model/a.ts', "const x = import('../engine/index.ts')", /may not/],
    ['a worker', 'src/data/a.ts', "new URL('../engine/index.ts', import.meta.url)", /may not/],
    ['a re-export', 'src/model/a.ts', "export * from '../engine/index.ts'", /may not import/],
    ['an unknown room', 'src/attic/a.ts', "import '../model/index.ts'", /not in the layer table/],
    ['a back door', 'src/learning/a.ts', "import { x } from '../engine/pool.ts'", /front door/],
    ['tfjs outside', 'src/engine/a.ts', "import * as tf from '@tensorflow/tfjs'", /confined/],
    ['libp2p outside', 'daemon/services/a.ts', "import { x } from 'libp2p'", /confined/],
    ['noble outside', 'src/sharing/a.ts', "import { x } from '@noble/hashes/sha2.js'", /confined/],
    ['files in src', 'src/data/a.ts', "import { x } from 'node:fs'", /confined to daemon/],
    ['files in the engine', 'src/engine/a.ts', "import 'node:fs/promises'", /confined to daemon/],
    ['the wall clock', 'src/learning/a.ts', 'const now = Date.now()', /the wall clock/],
    ['a timer', 'src/learning/a.ts', 'setTimeout(f, 10)', /a timer/],
    ['chance', 'src/sharing/a.ts', 'Math.random()', /Math\.random/],
    ['the console', 'src/sharing/a.ts', 'console.log(1)', /the console/],
    ['the process', 'crypto/a.ts', 'process.exit(1)', /the process/],
    [
      'a protocol that knows another',
      'daemon/network/protocols/a/service.ts',
      "import { x } from '../b/index.ts'",
      /protocols do not know each other/,
    ],
  ])('%s', (_, file, text, message) => {
    expect(plant({ [file]: text })).toEqual([expect.stringMatching(message)])
  })

  test('a cycle, unless it is one of types only', () => {
    const files = {
      'src/model/a.ts': "import { b } from './b.ts'",
      'src/model/b.ts': "export * from './c.ts'",
    }
    expect(plant({ ...files, 'src/model/c.ts': "import { a, type A } from './a.ts'" })).toEqual([
      'import cycle: src/model/a.ts → src/model/b.ts → src/model/c.ts → src/model/a.ts',
    ])
    expect(plant({ ...files, 'src/model/c.ts': "import type { A } from './a.ts'" })).toEqual([])
  })

  test('and nothing where nothing is wrong', () => {
    const text = `
      import {
        type ParameterLayout,
      } from '../model/parameters.ts'
      import { z } from 'zod'
      // Date.now() would be wrong here; so would console.log
      /** Never Math.random(). */
      const url = 'https://example.org'`
    expect(plant({ 'src/sharing/a.ts': text, 'daemon/services/a.ts': 'Date.now()' })).toEqual([])
  })
})
