//! Plays a script: what AWS, the people and Lambda do, step by step.

use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::calls::Trouble;
use crate::codepipeline::job_event;
use crate::events::Event;
use crate::facts::{Caller, Fact, Who};
use crate::functions::{Functions, tries};
use crate::gates::REGIONS;
use crate::people::chosen;
use crate::rules;
use crate::script::{Script, Step};
use crate::wire::Wire;
use crate::world::World;

/// An invocation that waits at a call.
struct Waiting {
    event: Event,
    number: usize,
    future: LocalBoxFuture<'static, bool>,
}

pub(crate) struct Model {
    pub(crate) wire: Wire,
    functions: Rc<Functions>,
    pub(crate) silent: Vec<&'static str>,
    pub(crate) events: Vec<Event>,
    waiting: Vec<Waiting>,
    /// Reports of incidents that health-watch took in.
    pub(crate) heard: Vec<(String, usize)>,
}

impl Model {
    pub(crate) fn new(script: &Script, wire: &Wire, functions: &Rc<Functions>) -> Self {
        let mut world = World::new(script.plan);
        for (shape, gates) in &script.pipelines {
            let numbers = (world.pipelines.gates.len()..).take(gates.len()).collect();
            world.pipelines.gates.extend(gates.iter().cloned());
            world.pipelines.add(shape.stages(numbers));
        }
        for region in REGIONS.iter().filter(|region| !script.silent.contains(region)) {
            let seen = world.now.as_millisecond().to_string();
            world
                .table
                .write(&json!({"pk": {"S": "FORWARDER"}, "sk": {"S": region}, "seen": {"N": seen}}));
        }
        wire.with(|before| *before = world);
        Self {
            wire: wire.clone(),
            functions: functions.clone(),
            silent: script.silent.clone(),
            events: Vec::new(),
            waiting: Vec::new(),
            heard: Vec::new(),
        }
    }

    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        self.wire.with(act)
    }

    /// The error says which rule is broken, and how.
    pub(crate) async fn play(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::Invoke(which, trouble) => {
                if let Some(event) = self.take_event(*which) {
                    self.invoke(event, *trouble).await;
                }
            }
            Step::InvokeAll => self.invoke_all().await,
            Step::Heartbeats => self.heartbeats().await,
            Step::Compare(trouble) => self.compare(*trouble).await,
            Step::GoOn(which) if !self.waiting.is_empty() => {
                let waiting = self.waiting.remove(which % self.waiting.len());
                self.drive(waiting, false).await;
            }
            // What waits at a call is over long before.
            Step::Pass(seconds) => {
                self.go_on_all().await;
                self.pass(*seconds);
            }
            _ => {
                let before = self.events.len();
                self.happen(step);
                self.hand_out_jobs();
                self.follow(step, before).await;
            }
        }
        self.hand_out_jobs();
        self.with(rules::after_a_step)
    }

    /// Often a function is invoked at once with what the step brought about.
    async fn follow(&mut self, step: &Step, before: usize) {
        let (Step::Open { heard, .. } | Step::Update(_, heard) | Step::Close(_, heard) | Step::Release(_, heard)) =
            step
        else {
            return;
        };
        if let Some(trouble) = heard.filter(|_| self.events.len() > before) {
            let event = self.events.remove(before);
            self.invoke(event, trouble).await;
        }
    }

    /// What needs no function to run.
    fn happen(&mut self, step: &Step) {
        match step {
            Step::Open { .. } | Step::Update(..) | Step::Close(..) => self.report(step),
            Step::Double(which) if !self.events.is_empty() => {
                let copy = self.events[which % self.events.len()].clone();
                self.events.push(copy);
            }
            Step::Lose(which) => {
                let notices = (0..self.events.len()).filter(|event| self.events[*event].report.is_some());
                if let Some(notice) = chosen(&notices.collect::<Vec<_>>(), *which) {
                    self.events.remove(notice);
                }
            }
            Step::Plan(plan) => self.with(|world| world.health.plan = *plan),
            _ => self.with(|world| world.people_do(step)),
        }
    }

    /// Health reports an incident, and the regions' rules forward it.
    fn report(&mut self, step: &Step) {
        let silent = self.silent.clone();
        let notices = self.with(|world| world.report(step, |region| !silent.contains(&region)));
        self.events.extend(notices.into_iter().map(Event::of_notice));
    }

    pub(crate) fn pass(&mut self, seconds: i64) {
        self.with(|world| {
            world.now += SignedDuration::from_secs(seconds);
            world.pipelines.time_passes(world.now);
        });
        self.hand_out_jobs();
    }

    pub(crate) async fn heartbeats(&mut self) {
        for region in REGIONS
            .iter()
            .filter(|region| !self.silent.contains(region))
            .copied()
            .collect::<Vec<_>>()
        {
            let now = self.with(|world| world.now);
            let payload = json!({
                "source": "aws.events", "detail-type": "Scheduled Event", "region": region,
                "time": now.to_string(), "detail": {},
            });
            self.invoke(Event::of_watch(payload), Trouble::None).await;
        }
    }

    pub(crate) async fn compare(&mut self, trouble: Trouble) {
        let now = self.with(|world| world.now);
        let payload = json!({"compare": true, "scheduled_time": now.to_string()});
        self.invoke(Event::of_watch(payload), trouble).await;
    }

    /// Everything that waits for a function, and what follows from it at once.
    pub(crate) async fn invoke_all(&mut self) {
        while let Some(event) = self.take_event(0) {
            self.invoke(event, Trouble::None).await;
            self.hand_out_jobs();
        }
    }

    pub(crate) async fn go_on_all(&mut self) {
        while !self.waiting.is_empty() {
            let waiting = self.waiting.remove(0);
            self.drive(waiting, false).await;
        }
    }

    fn take_event(&mut self, which: usize) -> Option<Event> {
        (!self.events.is_empty()).then(|| self.events.remove(which % self.events.len()))
    }

    async fn invoke(&mut self, event: Event, trouble: Trouble) {
        // Nobody is left to answer when the last one fails too.
        let last = event.who == Who::Answerer && event.tries + 1 == tries(Who::Answerer);
        let trouble = if last {
            Trouble::None
        } else {
            event.curse.unwrap_or(trouble)
        };
        let caller = Caller::new(event.who, trouble != Trouble::None);
        let (number, now): (usize, Timestamp) = self.with(|world| (world.calls.begin(caller, trouble), world.now));
        let future = self.functions.clone().invoke(event.who, event.payload.clone(), now);
        let curse = matches!(trouble, Trouble::Cut { effect: false, .. }).then_some(trouble);
        let event = Event { curse, ..event };
        self.drive(Waiting { event, number, future }, trouble.waits()).await;
    }

    /// Runs an invocation to its end, or to the call at which it waits or is cut off.
    async fn drive(&mut self, mut waiting: Waiting, waits: bool) {
        self.with(|world| world.calls.go_on(waiting.number, None));
        let ended = tokio::select! {
            biased;
            ended = &mut waiting.future => Some(ended),
            () = self.wire.stopped.notified() => None,
        };
        match ended {
            None if waits => self.waiting.push(waiting),
            ended => self.over(waiting.event, ended.unwrap_or(false)),
        }
    }

    /// What Lambda does then.
    fn over(&mut self, mut event: Event, well: bool) {
        event.tries += 1;
        if well {
            let job = event.job;
            self.with(|world| world.facts.add(Fact::Ended { job }));
            self.heard.extend(event.report);
        } else if event.tries < tries(event.who) {
            self.events.push(event);
        } else if event.who == Who::Gate {
            self.events.push(event.given_up());
        }
    }

    fn hand_out_jobs(&mut self) {
        let jobs = self.with(|world| {
            let asked = std::mem::take(&mut world.pipelines.asked);
            let event = |job: usize| (job, job_event(world, &world.pipelines.jobs[job]));
            asked.into_iter().map(event).collect::<Vec<_>>()
        });
        self.events
            .extend(jobs.into_iter().map(|(job, payload)| Event::of_job(job, payload)));
    }
}
