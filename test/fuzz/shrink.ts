/**
 * A shorter input that does the same: parts are taken out, ever smaller ones, as long as the test
 * holds.
 */
export async function shrink(
  bytes: Uint8Array,
  test: (bytes: Uint8Array) => Promise<boolean>,
): Promise<Uint8Array> {
  let shortest = bytes
  for (
    let size = Math.ceil(bytes.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let at = 0; at < shortest.length;) {
      const shorter = Buffer.concat([shortest.subarray(0, at), shortest.subarray(at + size)])
      if (await test(shorter)) shortest = shorter
      else at += size
    }
  }
  return shortest
}
