/**
 * Sequential Huffman JPEG of one component with 8 or 12 bits per sample (ITU-T T.81, processes 1, 2 and 4). The codec
 * package has no 12-bit decoder, and no maintained package for Node 20 was found that has one.
 */

/** Canonical Huffman code: for each length 1..16 the largest code, and where its values start (T.81 figure F.15). */
interface HuffmanTable {
  readonly largest: Int32Array;
  readonly offset: Int32Array;
  readonly values: Uint8Array;
}

interface Frame {
  readonly precision: number;
  readonly rows: number;
  readonly columns: number;
  readonly quantization: number;
}

interface Tables {
  readonly quantization: Map<number, Uint16Array>;
  readonly dc: Map<number, HuffmanTable>;
  readonly ac: Map<number, HuffmanTable>;
  restartInterval: number;
  frame?: Frame;
}

/** Index into a block, row by row, of the coefficient at each zigzag position (T.81 figure 5). */
const ZIGZAG = Uint8Array.from(
  Array.from({ length: 64 }, (_, i) => i).sort((a, b) => {
    const [da, db] = [(a >> 3) + (a & 7), (b >> 3) + (b & 7)];
    // Diagonals run up to the right when even, down to the left when odd.
    return da - db || (da % 2 === 0 ? (b >> 3) - (a >> 3) : (a >> 3) - (b >> 3));
  }),
);

