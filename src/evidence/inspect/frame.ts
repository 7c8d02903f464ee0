/** One call on a stack, the innermost first in a list of them. All texts are as the box gave them, bounded, and not yet harmless for a terminal. */
export interface Frame {
  /** As the program calls it: `Cart.total`, `process_order`; `??` where nothing is known of it. */
  readonly function: string
  /** Where it is written, as the debug information or the code object has it. */
  readonly file?: string
  /** From 1. */
  readonly line?: number
  /** The library or binary it lies in: `/usr/lib/x86_64-linux-gnu/libc.so.6`. */
  readonly module?: string
  readonly locals?: readonly Local[]
  /** Locks that it waits for or holds here, in the words of its runtime: `waiting to lock <0x9ec1> (a java.lang.Object)`. */
  readonly locks?: readonly string[]
  /** It belongs to the program itself, and to no library, runtime or kernel; missing where the inspector cannot tell. */
  readonly own?: boolean
}

/** An argument or a local variable. */
export interface Local {
  readonly name: string
  readonly type?: string
  /** Bounded in depth and length by who read it; secrets are taken out before it is kept or shown. */
  readonly value: string
  /** The value was a secret, or its name says so, and was taken out. */
  readonly masked?: true
}
