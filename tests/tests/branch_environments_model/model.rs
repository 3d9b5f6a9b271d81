//! Plays a history: what people, AWS and Lambda do, step by step.

use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::events::{Event, TRIES, Who};
use crate::functions::Functions;
use crate::rules::{self, Untouched};
use crate::script::{Ending, Heard, Script, Step};
use crate::wire::{Trouble, Wire};
use crate::world::World;

/// A build takes longer than any invocation that began before it ended.
const LENGTH_OF_A_BUILD: i64 = 2;

/// An invocation that waits at a call.
struct Waiting {
    event: Event,
    number: usize,
    /// Whether it waits where it is stopped next, or ends there.
    waits: bool,
    future: LocalBoxFuture<'static, Result<Value, String>>,
}

pub(crate) struct Model {
    pub(crate) wire: Wire,
    pub(crate) functions: Rc<Functions>,
    untouched: Untouched,
    waiting: Vec<Waiting>,
    /// Why invocations did not end well, for people.
    pub(crate) failures: Vec<String>,
}

impl Model {
    pub(crate) fn new(_script: &Script, wire: &Wire, functions: &Rc<Functions>) -> Self {
        let world = World::new();
        let untouched = Untouched::of(&world);
        wire.with(|before| *before = world);
        Self {
            wire: wire.clone(),
            functions: functions.clone(),
            untouched,
            waiting: Vec::new(),
            failures: Vec::new(),
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
            Step::Reconcile(trouble) => self.invoke(Event::of(Who::Reconcile, json!({})), *trouble).await,
            Step::GoOn(which, then) if !self.waiting.is_empty() => {
                let waiting = self.waiting.remove(which % self.waiting.len());
                self.drive(waiting, Some(*then)).await;
            }
            Step::GoOn(..) => {}
            Step::Pass(minutes) => self.pass(*minutes).await,
            Step::End(which, ending, heard) => {
                let before = self.with(|world| world.events.len());
                self.end(*which, *ending).await;
                self.follow(*heard, before).await;
            }
            Step::Push(_, heard) | Step::Delete(_, heard) | Step::Restore(_, heard) => {
                let before = self.with(|world| world.events.len());
                self.with(|world| world.happen(step));
                self.follow(*heard, before).await;
            }
            _ => self.with(|world| world.happen(step)),
        }
        self.judge()
    }

    pub(crate) fn judge(&self) -> Result<(), String> {
        let unsettled = |event: &Event| event.tries > 0;
        let nobody_waits = self.waiting.is_empty();
        self.with(|world| {
            let at_rest = nobody_waits && !world.given_up && !world.events.iter().any(unsettled);
            rules::after_a_step(world, &self.untouched, self.functions.maximum, at_rest)
        })
    }

    /// Often a function is invoked at once with what the step brought about.
    async fn follow(&mut self, heard: Heard, before: usize) {
        let Some(trouble) = heard else { return };
        if self.with(|world| world.events.len()) > before {
            let event = self.with(|world| world.events.remove(before));
            self.invoke(event, trouble).await;
        }
    }

    /// What waits at a call is over before a build is, unless somebody stops it.
    async fn end(&mut self, which: usize, ending: Ending) {
        if ending != Ending::Stopped {
            self.pass(LENGTH_OF_A_BUILD).await;
        }
        self.with(|world| {
            if let Some(build) = world.running(which) {
                world.end(build, ending.status());
            }
        });
    }

    pub(crate) async fn pass(&mut self, minutes: i64) {
        self.go_on_all().await;
        self.with(|world| world.now += SignedDuration::from_mins(minutes));
    }

    /// Everything that waits for a function, and what follows from it at once.
    pub(crate) async fn invoke_all(&mut self) {
        while let Some(event) = self.take_event(0) {
            self.invoke(event, Trouble::None).await;
        }
    }

    pub(crate) async fn go_on_all(&mut self) {
        while !self.waiting.is_empty() {
            let waiting = self.waiting.remove(0);
            self.drive(waiting, Some(Trouble::None)).await;
        }
    }

    fn take_event(&mut self, which: usize) -> Option<Event> {
        self.with(|world| {
            let events = &mut world.events;
            (!events.is_empty()).then(|| events.remove(which % events.len()))
        })
    }

    pub(crate) async fn invoke(&mut self, event: Event, trouble: Trouble) {
        if event.who == Who::Create {
            self.let_creators_end().await;
        }
        let trouble = event.curse.unwrap_or(trouble);
        let (number, now) = self.with(|world| (world.calls.begin(event.who, trouble), world.now));
        let future = self.functions.clone().invoke(event.who, event.payload.clone(), now);
        let curse = matches!(trouble, Trouble::Cut { effect: false, .. }).then_some(trouble);
        let event = Event { curse, ..event };
        let waiting = Waiting {
            event,
            number,
            future,
            waits: trouble.waits(),
        };
        self.drive(waiting, None).await;
    }

    /// The stack lets one branch-create run at a time: it counts environments.
    async fn let_creators_end(&mut self) {
        let creates = |waiting: &Waiting| waiting.event.who == Who::Create;
        while let Some(at) = self.waiting.iter().position(creates) {
            let waiting = self.waiting.remove(at);
            self.drive(waiting, Some(Trouble::None)).await;
        }
    }

    /// Runs an invocation to its end, or to the call at which it waits or is cut off.
    async fn drive(&mut self, mut waiting: Waiting, then: Option<Trouble>) {
        waiting.waits = then.map_or(waiting.waits, |then| then.waits());
        self.with(|world| world.calls.go_on(waiting.number, then));
        let ended = tokio::select! {
            biased;
            ended = &mut waiting.future => Some(ended),
            () = self.wire.stopped.notified() => None,
        };
        match ended {
            None if waiting.waits => {
                self.with(|world| world.overtaken = true);
                self.waiting.push(waiting);
            }
            ended => self.over(waiting.event, ended.unwrap_or_else(|| Err("it was cut off".to_owned()))),
        }
    }

    /// What Lambda does then. branch-reconcile comes again by its schedule.
    fn over(&mut self, mut event: Event, done: Result<Value, String>) {
        let Err(why) = done else { return };
        event.tries += 1;
        self.failures
            .push(format!("{:?} of {}: {why}", event.who, event.payload));
        if event.who == Who::Reconcile {
            return;
        }
        if event.tries < TRIES {
            self.with(|world| world.events.push(event));
        } else {
            self.with(|world| world.given_up = true);
        }
    }
}
