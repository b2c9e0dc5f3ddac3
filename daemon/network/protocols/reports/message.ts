/** Codec of message.proto. */
import {
  MalformedMessageError,
  type Message,
  ProtobufWriter,
  readProtobuf,
} from '../../../../src/runtime/protobuf.ts'
import { RUN_ID_BYTES } from '../../../../src/sharing/index.ts'
import { MAX_BATCH, MAX_REFUSAL_LENGTH } from './constants.ts'

const head = { run: { field: 1, kind: 'bytes', max: RUN_ID_BYTES } } as const
const count = { field: 1, kind: 'uint', max: MAX_BATCH } as const
const refused = {
  field: 2,
  kind: 'message',
  fields: { count, reason: { field: 2, kind: 'string', max: 4 * MAX_REFUSAL_LENGTH } },
} as const
const stored = {
  count: { ...count, optional: true },
  refused: { ...refused, optional: true },
} as const

export type Head = Message<typeof head>
export type Stored = Partial<Message<typeof stored>>

export const encodeHead = ({ run }: Head) => new ProtobufWriter().bytes(1, run).finish()
export const decodeHead = (bytes: Uint8Array): Head => readProtobuf(bytes, head)

export function encodeStored({ count, refused }: Stored): Uint8Array {
  const writer = new ProtobufWriter()
  if (count !== undefined) writer.uint(1, count)
  if (refused !== undefined) {
    const reason = refused.reason.slice(0, MAX_REFUSAL_LENGTH)
    writer.message(2, (inner) => inner.uint(1, refused.count).string(2, reason))
  }
  return writer.finish()
}

/** With one of its fields. */
export function decodeStored(bytes: Uint8Array): Stored {
  const message = readProtobuf(bytes, stored)
  if ((message.count === undefined) === (message.refused === undefined)) {
    throw new MalformedMessageError('neither or both of count and refused', bytes.length)
  }
  return message
}
