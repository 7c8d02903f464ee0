/** Below this a log is not worth a risk. Bytes. */
export const LEAST_BYTES = 1024 * 1024
/** Logs become a tenth or less of their size; what is left has to be there before, since a copy that does not fit takes the last room away. */
export const ROOM_SHARE = 4
/** The copy is given up after that. Seconds. */
export const COPY_SECONDS = 240
/** As `gzip -1` does it on one core with what is hard to compress. Bytes. */
export const COMPRESSED_A_SECOND = 30 * 1024 * 1024
/** A larger one is not planned. Bytes. */
export const MOST_BYTES = COPY_SECONDS * COMPRESSED_A_SECOND

/** Whether a log of that size can be rotated where so much is free; both in bytes. */
export function canRotate(size: number, free: number): boolean {
  return size >= LEAST_BYTES && size <= MOST_BYTES && free >= size / ROOM_SHARE
}
