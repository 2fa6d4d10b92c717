/** Pixels of an image set as PNG files, enlarged by nearest neighbour: crisp wherever they are shown. Pure. */
import { zlibSync } from 'fflate'

/** Wherever a picture is scaled, its own pixels stay squares. */
const ENLARGED = 4

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c >>> 0
})

function crc(bytes: Uint8Array): number {
  let c = 0xffffffff
  for (const byte of bytes) c = (TABLE[(c ^ byte) & 0xff] ?? 0) ^ (c >>> 8)
  return (c ^ 0xffffffff) >>> 0
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, data.length)
  bytes.set(
    Array.from(type, (letter) => letter.charCodeAt(0)),
    4,
  )
  bytes.set(data, 8)
  view.setUint32(8 + data.length, crc(bytes.subarray(4, 8 + data.length)))
  return bytes
}

/**
 * @param pixels uint8 (height, width, channels); one channel is grey, three are RGB
 * @returns a PNG file of (4 height, 4 width), RGB of 8 bits
 */
export function encodePng(pixels: Uint8Array, height: number, width: number, channels: number): Uint8Array {
  const [rows, columns] = [height * ENLARGED, width * ENLARGED]
  const raw = new Uint8Array(rows * (1 + 3 * columns))
  for (let y = 0; y < rows; y++) {
    const line = y * (1 + 3 * columns) + 1
    for (let x = 0; x < columns; x++) {
      const from = (Math.floor(y / ENLARGED) * width + Math.floor(x / ENLARGED)) * channels
      for (let c = 0; c < 3; c++) raw[line + 3 * x + c] = pixels[from + (channels === 1 ? 0 : c)] ?? 0
    }
  }
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, columns)
  view.setUint32(4, rows)
  header.set([8, 2, 0, 0, 0], 8)
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    chunk('IDAT', zlibSync(raw, { level: 9 })),
    chunk('IEND', new Uint8Array()),
  ]
  const file = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  parts.reduce((at, part) => (file.set(part, at), at + part.length), 0)
  return file
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** A file as an address that needs no network: "data:image/png;base64,...". */
export function dataUri(file: Uint8Array): string {
  let text = ''
  for (let at = 0; at < file.length; at += 3) {
    const [a = 0, b, c] = file.subarray(at, at + 3)
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0)
    const digits = [bits >> 18, (bits >> 12) & 63, (bits >> 6) & 63, bits & 63].map((digit) => DIGITS[digit] ?? '')
    text +=
      (digits[0] ?? '') +
      (digits[1] ?? '') +
      (b === undefined ? '=' : (digits[2] ?? '')) +
      (c === undefined ? '=' : (digits[3] ?? ''))
  }
  return `data:image/png;base64,${text}`
}
