import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createIdentity, fromHex, InvalidKeyError, toHex, verify } from '../../crypto/index.ts'

/** RFC 8032, section 7.2: Ed25519ctx. */
const VECTORS = [
  {
    seed: '0305334e381af78f141cb666f6199f57bc3495335a256a95bd2a55bf546663f6',
    publicKey: 'dfc9425e4f968f7f0c29f0259cf5f9aed6851c2bb4ad8bfb860cfee0ab248292',
    message: 'f726936d19c800494e3fdaff20b276a8',
    context: 'foo',
    signature:
      '55a4cc2f70a54e04288c5f4cd1e45a7bb520b36292911876cada7323198dd87a' +
      '8b36950b95130022907a7fb7c4e9b2d5f6cca685a587b4b21f4b888e4e7edb0d',
  },
  {
    seed: '0305334e381af78f141cb666f6199f57bc3495335a256a95bd2a55bf546663f6',
    publicKey: 'dfc9425e4f968f7f0c29f0259cf5f9aed6851c2bb4ad8bfb860cfee0ab248292',
    message: 'f726936d19c800494e3fdaff20b276a8',
    context: 'bar',
    signature:
      'fc60d5872fc46b3aa69f8b5b4351d5808f92bcc044606db097abab6dbcb1aee3' +
      '216c48e8b3b66431b5b186d1d28f8ee15a5ca2df6668346291c2043d4eb3e90d',
  },
  {
    seed: '0305334e381af78f141cb666f6199f57bc3495335a256a95bd2a55bf546663f6',
    publicKey: 'dfc9425e4f968f7f0c29f0259cf5f9aed6851c2bb4ad8bfb860cfee0ab248292',
    message: '508e9e6882b979fea900f62adceaca35',
    context: 'foo',
    signature:
      '8b70c1cc8310e1de20ac53ce28ae6e7207f33c3295e03bb5c0732a1d20dc6490' +
      '8922a8b052cf99b7c4fe107a5abb5b2c4085ae75890d02df26269d8945f84b0b',
  },
  {
    seed: 'ab9c2853ce297ddab85c993b3ae14bcad39b2c682beabc27d6d4eb20711d6560',
    publicKey: '0f1d1274943b91415889152e893d80e93275a1fc0b65fd71b4b0dda10ad7d772',
    message: 'f726936d19c800494e3fdaff20b276a8',
    context: 'foo',
    signature:
      '21655b5f1aa965996b3f97b3c849eafba922a0a62992f73b3d1b73106a84ad85' +
      'e9b86a7b6005ea868337ff2d20a7f5fbd4cd10b0be49a68da2b2e0dc0ad8960f',
  },
]

/** RFC 8032, section 7.1, test 1: public keys are plain Ed25519's. */
const PLAIN = {
  seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
  publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
}

describe('Ed25519 with a context', () => {
  test.each(VECTORS)(
    'vector %# of RFC 8032',
    ({ seed, publicKey, message, context, signature }) => {
      const identity = createIdentity(fromHex(seed))
      expect(toHex(identity.publicKey)).toBe(publicKey)
      expect(toHex(identity.sign(context, fromHex(message)))).toBe(signature)
      expect(verify(fromHex(publicKey), context, fromHex(message), fromHex(signature))).toBe(true)
    },
  )

  test('public keys are those of plain Ed25519', () => {
    expect(toHex(createIdentity(fromHex(PLAIN.seed)).publicKey)).toBe(PLAIN.publicKey)
  })

  const identity = createIdentity(new Uint8Array(32).fill(7))
  const message = new TextEncoder().encode('the roster')
  const signature = identity.sign('purpose', message)

  test('a signature made for one purpose does not hold for another', () => {
    expect(verify(identity.publicKey, 'purpose', message, signature)).toBe(true)
    expect(verify(identity.publicKey, 'purpose2', message, signature)).toBe(false)
  })

  test('any changed bit of key, message or signature is noticed', () => {
    const all = [identity.publicKey, message, signature] as const
    fc.assert(
      fc.property(fc.nat(2), fc.nat(1000), fc.nat(7), (which, position, bit) => {
        const parts = all.map((part) => part.slice())
        const part = parts[which]!
        part[position % part.length]! ^= 1 << bit
        expect(verify(parts[0]!, 'purpose', parts[1]!, parts[2]!)).toBe(false)
      }),
      { numRuns: 50 },
    )
  })

  test('input of another length is no signature, not a crash', () => {
    expect(verify(new Uint8Array(31), 'purpose', message, signature)).toBe(false)
    expect(verify(identity.publicKey, 'purpose', message, new Uint8Array(63))).toBe(false)
    expect(verify(new Uint8Array(32).fill(255), 'purpose', message, signature)).toBe(false)
  })

  test('a seed of another length and an empty or long context are refused', () => {
    expect(() => createIdentity(new Uint8Array(31))).toThrow(InvalidKeyError)
    expect(() => identity.sign('', message)).toThrow(InvalidKeyError)
    expect(() => identity.sign('x'.repeat(256), message)).toThrow(InvalidKeyError)
  })

  test('nothing printable shows the seed', () => {
    const seed = toHex(new Uint8Array(32).fill(7))
    expect(JSON.stringify(identity)).not.toContain(seed)
    expect(Object.keys(identity)).toEqual(['publicKey', 'sign'])
  })
})
