import Diffusion
import Diorama
import Text
import Video

/// A request that has been checked, with nothing left open.
public struct GenerationJob: Sendable {
  /// The request with the model's own values where it named none.
  public let request: GenerationRequest
  /// What the run will be and need.
  public let plan: GenerationPlan
  /// What was made of the prompt, and of lengths that the model cannot have exactly.
  public var notes: [String] = []
  /// What will likely disappoint, and what was done to the pictures.
  public let warnings: [String]
  /// The files that the video is made from.
  public let inputs: [InputFile]

  /// The same for the pipeline.
  let pipelineRequest: PipelineRequest
  /// A video that stands before what is made.
  var preceding: VideoInput?
  /// The clips of a comparison, from left to right; none in most runs.
  package var variants: [GenerationJob] = []
  /// How they stand in one picture.
  var layout: SideBySide?

  /// The size of the pictures that are written.
  var pictureSize: PictureSize {
    layout?.size ?? PictureSize(width: plan.size.width, height: plan.size.height)
  }

  /// What the model reads for each shot.
  package var shotTexts: [String] { pipelineRequest.prompt.shots.map(\.text) }
}
