import CSIMD

/// The instruction sets that this module was compiled for, one bit each.
///
/// Returns a constant without touching a vector register, so that it runs on any processor.
@inline(never)
package func compiledFeatureBits() -> UInt32 { flipbook_compiled_features() }

/// Whether a product of pairs of bfloat16 is an instruction, and thereby faster than one of Float32.
package var hasBFloat16Products: Bool { flipbook_compiled_features() & (1 << 13) != 0 }

/// Whether a convolution is faster in bfloat16 than in Float32: where there is the instruction, and where registers are
/// narrow, as Winograd's algorithm saves more than halves of pairs, one after the other, cost.
package var convolvesFasterInBFloat16: Bool { hasBFloat16Products || !hasWideRegisters }
