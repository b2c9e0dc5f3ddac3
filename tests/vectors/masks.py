"""Masked vectors worked out apart from Starling, as tests/vectors/masks.json holds them.

Usage: python3 tests/vectors/masks.py > tests/vectors/masks.json, then npx biome format --write on that file.
Python's own hashlib and hmac; X25519, Ed25519ctx and ChaCha20 are written out below from RFC 7748, 8032 and
8439, in plain big integers: slow, and fit for test vectors only. Three senders mask for one receiver, in rings of
32 and 16 bits.
"""
import hashlib
import hmac
import json
import struct

P = 2**255 - 19
RUN, EPOCH, ROUND, ATTEMPT, MIN_MASKERS = bytes([0xA5]) * 32, 3, 2, 1, 2
RINGS = [(32, 23, 16.0), (16, 13, 0.5)]
VALUES = 40


# X25519: the Montgomery ladder.
def x25519(secret, u):
    k = int.from_bytes(secret, 'little') & ~7 & (2**255 - 1) | 2**254
    x1 = int.from_bytes(u, 'little') % 2**255
    x2, z2, x3, z3 = 1, 0, x1, 1
    for bit in range(254, -1, -1):
        swap = k >> bit & 1
        if swap:
            x2, z2, x3, z3 = x3, z3, x2, z2
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        e = a * a - b * b
        x3, z3 = (d * a + c * b) ** 2 % P, x1 * (d * a - c * b) ** 2 % P
        x2, z2 = a * a * b * b % P, e * (a * a + 121665 * e) % P
        if swap:
            x2, z2, x3, z3 = x3, z3, x2, z2
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, 'little')


BASE_U = (9).to_bytes(32, 'little')

# Ed25519ctx: affine Edwards addition, one inversion at a time.
D = -121665 * pow(121666, P - 2, P) % P
ORDER = 2**252 + 27742317777372353535851937790883648493
BASE = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
)


def add(p, q):
    product = D * p[0] * q[0] * p[1] * q[1]
    x = (p[0] * q[1] + q[0] * p[1]) * pow(1 + product, P - 2, P)
    y = (p[1] * q[1] + p[0] * q[0]) * pow(1 - product, P - 2, P)
    return x % P, y % P


def multiply(k):
    total, power = (0, 1), BASE
    while k:
        if k & 1:
            total = add(total, power)
        power, k = add(power, power), k >> 1
    return (total[1] | (total[0] & 1) << 255).to_bytes(32, 'little')


def sign(seed, context, message):
    prefix = b'SigEd25519 no Ed25519 collisions\0' + bytes([len(context)]) + context
    digest = hashlib.sha512(seed).digest()
    a = int.from_bytes(digest[:32], 'little') & ~7 & (2**254 - 1) | 2**254
    public = multiply(a)
    number = lambda *parts: int.from_bytes(hashlib.sha512(b''.join(parts)).digest(), 'little') % ORDER
    r = number(prefix, digest[32:], message)
    big_r = multiply(r)
    s = (r + number(prefix, big_r, public, message) * a) % ORDER
    return public, big_r + s.to_bytes(32, 'little')


# ChaCha20.
def rotate(x, n):
    return (x << n | x >> (32 - n)) & 0xFFFFFFFF


def quarter(s, a, b, c, d):
    for i, j, k, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        s[i] = (s[i] + s[j]) & 0xFFFFFFFF
        s[k] = rotate(s[k] ^ s[i], n)


