// The server's side of a WebSocket (RFC 6455): text frames, pings, close.
import { createHash } from "node:crypto";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** accept answers the upgrade of request and calls onText for each message; it returns {send, close}. */
export function accept(request, socket, onText) {
  const key = createHash("sha1").update(request.headers["sec-websocket-key"] + GUID).digest("base64");
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`);
  let pending = Buffer.alloc(0);
  let message = [];
  socket.on("error", () => {});
  socket.on("data", (data) => {
    pending = Buffer.concat([pending, data]);
    for (let frame; (frame = take(pending)); ) {
      pending = pending.subarray(frame.size);
      if (frame.opcode === 8) return socket.end(encode(8, frame.body));
      if (frame.opcode === 9) socket.write(encode(10, frame.body));
      if (frame.opcode > 2) continue;
      message.push(frame.body);
      if (!frame.last) continue;
      const text = Buffer.concat(message).toString();
      message = [];
      onText(text);
    }
  });
  return { send: (text) => socket.write(encode(1, Buffer.from(text))), close: () => socket.destroy() };
}

function take(b) {
  if (b.length < 2) return undefined;
  let length = b[1] & 0x7f;
  let at = 2;
  if (length === 126 && b.length >= 4) [length, at] = [b.readUInt16BE(2), 4];
  else if (length === 127 && b.length >= 10) [length, at] = [Number(b.readBigUInt64BE(2)), 10];
  else if (length > 125) return undefined;
  if (b.length < at + 4 + length) return undefined;
  const mask = b.subarray(at, at + 4);
  const body = Buffer.from(b.subarray(at + 4, at + 4 + length));
  for (let i = 0; i < body.length; i++) body[i] ^= mask[i & 3];
  return { last: (b[0] & 0x80) !== 0, opcode: b[0] & 15, body, size: at + 4 + length };
}

function encode(opcode, body) {
  const head = body.length < 126 ? Buffer.from([0x80 | opcode, body.length]) : Buffer.alloc(body.length < 65536 ? 4 : 10);
  if (body.length >= 126) {
    head[0] = 0x80 | opcode;
    if (body.length < 65536) [head[1], head[2], head[3]] = [126, body.length >> 8, body.length & 255];
    else {
      head[1] = 127;
      head.writeBigUInt64BE(BigInt(body.length), 2);
    }
  }
  return Buffer.concat([head, body]);
}
