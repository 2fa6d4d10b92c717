/**
 * Small files that would burn memory or time: each is refused by file, place and reason. What a refusal may cost is
 * counted in bytes that were read or made, not in seconds: tests run on loaded machines.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { crc32, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { aboutPath } from '../../src/formats/sets/about'
import { outline } from '../../src/formats/encodings/json'
import { parseLiteral } from '../../src/formats/encodings/pythonLiteral'
import { unpickle } from '../../src/formats/encodings/pickle'
import { LIMITS } from '../../src/formats/encodings/limits'
import { readPath } from '../../src/formats/read'
import { refusal, temporaryFolder } from '../support/temporary'
import { fourPeople, rawText } from '../support/raw'
import { exported, labelsAt } from './exporting'

const folder = temporaryFolder()
const bytes = (...parts: (string | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))))
const u4 = (value: number): Buffer => {
  const four = Buffer.alloc(4)
  four.writeUInt32LE(value)
  return four
}
const refused = async (content: Uint8Array): Promise<string> => {
  const path = folder.file('hostile.bin', content)
  const error = await refusal(readPath(path))
  expect(error).toMatchObject({ kind: 'bad-file', file: path })
  return `${error.place}: ${error.message}`
}

describe('pickles', () => {
  it('of one integer of a megabyte', async () => {
    expect(await refused(bytes('\x80\x02\x8b', u4(1 << 20), Buffer.alloc(1 << 20, 1), '.'))).toBe(
      'byte 2: An integer of 1,048,576 bytes is too long.',
    )
    expect(await refused(bytes('(lp0\nI', '9'.repeat(1 << 20), '\n.'))).toContain(
      'An integer of 1,048,576 digits is too long.',
    )
  })

  it('still read integers of the longest lengths they may have', () => {
    const { integerBytes } = LIMITS.pickle
    const long = bytes('\x80\x02\x8b', u4(integerBytes), Buffer.alloc(integerBytes - 1), '\x40.')
    expect(unpickle('x', long)).toBe(0x40n << BigInt(8 * (integerBytes - 1)))
    expect(unpickle('x', bytes('\x80\x02\x8a\x09', Buffer.alloc(8, 0xff), '\xff.'))).toBe(-1)
    expect(unpickle('x', bytes('\x80\x02\x8a\x09', Buffer.alloc(8), '\xff.'))).toBe(-(2n ** 64n))
    expect(unpickle('x', bytes('\x80\x02\x8a\x00.'))).toBe(0)
  })

  it.each([
    ['steps', 'N', LIMITS.pickle.operations + 1, /more than 2,000,000 values and steps/],
    ['empty dictionaries', '}', LIMITS.pickle.containers + 1, /more than 500,000 lists and dictionaries/],
    ['empty lists', ']', LIMITS.pickle.containers + 1, /more than 500,000 lists and dictionaries/],
  ])('of millions of %s', async (_, opcode, times, reason) => {
    expect(await refused(bytes('\x80\x02', opcode.repeat(times), '.'))).toMatch(reason)
  })

  it('that copy one long value again and again', async () => {
    const value = bytes('B', u4(1 << 20), Buffer.alloc(1 << 20), 'q\x00')
    const copy = 'c__builtin__\nbytearray\nh\x00\x85R'
    expect(await refused(bytes('\x80\x03', value, copy.repeat(1000), '.'))).toMatch(/makes far more data than it has/)
    const dtype = 'cnumpy\ndtype\nh\x00\x85R'
    expect(await refused(bytes('\x80\x03', value, dtype.repeat(1000), '.'))).toMatch(/cannot be read/)
    const keys = 'h\x00K\x01s'
    expect(await refused(bytes('\x80\x03', value, '}', keys.repeat(1000), '.'))).toMatch(/key of 1,048,576 bytes/)
  })

  it('that name memory by a wild index', async () => {
    expect(await refused(bytes('\x80\x02Nr', u4(0xffffffff), 'j', u4(0xfffffffe), '.'))).toMatch(/never stored/)
  })

  it('of arrays that claim to be larger than memory', async () => {
    const state = (shape: string) =>
      bytes(
        "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n",
        shape,
        "cnumpy\ndtype\n(S'u1'\nI0\nI1\ntRI00\nS'x'\ntb.",
      )
    const huge = `I${2 ** 52}\n`
    for (const shape of [`(${huge.repeat(200)}t`, `(${huge.repeat(3)}I0\nt`, `(${huge}t`]) {
      await expect(async () => unpickle('x', bytes('\x80\x02', state(shape)))).rejects.toThrow(
        /valid shape|has 1 bytes/,
      )
    }
  })
})

describe('.npy headers', () => {
  const npy = (text: string, body = Buffer.alloc(8)): Buffer => {
    const length = Buffer.alloc(2)
    length.writeUInt16LE(text.length)
    return bytes('\x93NUMPY\x01\x00', length, text, body)
  }
  const header = (shape: string) => `{'descr': '<f8', 'fortran_order': False, 'shape': ${shape}, }`

  it.each([
    [`(${'9007199254740991, '.repeat(400)})`, /no valid shape/],
    [`(${'9007199254740991, '.repeat(5)}0)`, /no valid shape/],
    [`(${'1, '.repeat(65)})`, /no valid shape/],
    ['(1000000000000, )', /ends after 8 of 8,000,000,000,000 bytes/],
    ['(1e400,)', /cannot be read/],
    ['(-1,)', /no valid shape/],
  ])('%s', async (shape, reason) => {
    expect(await refused(npy(header(shape)))).toMatch(reason)
  })

  it('of thousands of brackets in brackets', async () => {
    for (const open of ['(', '[', '{']) {
      expect(await refused(npy(open.repeat(9_900)))).toMatch(
        /byte 10: The header cannot be read: .*brackets|stops making sense/,
      )
    }
    const most = LIMITS.npy.depth
    expect(parseLiteral('['.repeat(most) + ']'.repeat(most))).toHaveLength(1)
    expect(() => parseLiteral('['.repeat(most + 1) + ']'.repeat(most + 1))).toThrow(/brackets in brackets/)
  })

  it('of an array that takes more than may be read, though a sparse file holds it', async () => {
    const images = 1_500_000
    const path = folder.file(
      'sparse.npy',
      npy(`{'descr': '|u1', 'fortran_order': False, 'shape': (${images}, 32, 32, 3), }`),
    )
    const offset = 10 + `{'descr': '|u1', 'fortran_order': False, 'shape': (${images}, 32, 32, 3), }`.length
    truncateSync(path, offset + images * 3072)
    expect(await refusal(readPath(path))).toMatchObject({ place: 'size', message: /at most 4,294,967,296 are read/ })
  })
})

/** A zip of one member whose sizes are what is said, stored as given. */
function zip(name: string, packed: Uint8Array, unpacked: number, crc: number, members = 1): Buffer {
  const local = Buffer.alloc(30)
  local.writeUInt32LE(0x04034b50, 0)
  local.writeUInt16LE(20, 4)
  local.writeUInt16LE(8, 8)
  local.writeUInt32LE(crc, 14)
  local.writeUInt32LE(packed.length, 18)
  local.writeUInt32LE(unpacked, 22)
  local.writeUInt16LE(name.length, 26)
  const central = Buffer.alloc(46)
  central.writeUInt32LE(0x02014b50, 0)
  central.writeUInt16LE(20, 4)
  central.writeUInt16LE(20, 6)
  central.writeUInt16LE(8, 10)
  central.writeUInt32LE(crc, 16)
  central.writeUInt32LE(packed.length, 20)
  central.writeUInt32LE(unpacked, 24)
  central.writeUInt16LE(name.length, 28)
  const front = bytes(local, name, packed)
  const directory = bytes(...Array.from({ length: members }, () => bytes(central, name)))
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(members, 8)
  end.writeUInt16LE(members, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(front.length, 16)
  return bytes(front, directory, end)
}

describe('archives', () => {
  const csv = rawText(fourPeople())

  it('a zip whose table is a hundred times what it packs', async () => {
    const long = Buffer.concat([Buffer.from(csv), Buffer.alloc(80 << 20, '\n')])
    const packed = deflateRawSync(long)
    expect(packed.length).toBeLessThan(200_000)
    expect(await refused(zip('raw.csv', packed, long.length, crc32(long)))).toMatch(
      /^raw\.csv: Its [\d,]+ bytes unpack to 83,/,
    )
  })

  it('a zip that says less than it unpacks to', async () => {
    const packed = deflateRawSync(Buffer.concat([Buffer.from(csv), Buffer.alloc(8 << 20, '\n')]))
    expect(await refused(zip('raw.csv', packed, csv.length, crc32(Buffer.from(csv))))).toMatch(/damaged/)
  })

  it('a zip of thousands of members that all lie on one another', async () => {
    const packed = deflateRawSync(Buffer.from('nothing'))
    expect(await refused(zip('a', packed, 7, 0, 60_000))).toBe(
      'central directory: It has 60,000 members; at most 4,096 are read.',
    )
  })

  it('an archive that unpacks and unpacks: it is refused before it is read to its end', async () => {
    const header = tarHeader('big/other.bin', 6 * 2 ** 30, '0')
    // Each gzip member is 64 MiB of zeros; 90 of them would be 6 GB.
    const zeros = gzipSync(Buffer.alloc(64 << 20))
    const path = folder.file('bomb.tar.gz', bytes(gzipSync(header), ...Array.from({ length: 90 }, () => zeros)))
    let reported = 0
    const size = 90 * zeros.length
    const error = await refusal(readPath(path, { onProgress: ({ done }) => (reported = Math.max(reported, done)) }))
    expect(error).toMatchObject({ kind: 'bad-file', file: path, message: /unpacks to [\d,]+ bytes and more/ })
    expect(Number(/unpacks to ([\d,]+)/.exec(error.message)?.[1]?.replaceAll(',', ''))).toBeLessThan(1.1 * 2 ** 30)
    expect(size).toBeLessThan(8 << 20)
  })

  it('an archive of endless members, or with a name that is too long', async () => {
    const small = bytes(...Array.from({ length: LIMITS.tar.members + 1 }, () => tarHeader('a', 0, '0')))
    expect(await refused(gzipSync(small))).toMatch(/more than 10,000 members/)
    expect(await refused(bytes(tarHeader('x', 1 << 30, 'x'), Buffer.alloc(4096)))).toMatch(/exceeds max size/)
  })

  it('a batch that claims gigabytes', async () => {
    expect(
      await refused(bytes(tarHeader('cifar-10-batches-bin/test_batch.bin', 2 ** 32, '0'), Buffer.alloc(4096))),
    ).toMatch(/test_batch\.bin: 4,294,967,296 bytes are no batch/)
  })
})

function tarHeader(name: string, size: number, type: string): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write('0000644\0', 100)
  // Beyond 8 GB in base 256.
  if (size < 2 ** 33) header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write(type, 156)
  header.write('ustar\0' + '00', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

describe('tables of judgments', () => {
  const [header = '', ...rows] = rawText(fourPeople()).trimEnd().split('\n')
  const wide = header.split(',').length

  it('with a quotation mark that is not closed: refused at its row, not at the end of the file', async () => {
    const open = `${header}\n${rows[0]}\n"${'x'.repeat(LIMITS.csv.row + (3 << 20))}`
    expect(await refused(bytes(open))).toMatch(/^row 2 \(line 3\): The row has more than 1,048,576 characters/)
  })

  it('with a cell, a row or a header that is too long', async () => {
    const long = rows[0]?.replace('0', `"${'\n'.repeat(LIMITS.csv.cell + 1)}"`) ?? ''
    expect(await refused(bytes(`${header}\n${long}\n`))).toMatch(/row 1 .*: A field of 100,001 characters/)
    expect(await refused(bytes(`${header}${',x'.repeat(LIMITS.csv.columns)}\n`))).toMatch(
      /header \(line 1\): It has 10,0/,
    )
    expect(wide).toBe(13)
  })

  it('with a name that is too long', async () => {
    const name = 'n'.repeat(LIMITS.nameLength + 1)
    const first = (rows[0] ?? '').split(',')
    expect(await refused(bytes(`${header}\n${[name, ...first.slice(1)].join(',')}\n`))).toMatch(
      /row 1: A name of 4,097/,
    )
  })

  it('with one judgment of image nine million', async () => {
    const names = header.split(',')
    const wild = (rows[0] ?? '')
      .split(',')
      .map((field, k) => (names[k] === 'cifar10_test_test_idx' ? '9000000' : field))
    const file = wild.map((field, k) => (names[k] === 'image_filename' ? 'other.png' : field))
    const check = names.indexOf('is_attn_check')
    file[check] = '0'
    expect(await refused(bytes(`${header}\n${file.join(',')}\n`))).toBe(
      "row 1: 9,000,001 images are too many for the file's 1 judgments.",
    )
  })

  it('whose sidecar counts a hundred million images', async () => {
    const path = folder.file('counted.csv', rawText(fourPeople()))
    const set = await labelsAt(path)
    await exported('tidy', path, set)
    const about = JSON.parse(execFileSync('cat', [aboutPath(path)], { encoding: 'utf8' })) as {
      images: { count: number }
    }
    for (const count of [1e8, 5e6]) {
      writeFileSync(aboutPath(path), JSON.stringify({ ...about, images: { ...about.images, count } }))
      expect(await refusal(readPath(path))).toMatchObject({
        kind: 'bad-file',
        file: aboutPath(path),
        place: 'key images.count',
        message: /images are too many/,
      })
    }
  })
})

describe('JSON', () => {
  const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

  it('5,000 deep, as a line and as a sidecar', async () => {
    const line = `{"annotator":"a","trial":0,"image":${deep(5000)},"chosen":1,"check":0}\n`
    expect(await refused(bytes(line))).toBe('line 1: It nests 5001 arrays and objects; at most 64 are read.')
    const path = folder.file('deep.csv', rawText(fourPeople()))
    writeFileSync(aboutPath(path), deep(5000))
    expect(await refusal(readPath(path))).toMatchObject({ file: aboutPath(path), message: /nests 5000/ })
    expect(outline(`{"[": "]}\\"", "b": [{"c": 1}]}`)).toEqual({ depth: 3, keys: ['"["', '"b"'] })
  })

  it('with a key twice beside a text of a million quotation marks', async () => {
    const line = `{"trial":0,"image":0,"chosen":1,"check":0,"annotator":"${'\\"'.repeat(400_000)}","check":0}\n`
    expect(await refused(bytes(line))).toBe('line 1, key check: The key is there twice.')
  })

  it('as a line or a sidecar that is too long', async () => {
    expect(await refused(bytes(`{"annotator":"a","trial":0,"image":0,"x":"${'y'.repeat(2 << 20)}`))).toMatch(
      /line 1: The line is too long/,
    )
    const path = folder.file('long.csv', rawText(fourPeople()))
    writeFileSync(aboutPath(path), '')
    truncateSync(aboutPath(path), LIMITS.json.sidecarBytes + 1)
    expect(await refusal(readPath(path))).toMatchObject({ file: aboutPath(path), place: 'size' })
  })
})

/** A PNG of one colour that says it has so many pixels. */
function png(width: number, height: number): Buffer {
  const chunk = (type: string, data: Uint8Array) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    const body = bytes(type, data)
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(crc32(body))
    return bytes(length, body, sum)
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([1, 0, 0, 0, 0], 8)
  return bytes(
    '\x89PNG\r\n\x1a\n',
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.alloc(1 << 16))),
    chunk('IEND', Buffer.alloc(0)),
  )
}

