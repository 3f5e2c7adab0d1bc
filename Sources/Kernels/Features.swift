import CSIMD

/// The instruction sets that this module was compiled for, one bit each.
///
/// Returns a constant without touching a vector register, so that it runs on any processor.
@inline(never)
package func compiledFeatureBits() -> UInt32 { flipbook_compiled_features() }
