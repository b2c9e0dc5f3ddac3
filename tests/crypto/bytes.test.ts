import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  concat,
  equal,
  fromBase64url,
  fromHex,
  InvalidEncodingError,
  toBase64url,
  toHex,
} from '../../crypto/index.ts'

const bytes = fc.uint8Array({ maxLength: 100 })

describe('hexadecimal and base64url', () => {
  test('give back what was encoded, and agree with Node', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        expect(fromHex(toHex(input))).toEqual(input)
        expect(fromBase64url(toBase64url(input))).toEqual(input)
        expect(toHex(input)).toBe(Buffer.from(input).toString('hex'))
        expect(toBase64url(input)).toBe(Buffer.from(input).toString('base64url'))
      }),
    )
  })

  test.each(['a', 'AB', 'zz', ' 00', '0x00'])('"%s" is not hexadecimal', (text) => {
    expect(() => fromHex(text)).toThrow(InvalidEncodingError)
  })

  test('a text that decodes is the only spelling of its bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ABab01-_+/='), maxLength: 12 }), (text) => {
        let decoded: Uint8Array
        try {
          decoded = fromBase64url(text)
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidEncodingError)
          return
        }
        expect(toBase64url(decoded)).toBe(text)
      }),
    )
  })

  test.each(['A', 'AA==', 'A+', 'AB'])('"%s" is not strict base64url', (text) => {
    expect(() => fromBase64url(text)).toThrow(InvalidEncodingError)
  })
})

test('equal compares content, and lengths', () => {
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      expect(equal(a, a.slice())).toBe(true)
      expect(equal(a, b)).toBe(Buffer.compare(a, b) === 0)
      if (a.length === 0) return
      const changed = a.slice()
      changed[a.length - 1]! ^= 1
      expect(equal(a, changed)).toBe(false)
    }),
  )
})

test('concat joins in order', () => {
  expect(concat(Uint8Array.of(1, 2), new Uint8Array(), Uint8Array.of(3))).toEqual(
    Uint8Array.of(1, 2, 3),
  )
})