describe('pictures', () => {
  it.each([
    [60_000, 60_000],
    [16_000, 16_000],
    [2 ** 31 - 1, 1],
  ])('of %i x %i pixels are refused by their header', async (width, height) => {
    const pictures = join(folder.path, `pictures-${width}`)
    mkdirSync(pictures)
    writeFileSync(join(pictures, 'one.png'), png(width, height))
    const error = await refusal(readPath(pictures))
    expect(error).toMatchObject({ kind: 'bad-file', file: join(pictures, 'one.png'), place: 'picture' })
    expect(error.message).toMatch(/pixels; at most 100,000,000 are read|cannot be decoded/)
  })
})

describe('what is no regular file', () => {
  it('is refused without being waited for: devices, pipes, sockets, and links to them', async () => {
    const pipe = join(folder.path, 'pipe')
    execFileSync('mkfifo', [pipe])
    const link = join(folder.path, 'link.csv')
    symlinkSync(pipe, link)
    expect(await refusal(readPath(pipe))).toMatchObject({ message: 'It is a named pipe, not a regular file.' })
    expect(await refusal(readPath(link))).toMatchObject({ file: link, message: /named pipe/ })
    expect(await refusal(readPath('/dev/zero'))).toMatchObject({ message: 'It is a device, not a regular file.' })
    const socket = join(folder.path, 'socket')
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(socket, resolve))
    expect(await refusal(readPath(socket))).toMatchObject({ message: 'It is a socket, not a regular file.' })
    await new Promise((resolve) => server.close(resolve))
  })

  it('as the sidecar or the neighbour of a good file hinders nothing', async () => {
    const path = folder.file('beside.csv', rawText(fourPeople()))
    execFileSync('mkfifo', [aboutPath(path)])
    expect(await refusal(readPath(path))).toMatchObject({ file: aboutPath(path), message: /named pipe/ })
    rmSync(aboutPath(path))
    expect((await labelsAt(path)).images).toBeGreaterThan(0)
    const circle = join(folder.path, 'circle')
    symlinkSync(circle, circle)
    expect(existsSync(circle)).toBe(false)
    expect(await refusal(readPath(circle))).toMatchObject({
      kind: 'bad-file',
      message: 'Its symbolic links lead in a circle.',
    })
  })
})