/** C(u)/2 cos((2x+1)u pi/16), at 8x + u (T.81 A.3.3). */
const BASIS = Float64Array.from({ length: 64 }, (_, i) => {
  const [x, u] = [i >> 3, i & 7];
  return (u === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
});

function huffmanTable(counts: Uint8Array, values: Uint8Array): HuffmanTable {
  const largest = new Int32Array(17).fill(-1);
  const offset = new Int32Array(17);
  let code = 0;
  let at = 0;
  for (let length = 1; length <= 16; length++) {
    const count = counts[length - 1]!;
    offset[length] = at - code;
    at += count;
    code += count;
    if (count > 0) largest[length] = code - 1;
    if (code > 1 << length) throw new Error("a Huffman table holds too many codes");
    code <<= 1;
  }
  return { largest, offset, values };
}

/** Bits of the entropy-coded segment; stuffed zeros are dropped and a marker ends it (T.81 F.2.2.5). */
class BitReader {
  private bits = 0;
  private count = 0;

  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {}

  private bit(): number {
    if (this.count === 0) {
      const byte = this.bytes[this.at];
      if (byte === undefined || (byte === 0xff && this.bytes[this.at + 1] !== 0))
        throw new Error("it ends before its last pixel");
      this.at += byte === 0xff ? 2 : 1;
      this.bits = byte;
      this.count = 8;
    }
    this.count--;
    return (this.bits >> this.count) & 1;
  }

  /** The next value of a Huffman code. */
  symbol(table: HuffmanTable): number {
    let code = 0;
    for (let length = 1; length <= 16; length++) {
      code = (code << 1) | this.bit();
      if (code <= table.largest[length]!) return table.values[table.offset[length]! + code]!;
    }
    throw new Error("it holds a code that its tables do not know");
  }

  /** A signed number of `size` bits (T.81 F.2.2.1, EXTEND). */
  signed(size: number): number {
    if (size === 0) return 0;
    let value = 0;
    for (let i = 0; i < size; i++) value = (value << 1) | this.bit();
    return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
  }

  /** Passes the restart marker that must come next. */
  restart(): void {
    this.count = 0;
    while (this.bytes[this.at] === 0xff && this.bytes[this.at + 1] === 0xff) this.at++;
    const marker = this.bytes[this.at + 1] ?? 0;
    if (this.bytes[this.at] !== 0xff || marker < 0xd0 || marker > 0xd7)
      throw new Error("a restart marker is missing");
    this.at += 2;
  }
}

function readQuantization(segment: Uint8Array, tables: Tables): void {
  for (let at = 0; at < segment.length;) {
    const wide = segment[at]! >> 4 !== 0;
    const size = wide ? 128 : 64;
    if (at + 1 + size > segment.length) throw new Error("a quantization table is cut off");
    const table = Uint16Array.from({ length: 64 }, (_, i) =>
      wide ? (segment[at + 1 + 2 * i]! << 8) | segment[at + 2 + 2 * i]! : segment[at + 1 + i]!,
    );
    tables.quantization.set(segment[at]! & 15, table);
    at += 1 + size;
  }
}

function readHuffman(segment: Uint8Array, tables: Tables): void {
  for (let at = 0; at < segment.length;) {
    const counts = segment.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (at + 17 + total > segment.length) throw new Error("a Huffman table is cut off");
    const table = huffmanTable(counts, segment.slice(at + 17, at + 17 + total));
    (segment[at]! >> 4 === 0 ? tables.dc : tables.ac).set(segment[at]! & 15, table);
    at += 17 + total;
  }
}

function readFrame(segment: Uint8Array): Frame {
  const precision = segment[0]!;
  if (segment.length < 9 || segment[5] !== 1) throw new Error("it does not hold exactly one component");
  if (precision !== 8 && precision !== 12) throw new Error(`it has ${precision} bits per sample`);
  return {
    precision,
    rows: (segment[1]! << 8) | segment[2]!,
    columns: (segment[3]! << 8) | segment[4]!,
    quantization: segment[8]!,
  };
}

/** Reads the coefficients of one block in place and returns the new DC prediction (T.81 F.2.2). */
function readBlock(
  reader: BitReader,
  dc: HuffmanTable,
  ac: HuffmanTable,
  quantization: Uint16Array,
  prediction: number,
  block: Float64Array,
): number {
  block.fill(0);
  const level = prediction + reader.signed(reader.symbol(dc) & 15);
  block[0] = level * quantization[0]!;
  for (let k = 1; k < 64; k++) {
    const symbol = reader.symbol(ac);
    const size = symbol & 15;
    if (size === 0 && symbol !== 0xf0) break;
    k += symbol >> 4;
    if (k > 63) throw new Error("a block holds more than 64 coefficients");
    if (size > 0) block[ZIGZAG[k]!] = reader.signed(size) * quantization[k]!;
  }
  return level;
}

const HALF = new Float64Array(64);

/** Inverse cosine transform of a block in place: rows, then columns. */
function inverseTransform(block: Float64Array): void {
  for (let v = 0; v < 8; v++)
    for (let x = 0; x < 8; x++) {
      let sum = 0;
      for (let u = 0; u < 8; u++) sum += block[8 * v + u]! * BASIS[8 * x + u]!;
      HALF[8 * v + x] = sum;
    }
  for (let x = 0; x < 8; x++)
    for (let y = 0; y < 8; y++) {
      let sum = 0;
      for (let v = 0; v < 8; v++) sum += HALF[8 * v + x]! * BASIS[8 * y + v]!;
      block[8 * y + x] = sum;
    }
}

/** A decoded scan, and where its last byte of data ended. */
interface Scan {
  readonly samples: Uint16Array;
  readonly end: number;
}

function readScan(bytes: Uint8Array, at: number, tables: Tables, selectors: number): Scan {
  const { frame } = tables;
  if (frame === undefined) throw new Error("its scan comes before its frame header");
  const quantization = tables.quantization.get(frame.quantization);
  const dc = tables.dc.get(selectors >> 4);
  const ac = tables.ac.get(selectors & 15);
  if (!quantization || !dc || !ac) throw new Error("its scan names a table that it does not hold");
  const { rows, columns, precision } = frame;
  const across = Math.ceil(columns / 8);
  const blocks = across * Math.ceil(rows / 8);
  // A block takes two codes of a bit at least, so a short stream cannot claim the memory of a huge image.
  if (blocks > 4 * (bytes.length - at)) throw new Error("it ends before its last pixel");
  const samples = new Uint16Array(rows * columns);
  const reader = new BitReader(bytes, at);
  const block = new Float64Array(64);
  const middle = 1 << (precision - 1);
  const most = (1 << precision) - 1;
  let prediction = 0;
  for (let i = 0; i < blocks; i++) {
    if (tables.restartInterval > 0 && i > 0 && i % tables.restartInterval === 0) {
      reader.restart();
      prediction = 0;
    }
    prediction = readBlock(reader, dc, ac, quantization, prediction, block);
    inverseTransform(block);
    const top = 8 * Math.floor(i / across);
    const left = 8 * (i % across);
    for (let y = 0; y < 8 && top + y < rows; y++)
      for (let x = 0; x < 8 && left + x < columns; x++)
        samples[(top + y) * columns + left + x] = Math.min(
          most,
          Math.max(0, Math.round(block[8 * y + x]!) + middle),
        );
  }
  return { samples, end: reader.at };
}

/**
 * Decodes a baseline or extended sequential Huffman JPEG of one component into its samples, row by row (0..255 or
 * 0..4095, not signed). Throws `Error` with the rest of a sentence for streams that break off or are of another kind.
 */
export function decodeExtendedJpeg(bytes: Uint8Array): Uint16Array {
  return scanOf(bytes).samples;
}

/** The same stream without what lies between its last pixel's data and its end marker; throws as `decodeExtendedJpeg` does. */
export function withoutTail(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes.subarray(0, scanOf(bytes).end), Uint8Array.of(0xff, 0xd9)]);
}

function scanOf(bytes: Uint8Array): Scan {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables: Tables = { quantization: new Map(), dc: new Map(), ac: new Map(), restartInterval: 0 };
  for (let at = 2; at + 4 <= bytes.length;) {
    const marker = view.getUint16(at);
    if (marker === 0xffff) {
      at += 1; // fill byte
      continue;
    }
    const segment = bytes.subarray(at + 4, at + 2 + view.getUint16(at + 2));
    at += 2 + view.getUint16(at + 2);
    if (marker === 0xffdb) readQuantization(segment, tables);
    else if (marker === 0xffc4) readHuffman(segment, tables);
    else if (marker === 0xffc0 || marker === 0xffc1) tables.frame = readFrame(segment);
    else if (marker === 0xffdd) tables.restartInterval = (segment[0]! << 8) | segment[1]!;
    else if (marker === 0xffda) return readScan(bytes, at, tables, segment[2] ?? 0);
    else if (marker < 0xffe0 || marker > 0xfffe)
      throw new Error(`it holds the marker ${marker.toString(16)}, which sequential JPEG has not`);
  }
  throw new Error("it ends before its image");
}
