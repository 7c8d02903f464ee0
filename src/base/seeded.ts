/** Numbers in [0, 1), the same from the same seed (not 0): xorshift32 (G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8, 2003). Not for secrets. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