def keystream(key, nonce, length):
    out = b''
    for counter in range(-(-length // 64)):
        start = list(struct.unpack('<16I', b'expand 32-byte k' + key + struct.pack('<I', counter) + nonce))
        s = start[:]
        for _ in range(10):
            for i in range(4):
                quarter(s, i, 4 + i, 8 + i, 12 + i)
            for i in range(4):
                quarter(s, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
        out += struct.pack('<16I', *((x + y) & 0xFFFFFFFF for x, y in zip(s, start)))
    return out[:length]


# The key schedule.
def fields(*values):
    return b''.join(struct.pack('<I', len(value)) + value for value in values)


def mac(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def expand(key, info, length):
    out, block, index = b'', b'', 1
    while len(out) < length:
        block, index = mac(key, block + info + bytes([index])), index + 1
        out += block
    return out[:length]


def integer(value):
    return struct.pack('<Q', value)


def sha256(data):
    return hashlib.sha256(data).digest()


def announce(seed, secret, boot, ring):
    width, fraction, clip = ring
    payload = b'\1' + RUN + struct.pack('<I', EPOCH) + boot + x25519(secret, BASE_U)
    payload += struct.pack('<BBdB', width, fraction, clip, MIN_MASKERS)
    context = b'starling/mask-key/1'
    public, signature = sign(seed, context, payload)
    return public, bytes([1, len(context)]) + context + public + signature + payload


def signed(word, width):
    word %= 2**width
    return word - 2**width if word >> (width - 1) else word


def pads(key, width, count):
    form = {32: 'I', 16: 'H'}[width]
    return struct.unpack(f'<{count}{form}', keystream(key[:32], key[32:], count * width // 8))


def checksum(words, seed):
    sequences = []
    for index in range(3):
        nonce = bytes([index]) + bytes(11)
        sequences.append(struct.unpack('<64I', keystream(seed, nonce, 256)))
    kappa = [[w | 1 for w in sequences[0]], sequences[1]]
    zeta = [sequences[2][0] | 1, sequences[2][1] | 1]
    return [signed(zeta[i] * sum(k * q for k, q in zip(kappa[i], words)), 32) for i in range(2)]


def case(ring):
    width, fraction, clip = ring
    nodes = []
    for i in range(4):
        seed, secret, boot = bytes([i + 1]) * 32, bytes([16 + i]) * 32, bytes([32 + i]) * 16
        public, envelope = announce(seed, secret, boot, ring)
        nodes.append({'seed': seed, 'secret': secret, 'boot': boot, 'id': public, 'envelope': envelope})
    receiver, senders = nodes[0], nodes[1:]
    participants = sha256(fields(b'participants', *sorted(node['id'] for node in senders)))
    indices = sha256(b'indices')
    seed = sha256(b'checksum seed')
    pairs = []
    for i in range(3):
        for l in range(i + 1, 3):
            low, high = sorted((senders[i], senders[l]), key=lambda node: node['id'])
            salt = sha256(
                fields(b'starling/masks/1', RUN, integer(EPOCH), low['envelope'], high['envelope'])
            )
            prk = mac(salt, x25519(low['secret'], x25519(high['secret'], BASE_U)))
            first = expand(prk, fields(b'chain'), 32)
            chain = first
            for _ in range(ROUND):
                chain = expand(chain, fields(b'ratchet'), 32)
            info = lambda purpose: fields(
                purpose, integer(ROUND), receiver['id'], low['id'], high['id'], participants, b'class',
                indices, integer(width), integer(ATTEMPT),
            )
            keys = {purpose: expand(chain, info(purpose.encode()), 44) for purpose in ('mask', 'share', 'checksum')}
            confirmation = expand(chain, info(b'confirmation'), 32)
            pairs.append({
                'pair': [senders.index(low), senders.index(high)],
                'chainKey': first,
                'roundKey': chain,
                **keys,
                'confirmation': mac(confirmation, fields(low['id'])),
                'keystream': keystream(keys['mask'][:32], keys['mask'][32:], 64),
            })
    messages = []
    for i in range(3):
        # Multiples of 2^-12, of both signs, some of them beyond the clip.
        values = [
            ((977 * c + 1234 * i) % 4801 - 2400) / 4096 * (clip * 4 if c % 9 == 0 else clip / 2)
            for c in range(VALUES)
        ]
        limit = int(clip * 2**fraction)
        words = [max(-limit, min(limit, round(x * 2**fraction))) for x in values]
        sums = checksum(words, seed)
        own = bytes([64 + i]) * 32
        own_keys = [expand(own, fields(b'self', purpose), 44) for purpose in (b'mask', b'checksum')]
        masked, masked_sums = words, sums
        for sign_, key, sum_key in [(1, *own_keys)] + [
            (1 if pair['pair'][0] == i else -1, pair['mask'], pair['checksum'])
            for pair in pairs
            if i in pair['pair']
        ]:
            masked = [signed(q + sign_ * m, width) for q, m in zip(masked, pads(key, width, VALUES))]
            masked_sums = [signed(q + sign_ * m, 32) for q, m in zip(masked_sums, pads(sum_key, 32, 2))]
        messages.append({
            'values': values, 'words': words, 'checksum': sums, 'selfSeed': own, 'masked': masked,
            'maskedChecksum': masked_sums,
        })
    sums = [sum(message['words'][c] for message in messages) for c in range(VALUES)]
    return {
        'ring': {'width': width, 'fractionBits': fraction, 'clip': clip},
        'nodes': nodes, 'receiver': 0, 'participants': participants, 'indices': indices, 'checksumSeed': seed,
        'pairs': pairs, 'messages': messages, 'sum': sums,
    }


print(json.dumps(
    {
        'runId': RUN, 'epoch': EPOCH, 'round': ROUND, 'attempt': ATTEMPT, 'classTag': b'class',
        'minMaskers': MIN_MASKERS, 'cases': [case(ring) for ring in RINGS],
    },
    default=bytes.hex,
    indent=1,
))
