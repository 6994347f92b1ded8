/** A client's SPDY frames, cut anyhow, become streams; the replies are frames that a client can read. */
import { constants, createDeflate, createInflate } from "node:zlib"
import { expect, test } from "vitest"
import { SpdyConnection } from "./connection.ts"
import { DICTIONARY } from "./dictionary.ts"

const number = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

const frame = (type: number, flags: number, body: Buffer) => {
  const head = Buffer.from([0x80, 3, 0, type, flags, 0, 0, 0])
  head.writeUIntBE(body.length, 5, 3)
  return Buffer.concat([head, body])
}

const data = (stream: number, flags: number, body: Buffer) => {
  const head = Buffer.concat([number(stream), Buffer.from([flags, 0, 0, 0])])
  head.writeUIntBE(body.length, 5, 3)
  return Buffer.concat([head, body])
}

/** One direction's header blocks, packed as Go packs them. */
const packer = () => {
  const deflate = createDeflate({ dictionary: DICTIONARY, flush: constants.Z_SYNC_FLUSH })
  return (headers: Record<string, string>): Promise<Buffer> => {
    const pairs = Object.entries(headers).flatMap(([name, value]) =>
      [name, value].map((text) => Buffer.concat([number(text.length), Buffer.from(text)])),
    )
    const block = Buffer.concat([number(pairs.length / 2), ...pairs])
    return new Promise((done) => deflate.write(block, () => done(deflate.read() as Buffer)))
  }
}

const settled = () => new Promise((later) => setTimeout(later, 20))

const begin = () => {
  const written: Buffer[] = []
  const events: string[] = []
  let failed = false
  const connection = new SpdyConnection(
    (bytes) => written.push(bytes),
    {
      opened: (stream, headers) => events.push(`opened ${stream} ${JSON.stringify(Object.fromEntries(headers))}`),
      data: (stream, bytes) => events.push(`data ${stream} ${Buffer.from(bytes).toString()}`),
      ended: (stream) => events.push(`ended ${stream}`),
      reset: (stream) => events.push(`reset ${stream}`),
    },
    () => (failed = true),
  )
  return { connection, written, events, failed: () => failed }
}

test("the dictionary is the protocol's", () => {
  expect(DICTIONARY).toHaveLength(1_423)
})

test("streams open, carry bytes, half-close and reset, however the bytes are cut", async () => {
  const { connection, written, events, failed } = begin()
  const pack = packer()
  const open = async (stream: number, headers: Record<string, string>) =>
    frame(1, 0, Buffer.concat([number(stream), number(0), Buffer.of(0, 0), await pack(headers)]))
  const whole = Buffer.concat([
    await open(1, { streamtype: "error", port: "80", requestid: "0" }),
    await open(3, { streamtype: "data", port: "80", requestid: "0" }),
    data(3, 0, Buffer.from("GET /")),
    data(3, 1, Buffer.alloc(0)),
    frame(6, 0, number(7)),
    frame(3, 0, Buffer.concat([number(1), number(5)])),
  ])
  for (let at = 0; at < whole.length; at += 5) connection.receive(whole.subarray(at, at + 5))
  await settled()
  expect(events).toEqual([
    'opened 1 {"streamtype":"error","port":"80","requestid":"0"}',
    'opened 3 {"streamtype":"data","port":"80","requestid":"0"}',
    "data 3 GET /",
    "ended 3",
    "reset 1",
  ])
  connection.send(3, Buffer.from("hello"), true)
  connection.send(1, Buffer.from("to nobody"))
  const types = written.map((bytes) =>
    bytes[0] & 0x80 ? `control ${bytes.readUInt16BE(2)}` : `data ${bytes.readUInt32BE(0)} ${bytes[4]} ${bytes.subarray(8).toString()}`,
  )
  expect(types).toEqual(["control 2", "control 2", "control 6", "data 3 1 hello"])
  expect(failed()).toBe(false)
  // Both replies' header blocks are one zlib stream, each "no pairs".
  const inflate = createInflate({ dictionary: DICTIONARY, flush: constants.Z_SYNC_FLUSH })
  for (const reply of written.slice(0, 2)) {
    const block = await new Promise<Buffer>((done) => inflate.write(reply.subarray(12), () => done(inflate.read() as Buffer)))
    expect(block).toEqual(number(0))
  }
})

test("what is no SPDY ends the connection", async () => {
  for (const bytes of [
    Buffer.from("\x80\x02\x00\x01\x00\x00\x00\x00", "latin1"),
    frame(1, 0, Buffer.concat([number(1), number(0), Buffer.of(0, 0), Buffer.from("no zlib")])),
    Buffer.concat([Buffer.from([0x80, 3, 0, 1, 0, 0xff, 0xff, 0xff])]),
  ]) {
    const { connection, failed } = begin()
    connection.receive(bytes)
    await settled()
    expect(failed()).toBe(true)
  }
})
