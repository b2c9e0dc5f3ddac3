import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concat, createIdentity, InvalidEnvelopeError, open, seal } from '../../crypto/index.ts'

const identity = createIdentity(new Uint8Array(32).fill(1))
const payload = new TextEncoder().encode('{"epoch":3}')
const sealed = seal(identity, 'test/1', payload)

test('an envelope gives back payload and signer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (content) => {
      const envelope = open(seal(identity, 'test/1', content), 'test/1')
      expect(envelope).toEqual({
        context: 'test/1',
        payload: content,
        publicKey: identity.publicKey,
      })
    }),
    { numRuns: 20 },
  )
})

test('every single changed bit is noticed', () => {
  for (let position = 0; position < sealed.length; position++) {
    const altered = sealed.slice()
    altered[position]! ^= 1 << (position % 8)
    expect(() => open(altered, 'test/1'), `byte ${position}`).toThrow(InvalidEnvelopeError)
  }
})

test('a cut or prolonged envelope is refused', () => {
  for (let length = 0; length < sealed.length; length += 7) {
    expect(() => open(sealed.subarray(0, length), 'test/1')).toThrow(InvalidEnvelopeError)
  }
  expect(() => open(concat(sealed, Uint8Array.of(0)), 'test/1')).toThrow(InvalidEnvelopeError)
})

test('an envelope of another context is refused, even where one name begins like the other', () => {
  for (const context of ['test/2', 'test/11', 'test/', 'other']) {
    expect(() => open(sealed, context)).toThrow(InvalidEnvelopeError)
  }
})

test('a foreign signature under a known key is refused', () => {
  const other = seal(createIdentity(new Uint8Array(32).fill(2)), 'test/1', payload)
  const keyAt = 2 + 'test/1'.length
  const forged = other.slice()
  forged.set(identity.publicKey, keyAt)
  expect(() => open(forged, 'test/1')).toThrow(/does not hold/)
})

test('bytes from anywhere never do more than be refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(() => open(bytes, 'test/1')).toThrow(InvalidEnvelopeError)
    }),
  )
})
