import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, createIdentity, fromHex, pureSuite, toHex } from '../../crypto/index.ts'
import { nativeSuite } from '../../daemon/crypto/index.ts'

const suites = [pureSuite, nativeSuite]
const range = (from: number, to: number) =>
  Uint8Array.from({ length: to - from + 1 }, (_, i) => from + i)

describe.each(suites)('the $name primitives', (suite) => {
  // RFC 7748 §5.2.
  test.each([
    [
      'a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
      'e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c',
      'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
    ],
    [
      '4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d',
      'e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493',
      '95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957',
    ],
  ])('X25519 vector %#', (secret, point, result) => {
    const key = suite.agreementKey(fromHex(secret))
    expect(toHex(key.agree(fromHex(point)))).toBe(result)
  })

  // RFC 7748 §6.1.
  test('X25519 agreement of Alice and Bob', () => {
    const alice = suite.agreementKey(
      fromHex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'),
    )
    const bob = suite.agreementKey(
      fromHex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'),
    )
    expect(toHex(alice.publicKey)).toBe(
      '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a',
    )
    expect(toHex(bob.publicKey)).toBe(
      'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f',
    )
    const secret = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742'
    expect(toHex(alice.agree(bob.publicKey))).toBe(secret)
    expect(toHex(bob.agree(alice.publicKey))).toBe(secret)
  })

  // The points whose order divides eight, and two of their spellings above the prime.
  test.each([
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ])('no secret is agreed with the low-order point %s', (point) => {
    const key = suite.agreementKey(new Uint8Array(32).fill(9))
    expect(() => key.agree(fromHex(point))).toThrow(
      expect.objectContaining({ name: 'LowOrderPointError' }),
    )
  })

  // RFC 5869, appendix A.1 to A.3.
  test.each([
    {
      input: new Uint8Array(22).fill(0x0b),
      salt: range(0x00, 0x0c),
      info: range(0xf0, 0xf9),
      key: '077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5',
      output:
        '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    },
    {
      input: range(0x00, 0x4f),
      salt: range(0x60, 0xaf),
      info: range(0xb0, 0xff),
      key: '06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244',
      output:
        'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09' +
        'da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
    },
    {
      input: new Uint8Array(22).fill(0x0b),
      salt: new Uint8Array(0),
      info: new Uint8Array(0),
      key: '19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04',
      output:
        '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
    },
  ])('HKDF-SHA-256 vector %#', ({ input, salt, info, key, output }) => {
    expect(toHex(suite.extract(salt, input))).toBe(key)
    expect(toHex(suite.expand(fromHex(key), info, output.length / 2))).toBe(output)
  })

  // RFC 4231 §4.3.
  test('HMAC-SHA-256', () => {
    const bytes = (text: string) => new TextEncoder().encode(text)
    expect(toHex(suite.mac(bytes('Jefe'), bytes('what do ya want for nothing?')))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
  })

  // RFC 8439, appendix A.1, vectors 1 and 2: two blocks of one stream.
  test('ChaCha20, key and nonce zero', () => {
    const stream = suite.keystream(new Uint8Array(32), new Uint8Array(12))
    expect(toHex(stream.next(64))).toBe(
      '76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7' +
        'da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586',
    )
    expect(toHex(stream.next(64))).toBe(
      '9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed' +
        '29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f',
    )
  })

  // RFC 8439 §2.4.2, whose text starts at block 1.
  test('ChaCha20 on a text', () => {
    const text =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, " +
      'sunscreen would be it.'
    const stream = suite.keystream(range(0, 31), fromHex('000000000000004a00000000'))
    stream.next(64)
    const pad = stream.next(text.length)
    expect(toHex(new TextEncoder().encode(text).map((byte, i) => byte ^ pad[i]!))).toBe(
      '6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0bf91b65c5524733ab8f593dabcd62b357' +
        '1639d624e65152ab8f530c359f0861d807ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab7793736' +
        '5af90bbf74a35be6b40b8eedf2785e42874d',
    )
  })

  test('a stream is the same in pieces of any size', () => {
    const [key, nonce] = [new Uint8Array(32).fill(3), new Uint8Array(12).fill(4)]
    const whole = suite.keystream(key, nonce).next(1 << 16)
    const stream = suite.keystream(key, nonce)
    const pieces = [64, 128, 4096, 65_536 - 64 - 128 - 4096 - 64, 63].map((n) => stream.next(n))
    expect(concat(...pieces)).toEqual(Uint8Array.from(whole.subarray(0, (1 << 16) - 1)))
  })

  test('a stream goes on only after whole blocks', () => {
    const stream = suite.keystream(new Uint8Array(32), new Uint8Array(12))
    expect(stream.next(100_032)).toHaveLength(100_032)
    stream.next(1)
    expect(() => stream.next(64)).toThrow(RangeError)
  })

  // RFC 8032 §7.2, "foo".
  test('Ed25519ctx verification', () => {
    const key = fromHex('dfc9425e4f968f7f0c29f0259cf5f9aed6851c2bb4ad8bfb860cfee0ab248292')
    const message = fromHex('f726936d19c800494e3fdaff20b276a8')
    const signature = fromHex(
      '55a4cc2f70a54e04288c5f4cd1e45a7bb520b36292911876cada7323198dd87a' +
        '8b36950b95130022907a7fb7c4e9b2d5f6cca685a587b4b21f4b888e4e7edb0d',
    )
    expect(suite.verify(key, 'foo', message, signature)).toBe(true)
    expect(suite.verify(key, 'bar', message, signature)).toBe(false)
    expect(suite.verify(key, 'foo', message.subarray(1), signature)).toBe(false)
    expect(suite.verify(key, 'foo', message, signature.subarray(1))).toBe(false)
    expect(suite.verify(key.subarray(1), 'foo', message, signature)).toBe(false)
    // No point of the curve has this y.
    expect(suite.verify(new Uint8Array(32).fill(2), 'foo', message, signature)).toBe(false)
  })

  test('with a secret that was wiped nothing is agreed on', () => {
    const [own, other] = [1, 2].map((fill) => suite.agreementKey(new Uint8Array(32).fill(fill)))
    own!.agree(other!.publicKey)
    own!.wipe()
    expect(() => own!.agree(other!.publicKey)).toThrow(
      expect.objectContaining({ name: 'WipedKeyError' }),
    )
  })

  test('key material of a wrong length is refused, and not shown', () => {
    const [short, nonce] = [new Uint8Array(31).fill(0xab), new Uint8Array(12)]
    const key = suite.agreementKey(new Uint8Array(32).fill(1))
    for (const attempt of [
      () => suite.agreementKey(short),
      () => key.agree(short),
      () => suite.keystream(short, nonce),
      () => suite.keystream(new Uint8Array(32), nonce.subarray(1)),
    ]) {
      expect(attempt).toThrow(expect.objectContaining({ name: 'InvalidKeyLengthError' }))
      expect(attempt).not.toThrow(/ab|171/)
    }
  })
})

describe('native and pure primitives agree', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
  const anyBytes = fc.uint8Array({ maxLength: 100 })

  test('on agreements', () => {
    fc.assert(
      fc.property(bytes(32), bytes(32), (secret, peer) => {
        const [a, b] = suites.map((suite) => suite.agreementKey(secret))
        expect(a!.publicKey).toEqual(b!.publicKey)
        expect(a!.agree(peer)).toEqual(b!.agree(peer))
      }),
      { numRuns: 25 },
    )
  })

  test('on HKDF and HMAC', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, fc.nat({ max: 200 }), (key, text, length) => {
        const [a, b] = suites.map((suite) => [
          suite.extract(key, text),
          suite.mac(key, text),
          suite.expand(suite.extract(key, text), text, length),
        ])
        expect(a).toEqual(b)
      }),
    )
  })

  test('on key streams', () => {
    fc.assert(
      fc.property(bytes(32), bytes(12), fc.nat({ max: 3000 }), (key, nonce, length) => {
        const [a, b] = suites.map((suite) => toHex(suite.keystream(key, nonce).next(length)))
        expect(a).toBe(b)
      }),
    )
  })

  test('on signatures, sound and spoilt', () => {
    const identity = createIdentity(new Uint8Array(32).fill(5))
    fc.assert(
      fc.property(anyBytes, fc.option(fc.nat({ max: 64 * 8 - 1 })), (message, spoiltBit) => {
        const signature = identity.sign('test', message)
        if (spoiltBit !== null) signature[spoiltBit >> 3]! ^= 1 << (spoiltBit & 7)
        for (const suite of suites) {
          expect(suite.verify(identity.publicKey, 'test', message, signature)).toBe(
            spoiltBit === null,
          )
        }
      }),
      { numRuns: 25 },
    )
  })
})
