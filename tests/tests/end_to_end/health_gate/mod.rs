//! health-gate: releases that meet an incident. CodePipeline and Health are the engine's stand-ins.

mod blocking;
mod crashes;
mod gate;
mod holding;
mod many;
mod pipeline;
mod recorded;
