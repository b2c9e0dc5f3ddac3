/** The primitives of crypto/cipher-suite.ts on OpenSSL, byte for byte the same as `pureSuite`. */
import {
  createCipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  type KeyObject,
  verify as opensslVerify,
} from 'node:crypto'
import {
  type AgreementKey,
  blockwise,
  CIPHER_KEY_LENGTH,
  CIPHER_NONCE_LENGTH,
  type CipherSuite,
  concat,
  expectLength,
  fromHex,
  HASH_LENGTH,
  type Keystream,
  LowOrderPointError,
  SECRET_LENGTH,
  WipedKeyError,
  wipe,
} from '../../crypto/index.ts'

/** What RFC 8410 puts before the 32 bytes of a key. */
const X25519_SECRET_PREFIX = fromHex('302e020100300506032b656e04220420')
const X25519_PUBLIC_PREFIX = fromHex('302a300506032b656e032100')
const ED25519_PUBLIC_PREFIX = fromHex('302a300506032b6570032100')

/** What the stream is added to. Longer pieces are slower, for the processor's cache. */
const ZEROS = new Uint8Array(1 << 16)

export const nativeSuite: CipherSuite = {
  name: 'native',
  agreementKey,
  extract: mac,
  expand,
  mac,
  keystream,
  verify,
}

function agreementKey(secret: Uint8Array): AgreementKey {
  expectLength('an X25519 secret', secret, SECRET_LENGTH)
  const pkcs8 = concat(X25519_SECRET_PREFIX, secret)
  const der = Buffer.from(pkcs8)
  let privateKey: KeyObject | null = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  wipe(pkcs8, der)
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return {
    publicKey: Uint8Array.from(spki.subarray(X25519_PUBLIC_PREFIX.length)),
    agree(peerPublicKey) {
      if (privateKey === null) throw new WipedKeyError()
      expectLength('an X25519 public key', peerPublicKey, SECRET_LENGTH)
      const publicKey = importPublicKey(X25519_PUBLIC_PREFIX, peerPublicKey)
      try {
        return Uint8Array.from(diffieHellman({ privateKey, publicKey }))
      } catch {
        // OpenSSL imports any 32 bytes and refuses to derive an all-zero secret.
        throw new LowOrderPointError('this X25519 key agrees on no secret: refuse its sender')
      }
    },
    /** OpenSSL clears it when the key is collected. */
    wipe() {
      privateKey = null
    },
  }
}

/** Keys are wrapped before they are used, here and below: to find out what kind of key bytes are costs Node 20 to 30 µs. */
function mac(key: Uint8Array, message: Uint8Array): Uint8Array {
  return Uint8Array.from(createHmac('sha256', createSecretKey(key)).update(message).digest())
}

/** RFC 5869 §2.3. node:crypto offers HKDF only as extract and expand in one. */
function expand(key: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length)
  let block: Uint8Array = new Uint8Array(0)
  for (let at = 0, index = 1; at < length; at += HASH_LENGTH, index++) {
    block = mac(key, concat(block, info, Uint8Array.of(index)))
    output.set(block.subarray(0, length - at), at)
  }
  return output
}

function keystream(key: Uint8Array, nonce: Uint8Array): Keystream {
  expectLength('a ChaCha20 key', key, CIPHER_KEY_LENGTH)
  expectLength('a ChaCha20 nonce', nonce, CIPHER_NONCE_LENGTH)
  // OpenSSL's IV is the block counter, 4 bytes little-endian, before RFC 8439's nonce.
  const cipher = createCipheriv('chacha20', createSecretKey(key), concat(new Uint8Array(4), nonce))
  return blockwise((length) =>
    cipher.update(length > ZEROS.length ? new Uint8Array(length) : ZEROS.subarray(0, length)),
  )
}

function verify(
  publicKey: Uint8Array,
  context: string,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false
  const key = importPublicKey(ED25519_PUBLIC_PREFIX, publicKey)
  return opensslVerify(null, message, { key, context: Buffer.from(context) }, signature)
}

function importPublicKey(prefix: Uint8Array, key: Uint8Array) {
  const spki = Buffer.from(concat(prefix, key))
  return createPublicKey({ key: spki, format: 'der', type: 'spki' })
}
