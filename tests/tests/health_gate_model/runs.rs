//! How executions go through their pipelines: a stage is locked by the execution in it, the next one waits in front of it, where
//! a newer one supersedes it, and a failure releases the lock
//! (<https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html>).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::pipelines::{Action, Door, Execution, Job, Pipeline, Pipelines, Stage, Status};

/// How long a continuation waits for its next ask. AWS does not say.
const ASK_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(30);
/// How long a job may stay without an answer (<https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html>).
const ANSWER_WITHIN: SignedDuration = SignedDuration::from_mins(20);

impl Pipelines {
    pub(crate) fn add(&mut self, stages: Vec<Stage>) {
        self.all.push(Pipeline {
            name: format!("p{}", self.all.len()),
            doors: stages.iter().map(|_| Door::default()).collect(),
            stages,
            deleted: false,
        });
    }

    pub(crate) fn release(&mut self, pipeline: usize, now: Timestamp) {
        if self.all[pipeline].deleted {
            return;
        }
        let stages = self.all[pipeline].stages.len();
        self.executions.push(Execution {
            id: format!("p{pipeline}-e{}", self.executions.len()),
            pipeline,
            status: Status::Running,
            current: vec![BTreeMap::new(); stages],
            stages: vec![None; stages],
        });
        self.arrive(self.executions.len() - 1, 0, now);
    }

    /// Stops the pipeline's newest execution and abandons its actions.
    pub(crate) fn stop(&mut self, pipeline: usize, now: Timestamp) {
        let newest = self
            .executions
            .iter()
            .rposition(|execution| execution.pipeline == pipeline);
        let Some(execution) = newest.filter(|newest| self.executions[*newest].status == Status::Running) else {
            return;
        };
        for action in &mut self.actions {
            if action.execution == execution && action.status == Status::Running {
                action.status = Status::Stopped;
            }
        }
        self.executions[execution].status = Status::Stopped;
        for stage in 0..self.all[pipeline].doors.len() {
            let door = &mut self.all[pipeline].doors[stage];
            door.waiting = door.waiting.filter(|waiting| *waiting != execution);
            if door.running == Some(execution) {
                door.running = None;
                self.executions[execution].stages[stage] = Some(Status::Stopped);
                self.open(pipeline, stage, now);
            }
        }
    }

    pub(crate) fn delete(&mut self, pipeline: usize, now: Timestamp) {
        self.stop(pipeline, now);
        self.all[pipeline].deleted = true;
    }

