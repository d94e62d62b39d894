/** What cannot be a header block of HPACK, or is more than may be kept; its connection is lost. */
export class HpackError extends Error {
  override readonly name = 'HpackError'
}
