/**
 * Every size, rate, count and time limit of the wire, each with its reason. Nothing else in `daemon/network` holds
 * a bare number that a peer could push against.
 */

const KiB = 1024
const MiB = 1024 * KiB

/** So many requests at once, then one more every `seconds / count`. */
export interface Quota {
  readonly count: number
  readonly seconds: number
}

export const connectionLimits = {
  /** Sockets of both directions. A roster is at most 1,024 members and a node talks to its neighbours only. */
  maxConnections: 512,
  /** Per second and remote host. libp2p's 5 refuses a laboratory whose nodes share one address. */
  inboundConnectionThreshold: 100,
  /** Handshakes under way. Each costs a key agreement of about a millisecond. */
  maxIncomingPendingConnections: 64,
  /** Addresses of one peer that are tried; a host has few that are real. */
  maxPeerAddrsToDial: 8,
  /** Milliseconds for socket, Noise and muxer of all addresses together. */
  dialTimeout: 10_000,
  /** Milliseconds for one address, so that one dead address leaves time for the next. */
  addressDialTimeout: 4_000,
  /** Milliseconds for an incoming handshake; longer is a slow-loris. */
  inboundUpgradeTimeout: 10_000,
} as const

export const streamLimits = {
  /** One stream carries at most window ÷ round-trip time: 4 MiB give 66 MB/s at 63 ms. */
  maxStreamWindowSize: 4 * MiB,
  /** Twice the window: whatever a peer may have under way when reading pauses fits, so it is never reset. */
  maxReadBufferLength: 8 * MiB,
  /** Unsent bytes of one stream. We wait for `drain`, so more than a chunk or two is a bug of ours. */
  maxWriteBufferLength: 8 * MiB,
  /** Bytes handed on but not yet consumed at which reading pauses. */
  readPause: 1 * MiB,
  /** Milliseconds without a byte after which a stream is dropped; kept streams are then reopened. */
  inactivityTimeout: 120_000,
  /** Streams of one connection together; all protocols' own limits add up to less. */
  maxStreams: 128,
} as const

/** Pings of one connection at a time. libp2p's 1 lets a ping fail while the stream of the last is being closed. */
export const PING_STREAMS = 4

/** What one protocol may cost. */
export interface ProtocolLimits {
  /** Bytes of one frame in a request and in a response. */
  readonly requestFrame: number
  readonly responseFrame: number
  /** Frames of one request; a kept stream has no such limit but a quota instead. */
  readonly requestFrames: number
  readonly responseFrames: number
  /** Open streams from one connection. */
  readonly inboundStreams: number
  /** Streams opened by one peer; on a kept stream, messages. */
  readonly quota: Quota
  /** Seconds for a whole call, or for one message of a kept stream. */
  readonly seconds: number
}

/**
 * Parameters travel in pieces, so that a reader holds one piece besides what it asked for and small frames of
 * other streams get their turn in between. 128 KiB is two of the muxer's own messages.
 */
export const CHUNK_BYTES = 128 * KiB

/** Values of the largest model, so that a claimed length is checked before anything is allocated: 1 GiB. */
const MAX_PARAMETERS = 2 ** 28

/** Header fields around the values of a frame, generously; formats of src/sharing use under 64 bytes. */
export const FRAME_OVERHEAD = 4 * KiB

/** Members of a roster: a roster of 1,024 with three addresses each stays below a membership frame. */
export const MAX_MEMBERS = 1024

/** Addresses a member may give, and characters of one. Onion and relay addresses are under 200. */
export const MAX_ADDRESSES = 8
export const MAX_ADDRESS_LENGTH = 256

/** Characters of a refusal's reason; it is shown to a person. */
export const MAX_REASON_LENGTH = 1024

/** Peers whose request rates are remembered; the idle ones are forgotten first. */
export const MAX_RATED_PEERS = 4096

export const membershipLimits: ProtocolLimits = {
  // A manifest holds a job file, a roster up to 1,024 members of at most ~500 bytes.
  requestFrame: 512 * KiB,
  responseFrame: 768 * KiB,
  requestFrames: 1,
  responseFrames: 1,
  inboundStreams: 8,
  // Joining takes two calls, a status poll is one in five seconds; guessing a secret must be slow.
  quota: { count: 20, seconds: 10 },
  // The owner answers from memory; the joiner checks its data between two calls, not during one.
  seconds: 15,
}

export const roundsLimits: ProtocolLimits = {
  requestFrame: CHUNK_BYTES,
  responseFrame: 0,
  requestFrames: Number.POSITIVE_INFINITY,
  responseFrames: 0,
  // One kept stream a run and direction; several runs may share a pair of peers, a reopened one overlaps.
  inboundStreams: 16,
  // The fastest round measured lasts about 2 ms and has one message a neighbour. Beyond it reading pauses.
  quota: { count: 1000, seconds: 1 },
  // A GiB at 10 MB/s; a message that has begun must end, the pause between two is free.
  seconds: 120,
}

export const catchUpLimits: ProtocolLimits = {
  requestFrame: 64,
  responseFrame: CHUNK_BYTES,
  requestFrames: 1,
  responseFrames: 2 + Math.ceil((4 * MAX_PARAMETERS) / CHUNK_BYTES),
  inboundStreams: 2,
  // 50 bytes ask for a whole model: the strongest amplification we offer. Use is once after an absence, and a late
  // joiner's question every five seconds.
  quota: { count: 15, seconds: 60 },
  seconds: 120,
}

export const reportsLimits: ProtocolLimits = {
  // A report names missing neighbours; with 64 of them it is about 3 KiB. The sketch of a model adds 1.4 KiB.
  requestFrame: 8 * KiB,
  // A count, and the reason of a refusal in up to 200 characters.
  responseFrame: 1 * KiB,
  requestFrames: 64,
  responseFrames: 1,
  inboundStreams: 4,
  // A member sends what it has gathered, at most about four times a second, and more after an absence.
  quota: { count: 40, seconds: 5 },
  seconds: 15,
}

/** Redialling a neighbour: first wait, growth, longest wait (seconds). A rebooting machine is back in a minute. */
export const redialBackOff = { first: 0.5, factor: 1.7, longest: 15 } as const

/** Seconds for closing all connections at the end, within the 10 s of a graceful stop. */
export const CLOSE_SECONDS = 3
