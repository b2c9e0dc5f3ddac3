/** Codec of message.proto. */
import {
  MalformedMessageError,
  type Message,
  type MessageSpec,
  ProtobufWriter,
  readProtobuf,
} from '../../../../src/runtime/protobuf.ts'
import { RUN_ID_BYTES } from '../../../../src/sharing/index.ts'
import {
  MAX_ADDRESS_LENGTH,
  MAX_ADDRESSES,
  MAX_REASON_LENGTH,
  membershipLimits,
} from '../../limits.ts'
import { DIGEST_BYTES, SECRET_BYTES } from './constants.ts'

const run = { field: 1, kind: 'bytes', max: RUN_ID_BYTES } as const
const secret = { field: 2, kind: 'bytes', max: SECRET_BYTES } as const
const digest = { kind: 'bytes', max: DIGEST_BYTES } as const
const document = { kind: 'bytes', max: membershipLimits.requestFrame } as const

const fetch = { run, secret } as const
const joining = {
  run,
  secret,
  layout: { field: 3, ...digest },
  shape: { field: 4, ...digest },
  model: { field: 5, ...digest, optional: true },
  ownData: { field: 6, kind: 'uint', max: 1 },
  addresses: { field: 7, kind: 'string', max: MAX_ADDRESS_LENGTH, repeated: MAX_ADDRESSES },
} as const
const announce = { run, roster: { field: 2, ...document } } as const
const presence = { run, present: { field: 2, kind: 'uint', max: 1 } } as const
const onlyRun = { run } as const

const request = {
  fetch: { field: 1, kind: 'message', fields: fetch, optional: true },
  join: { field: 2, kind: 'message', fields: joining, optional: true },
  announce: { field: 3, kind: 'message', fields: announce, optional: true },
  presence: { field: 4, kind: 'message', fields: presence, optional: true },
  poll: { field: 5, kind: 'message', fields: onlyRun, optional: true },
} as const satisfies MessageSpec

const response = {
  documents: {
    field: 1,
    kind: 'message',
    fields: { manifest: { field: 1, ...document } },
    optional: true,
  },
  accepted: {
    field: 2,
    kind: 'message',
    fields: { roster: { field: 1, ...document } },
    optional: true,
  },
  current: {
    field: 3,
    kind: 'message',
    fields: { roster: { field: 1, ...document, optional: true } },
    optional: true,
  },
  refused: {
    field: 4,
    kind: 'message',
    fields: { reason: { field: 1, kind: 'string', max: 4 * MAX_REASON_LENGTH } },
    optional: true,
  },
} as const satisfies MessageSpec

export type Request = Partial<Message<typeof request>>
export type Response = Partial<Message<typeof response>>
export type JoinFields = Message<typeof joining>

export function decodeRequest(bytes: Uint8Array): Request {
  return exactlyOne(readProtobuf(bytes, request))
}

export function decodeResponse(bytes: Uint8Array): Response {
  return exactlyOne(readProtobuf(bytes, response))
}

export function encodeRequest({ fetch, join, announce, presence, poll }: Request): Uint8Array {
  const writer = new ProtobufWriter()
  if (fetch) writer.message(1, (inner) => inner.bytes(1, fetch.run).bytes(2, fetch.secret))
  if (join) writer.message(2, (inner) => writeJoin(inner, join))
  if (announce) {
    writer.message(3, (inner) => inner.bytes(1, announce.run).bytes(2, announce.roster))
  }
  if (presence) {
    writer.message(4, (inner) => inner.bytes(1, presence.run).uint(2, presence.present))
  }
  if (poll) writer.message(5, (inner) => inner.bytes(1, poll.run))
  return writer.finish()
}

function writeJoin(writer: ProtobufWriter, join: JoinFields): void {
  writer.bytes(1, join.run).bytes(2, join.secret).bytes(3, join.layout).bytes(4, join.shape)
  if (join.model !== undefined) writer.bytes(5, join.model)
  writer.uint(6, join.ownData)
  for (const address of join.addresses) writer.string(7, address)
}

export function encodeResponse({ documents, accepted, current, refused }: Response): Uint8Array {
  const writer = new ProtobufWriter()
  if (documents) writer.message(1, (inner) => inner.bytes(1, documents.manifest))
  if (accepted) writer.message(2, (inner) => inner.bytes(1, accepted.roster))
  if (current) {
    writer.message(3, (inner) => {
      if (current.roster !== undefined) inner.bytes(1, current.roster)
    })
  }
  if (refused) {
    writer.message(4, (inner) => inner.string(1, refused.reason.slice(0, MAX_REASON_LENGTH)))
  }
  return writer.finish()
}

function exactlyOne<T extends object>(message: T): T {
  const present = Object.values(message).filter((value) => value !== undefined).length
  if (present === 1) return message
  throw new MalformedMessageError(`${present} alternatives where exactly one belongs`, 0)
}
