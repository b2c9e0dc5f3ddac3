/** Codec of message.proto. */
import { type Message, ProtobufWriter, readProtobuf } from '../../../../src/runtime/protobuf.ts'
import { RUN_ID_BYTES } from '../../../../src/sharing/index.ts'

const request = {
  run: { field: 1, kind: 'bytes', max: RUN_ID_BYTES },
  round: { field: 2, kind: 'uint', max: 2 ** 32 },
} as const
const head = {
  round: { field: 1, kind: 'uint', max: 2 ** 32 },
  length: { field: 2, kind: 'uint' },
} as const

export type Request = Message<typeof request>
export type Head = Message<typeof head>

export const encodeRequest = ({ run, round }: Request) =>
  new ProtobufWriter().bytes(1, run).uint(2, round).finish()
export const decodeRequest = (bytes: Uint8Array): Request => readProtobuf(bytes, request)

export const encodeHead = ({ round, length }: Head) =>
  new ProtobufWriter().uint(1, round).uint(2, length).finish()
export const decodeHead = (bytes: Uint8Array): Head => readProtobuf(bytes, head)
