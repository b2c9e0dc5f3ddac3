/**
 * The primitives in JavaScript: the fallback where OpenSSL is missing, and the oracle that the native ones are
 * tested by.
 */
import { chacha20 } from '@noble/ciphers/chacha.js'
import { x25519 } from '@noble/curves/ed25519.js'
import { expand, extract } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { wipe } from './bytes.ts'
import {
  type AgreementKey,
  BLOCK_LENGTH,
  blockwise,
  CIPHER_KEY_LENGTH,
  CIPHER_NONCE_LENGTH,
  type CipherSuite,
  expectLength,
  type Keystream,
  LowOrderPointError,
  SECRET_LENGTH,
  WipedKeyError,
} from './cipher-suite.ts'
import { verify } from './identity.ts'

export const pureSuite: CipherSuite = {
  name: 'pure',
  agreementKey,
  extract: (salt, input) => extract(sha256, input, salt),
  expand: (key, info, length) => expand(sha256, key, info, length),
  mac: (key, message) => hmac(sha256, key, message),
  keystream,
  verify,
}

function agreementKey(secret: Uint8Array): AgreementKey {
  expectLength('an X25519 secret', secret, SECRET_LENGTH)
  const kept = secret.slice()
  let isWiped = false
  return {
    publicKey: x25519.getPublicKey(kept),
    agree(peerPublicKey) {
      if (isWiped) throw new WipedKeyError()
      expectLength('an X25519 public key', peerPublicKey, SECRET_LENGTH)
      try {
        return x25519.getSharedSecret(kept, peerPublicKey)
      } catch {
        // With lengths checked, an all-zero result is the one thing that the library refuses.
        throw new LowOrderPointError('this X25519 key agrees on no secret: refuse its sender')
      }
    },
    wipe() {
      wipe(kept)
      isWiped = true
    },
  }
}

function keystream(key: Uint8Array, nonce: Uint8Array): Keystream {
  expectLength('a ChaCha20 key', key, CIPHER_KEY_LENGTH)
  expectLength('a ChaCha20 nonce', nonce, CIPHER_NONCE_LENGTH)
  const [ownKey, ownNonce] = [key.slice(), nonce.slice()]
  let block = 0
  return blockwise((length) => {
    const bytes = chacha20(ownKey, ownNonce, new Uint8Array(length), undefined, block)
    block += length / BLOCK_LENGTH
    return bytes
  })
}
