/** Codec of message.proto. */
import { type Message, ProtobufWriter, readProtobuf } from '../../../../src/runtime/protobuf.ts'
import { RUN_ID_BYTES } from '../../../../src/sharing/index.ts'

const hello = { run: { field: 1, kind: 'bytes', max: RUN_ID_BYTES } } as const
const head = { length: { field: 1, kind: 'uint' } } as const

export type Hello = Message<typeof hello>
export type Head = Message<typeof head>

export const encodeHello = ({ run }: Hello) => new ProtobufWriter().bytes(1, run).finish()
export const decodeHello = (bytes: Uint8Array): Hello => readProtobuf(bytes, hello)

export const encodeHead = ({ length }: Head) => new ProtobufWriter().uint(1, length).finish()
export const decodeHead = (bytes: Uint8Array): Head => readProtobuf(bytes, head)