    /// The runs that a retry would be of; what CodePipeline objects to otherwise
    /// (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RetryStageExecution.html>).
    pub(crate) fn retryable(&self, pipeline: usize, stage: usize, execution: &str) -> Result<Vec<usize>, &'static str> {
        let latest = self.all[pipeline].doors[stage].latest;
        let Some(latest) = latest
            .map(|latest| &self.executions[latest])
            .filter(|found| found.id == execution)
        else {
            return Err("NotLatestPipelineExecutionException");
        };
        if latest.stages[stage] != Some(Status::Failed) || latest.status != Status::Failed {
            return Err("StageNotRetryableException");
        }
        let runs = latest.current[stage].values().copied();
        Ok(runs.filter(|run| self.actions[*run].status == Status::Failed).collect())
    }

    /// Retries the latest execution of a stage: its failed actions, or all of them.
    pub(crate) fn retry(&mut self, pipeline: usize, stage: usize, failed: Option<&[usize]>, now: Timestamp) {
        let door = &mut self.all[pipeline].doors[stage];
        let Some(execution) = door.latest else { return };
        door.running = Some(execution);
        self.executions[execution].status = Status::Running;
        self.executions[execution].stages[stage] = Some(Status::Running);
        if let Some(failed) = failed {
            let places: Vec<usize> = failed.iter().map(|run| self.actions[*run].place).collect();
            self.begin(execution, stage, &places, now);
        } else {
            self.executions[execution].current[stage].clear();
            self.go_on(execution, stage, now);
        }
    }

    /// Ends an action's run, unless it was ended meanwhile.
    pub(crate) fn finish(&mut self, action: usize, status: Status, now: Timestamp) {
        if self.actions[action].status == Status::Running {
            self.actions[action].status = status;
            self.go_on(self.actions[action].execution, self.actions[action].stage, now);
        }
    }

    /// Whether an answer is waited for.
    pub(crate) fn is_open(&self, job: usize) -> bool {
        let job = &self.jobs[job];
        job.answers == 0 && !job.timed_out && self.actions[job.action].status == Status::Running
    }

    pub(crate) fn ask_again(&mut self, action: usize, token: &str, now: Timestamp) {
        self.due.push((now + ASK_AGAIN_AFTER, action, token.to_owned()));
    }

    /// What is due: continuations, and jobs whose time is over.
    pub(crate) fn time_passes(&mut self, now: Timestamp) {
        let late: Vec<usize> = (0..self.jobs.len())
            .filter(|job| self.is_open(*job) && now >= self.jobs[*job].asked + ANSWER_WITHIN)
            .collect();
        for job in late {
            self.jobs[job].timed_out = true;
            self.finish(self.jobs[job].action, Status::Failed, now);
        }
        let (due, later) = std::mem::take(&mut self.due)
            .into_iter()
            .partition(|(due, ..)| *due <= now);
        self.due = later;
        for (_, action, token) in due {
            self.ask(action, Some(token), now);
        }
    }

    fn arrive(&mut self, execution: usize, stage: usize, now: Timestamp) {
        let pipeline = self.executions[execution].pipeline;
        let older = self.all[pipeline].doors[stage].waiting.replace(execution);
        if let Some(older) = older {
            self.executions[older].status = Status::Superseded;
        }
        self.open(pipeline, stage, now);
    }

    fn open(&mut self, pipeline: usize, stage: usize, now: Timestamp) {
        let door = &mut self.all[pipeline].doors[stage];
        if door.running.is_some() {
            return;
        }
        if let Some(execution) = door.waiting.take() {
            door.running = Some(execution);
            door.latest = Some(execution);
            self.executions[execution].stages[stage] = Some(Status::Running);
            self.go_on(execution, stage, now);
        }
    }

    /// Begins what is next in the stage, once nothing runs there.
    fn go_on(&mut self, execution: usize, stage: usize, now: Timestamp) {
        let runs: Vec<usize> = self.executions[execution].current[stage].values().copied().collect();
        let any = |status| runs.iter().any(|run| self.actions[*run].status == status);
        if any(Status::Running) {
            return;
        }
        if any(Status::Failed) {
            return self.leave(execution, stage, Status::Failed, now);
        }
        let declared = &self.all[self.executions[execution].pipeline].stages[stage];
        let gates = declared.gates.len();
        if runs.len() < gates {
            let missing: Vec<usize> = (0..gates)
                .filter(|place| !self.executions[execution].current[stage].contains_key(place))
                .collect();
            self.begin(execution, stage, &missing, now);
        } else if runs.len() == gates && declared.deploys {
            self.begin(execution, stage, &[gates], now);
        } else {
            self.leave(execution, stage, Status::Succeeded, now);
        }
    }

    fn begin(&mut self, execution: usize, stage: usize, places: &[usize], now: Timestamp) {
        let pipeline = self.executions[execution].pipeline;
        let gates = self.all[pipeline].stages[stage].gates.len();
        let mut deployed = None;
        for &place in places {
            let run = self.actions.len();
            self.actions.push(Action {
                id: format!("a{run}"),
                execution,
                stage,
                place,
                status: Status::Running,
                held_since: None,
            });
            self.executions[execution].current[stage].insert(place, run);
            self.all[pipeline].doors[stage].last.insert(place, run);
            if place < gates {
                self.ask(run, None, now);
            } else {
                deployed = Some(run);
            }
        }
        // A deployment takes no time here.
        if let Some(run) = deployed {
            self.finish(run, Status::Succeeded, now);
        }
    }

    fn leave(&mut self, execution: usize, stage: usize, status: Status, now: Timestamp) {
        let pipeline = self.executions[execution].pipeline;
        self.executions[execution].stages[stage] = Some(status);
        self.all[pipeline].doors[stage].running = None;
        let last = stage + 1 == self.all[pipeline].stages.len();
        if status == Status::Failed || last {
            self.executions[execution].status = status;
        } else {
            self.arrive(execution, stage + 1, now);
        }
        self.open(pipeline, stage, now);
    }

    /// Hands a new job out, unless the action was ended meanwhile.
    fn ask(&mut self, action: usize, token: Option<String>, now: Timestamp) {
        if self.actions[action].status == Status::Running {
            self.asked.push(self.jobs.len());
            self.jobs.push(Job {
                id: format!("j{}", self.jobs.len()),
                action,
                token,
                asked: now,
                answers: 0,
                timed_out: false,
            });
        }
    }
}
