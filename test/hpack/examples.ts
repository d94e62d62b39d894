/** A block of RFC 7541, Appendix C, the list that it holds, and the table that it leaves behind. */
export interface Example {
  readonly block: Buffer
  readonly list: readonly string[]
  /** Names and values in turn, the newest first. */
  readonly table: readonly string[]
  /** Bytes, as the RFC counts them. */
  readonly tableSize: number
}

/** Blocks that one connection carries, one after the other. */
export interface ExampleSequence {
  readonly title: string
  readonly tableSize: number
  readonly examples: readonly Example[]
}

const authority = [':authority', 'www.example.com']
const noCache = ['cache-control', 'no-cache']
const custom = ['custom-key', 'custom-value']

const requests = [
  {
    list: [':method', 'GET', ':scheme', 'http', ':path', '/', ...authority],
    table: authority,
    tableSize: 57,
  },
  {
    list: [':method', 'GET', ':scheme', 'http', ':path', '/', ...authority, ...noCache],
    table: [...noCache, ...authority],
    tableSize: 110,
  },
  {
    list: [':method', 'GET', ':scheme', 'https', ':path', '/index.html', ...authority, ...custom],
    table: [...custom, ...noCache, ...authority],
    tableSize: 164,
  },
]

const status302 = [':status', '302']
const status307 = [':status', '307']
const isPrivate = ['cache-control', 'private']
const date = ['date', 'Mon, 21 Oct 2013 20:13:21 GMT']
const later = ['date', 'Mon, 21 Oct 2013 20:13:22 GMT']
const location = ['location', 'https://www.example.com']
const gzip = ['content-encoding', 'gzip']
const cookie = ['set-cookie', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1']

const responses = [
  {
    list: [...status302, ...isPrivate, ...date, ...location],
    table: [...location, ...date, ...isPrivate, ...status302],
    tableSize: 222,
  },
  {
    list: [...status307, ...isPrivate, ...date, ...location],
    table: [...status307, ...location, ...date, ...isPrivate],
    tableSize: 222,
  },
  {
    list: [':status', '200', ...isPrivate, ...later, ...location, ...gzip, ...cookie],
    table: [...cookie, ...gzip, ...later],
    tableSize: 215,
  },
]

function sequence(
  title: string,
  tableSize: number,
  contents: readonly Omit<Example, 'block'>[],
  blocks: readonly string[],
): ExampleSequence {
  const examples = contents.map((content, index) => {
    return { ...content, block: Buffer.from((blocks[index] ?? '').replaceAll(' ', ''), 'hex') }
  })
  return { title, tableSize, examples }
}

/** C.4 and C.6: strings are in the Huffman code. */
export const huffmanSequences: readonly ExampleSequence[] = [
  sequence('C.4', 4096, requests, [
    '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
    '8286 84be 5886 a8eb 1064 9cbf',
    '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
  ]),
  sequence('C.6', 256, responses, [
    '4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d' +
      '29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
    '4883 640e ffc1 c0bf',
    '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d' +
      'd7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106' +
      '3d50 07',
  ]),
]

/** C.3 to C.6. */
export const sequences: readonly ExampleSequence[] = [
  sequence('C.3', 4096, requests, [
    '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
    '8286 84be 5808 6e6f 2d63 6163 6865',
    '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
  ]),
  sequence('C.5', 256, responses, [
    '4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133' +
      '3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
    '4803 3330 37c1 c0bf',
    '88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a' +
      '6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d' +
      '6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31',
  ]),
  ...huffmanSequences,
]
