//! layer-distributor: one layer in many regions. CodePipeline, `CodeBuild` and Lambda's layers are the engine's stand-ins.

mod artifacts;
mod at_once;
mod builds;
mod calls;
mod crashes;
mod distributor;
mod faults;
mod function;
mod lane;
mod large;
mod layer;
mod pipeline;
mod releases;
mod zips;
