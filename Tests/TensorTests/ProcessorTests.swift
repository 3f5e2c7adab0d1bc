import Tensor
import Testing

@Suite struct ProcessorTests {
  @Test func whatTheTestsRunOnHasWhatTheyWereBuiltFor() {
    #expect(Processor.missingFeatures.isEmpty)
    #expect(Set(Processor.compiledFeatures).isSubset(of: Processor.features))
    #expect(!Processor.name.isEmpty)
  }
}
