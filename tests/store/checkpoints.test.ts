import { readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeCheckpoint, encodeCheckpoint } from '../../daemon/store/checkpoint-codec.ts'
import { openCheckpoints } from '../../daemon/store/checkpoints.ts'
import { NotPlainDataError, packPlainData, unpackPlainData } from '../../daemon/store/plain-data.ts'
import type { LearnerState } from '../../src/learning/index.ts'
import { decodeSafetensors } from '../../src/model/safetensors.ts'
import { StarlingError } from '../../src/runtime/errors.ts'
import { newFolder } from './folder.ts'

function stateAt(round: number, velocity = Float32Array.of(round, -1, 0, 1e-3)): LearnerState {
  return {
    round,
    steps: 3 * round,
    parameters: Float32Array.of(round, -0, 1e-40, 3.4e38),
    optimiserState: Float32Array.of(0.5, round),
    velocity,
    sharing: { last: Float32Array.of(7), ranks: new Map([[2, Int32Array.of(1, 2)]]), phase: null },
  }
}

describe('a checkpoint’s bytes', () => {
  test('give back the state, bit by bit', () => {
    expect(decodeCheckpoint(encodeCheckpoint(stateAt(4)))).toEqual(stateAt(4))
    const without = stateAt(4, new Float32Array())
    expect(decodeCheckpoint(encodeCheckpoint(without))).toEqual(without)
  })

  test('are a safetensors file with named arrays', () => {
    const { tensors, metadata } = decodeSafetensors(encodeCheckpoint(stateAt(4)))
    expect(tensors.map(({ name }) => name).slice(0, 2)).toEqual(['parameters', 'optimiser'])
    expect(metadata).toMatchObject({ round: '4', steps: '12' })
  })

  test('any changed byte is noticed', () => {
    const bytes = encodeCheckpoint(stateAt(4))
    for (let position = 0; position < bytes.length; position++) {
      const altered = bytes.slice()
      altered[position]! ^= 1
      let state: LearnerState
      try {
        state = decodeCheckpoint(altered)
      } catch (error) {
        expect(error, `byte ${position}`).toBeInstanceOf(StarlingError)
        continue
      }
      // JSON has several spellings of the same: padding changed from one blank to another means nothing.
      expect(state, `byte ${position}`).toEqual(stateAt(4))
    }
  })

  test('any cut is noticed', () => {
    const bytes = encodeCheckpoint(stateAt(4))
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeCheckpoint(bytes.subarray(0, length))).toThrow(StarlingError)
    }
  })
})

describe('plain data', () => {
  const values = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(null, true, undefined),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
      fc.string(),
      fc.float32Array({ maxLength: 4 }),
      fc.int32Array({ maxLength: 4 }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom('array', 'map', 'fields', 'nothing', 'x'), tie('value'), {
        maxKeys: 4,
        noNullPrototype: true,
      }),
    ),
  })).value

  test('comes back as it was, whatever its keys are called', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(unpackPlainData(packPlainData(value))).toEqual(value)
      }),
    )
  })

  test.each([[Number.NaN], [() => 1], [new Date()], [Symbol('x')]])('refuses %s', (value) => {
    expect(() => packPlainData({ value })).toThrow(NotPlainDataError)
  })
})

describe('the folder', () => {
  test('keeps the last two', async () => {
    const folder = await newFolder()
    const checkpoints = openCheckpoints(folder)
    expect(await checkpoints.load()).toBeNull()
    for (const round of [5, 10, 15]) await checkpoints.save(stateAt(round))
    expect((await readdir(folder)).sort()).toEqual([
      'round-0000000010.safetensors',
      'round-0000000015.safetensors',
    ])
    expect(await checkpoints.load()).toEqual(stateAt(15))
  })

  test.each([
    ['torn', (path: string) => truncate(path, 100)],
    ['empty', (path: string) => truncate(path, 0)],
    [
      'altered',
      async (path: string) => {
        const bytes = await readFile(path)
        bytes[bytes.length - 1]! ^= 1
        await writeFile(path, bytes)
      },
    ],
  ])('falls back to the older where the newest is %s', async (_, damage) => {
    const folder = await newFolder()
    const checkpoints = openCheckpoints(folder)
    await checkpoints.save(stateAt(5))
    await checkpoints.save(stateAt(10))
    await damage(join(folder, 'round-0000000010.safetensors'))
    const passedOver: string[] = []
    expect(await checkpoints.load((file) => passedOver.push(file))).toEqual(stateAt(5))
    expect(passedOver).toEqual(['round-0000000010.safetensors'])
    // Going on from round 5, the damaged one of round 10 must not win again.
    await checkpoints.save(stateAt(7))
    expect(await checkpoints.load()).toEqual(stateAt(7))
  })

  test('a crash in the middle of writing leaves the last one whole', async () => {
    const folder = await newFolder()
    const checkpoints = openCheckpoints(folder)
    await checkpoints.save(stateAt(5))
    await writeFile(join(folder, 'round-0000000010.safetensors.1234.tmp'), 'half')
    expect(await checkpoints.load()).toEqual(stateAt(5))
  })
})
