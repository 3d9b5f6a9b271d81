//! Which invocation calls, and what goes wrong with its calls. `S` are the services, `C` is what a model knows of an invocation.

use std::collections::BTreeMap;

use tokio::sync::oneshot;

/// What goes wrong with one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Before its effect.
    Throttled,
    Broken {
        effect: bool,
    },
    /// The connection breaks.
    Lost {
        effect: bool,
    },
}

/// One of an invocation's calls to a service, from 0 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place<S>(pub(crate) S, pub(crate) usize);

/// What goes wrong with an invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble<S> {
    None,
    /// With so many calls from this one on. The SDK tries four times.
    Fault {
        at: Place<S>,
        times: usize,
        fault: Fault,
    },
    /// A service refuses every call.
    Refused(S),
    /// A service never answers.
    Silent(S),
    /// The invocation ends at this call, before or after its effect.
    Cut {
        at: Place<S>,
        effect: bool,
    },
    /// The answer to this call is lost after its effect, and others go on before the SDK's next try.
    Overtaken {
        at: Place<S>,
    },
    /// The invocation waits at this call, before or after its effect, while others go on.
    Wait {
        at: Place<S>,
        effect: bool,
    },
}

/// What is done with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Treatment {
    Answer,
    Fail(Fault),
    Refuse,
    Silence,
    Stop { effect: bool },
}

impl<S> Trouble<S> {
    /// Whether the invocation goes on after others did.
    pub(crate) fn waits(&self) -> bool {
        matches!(self, Self::Wait { .. } | Self::Overtaken { .. })
    }
}

struct Invocation<S, C> {
    caller: C,
    trouble: Trouble<S>,
    calls: BTreeMap<S, usize>,
}

pub(crate) struct Calls<S, C> {
    invocations: Vec<Invocation<S, C>>,
    /// The one whose code runs.
    current: usize,
    /// Lets calls that were stopped go on.
    stopped: BTreeMap<usize, oneshot::Sender<()>>,
}

impl<S, C> Default for Calls<S, C> {
    fn default() -> Self {
        Self {
            invocations: Vec::new(),
            current: 0,
            stopped: BTreeMap::new(),
        }
    }
}

impl<S: Copy + Ord, C> Calls<S, C> {
    /// A new invocation's number.
    pub(crate) fn begin(&mut self, caller: C, trouble: Trouble<S>) -> usize {
        self.invocations.push(Invocation {
            caller,
            trouble,
            calls: BTreeMap::new(),
        });
        self.invocations.len() - 1
    }

    pub(crate) fn current(&mut self) -> &mut C {
        &mut self.invocations[self.current].caller
    }

    /// What is done with the current invocation's next call.
    pub(crate) fn next(&mut self, service: S) -> Treatment {
        let Invocation { trouble, calls, .. } = &mut self.invocations[self.current];
        let number = calls.entry(service).or_default();
        let after = |Place(place, first): Place<S>| (place == service).then(|| number.checked_sub(first)).flatten();
        let treatment = match *trouble {
            Trouble::Fault { at, times, fault } if after(at).is_some_and(|after| after < times) => {
                Treatment::Fail(fault)
            }
            Trouble::Overtaken { at } if after(at) == Some(0) => Treatment::Fail(Fault::Lost { effect: true }),
            Trouble::Overtaken { at } if after(at) == Some(1) => Treatment::Stop { effect: false },
            Trouble::Refused(refusing) if refusing == service => Treatment::Refuse,
            Trouble::Silent(silent) if silent == service => Treatment::Silence,
            Trouble::Cut { at, effect } | Trouble::Wait { at, effect } if after(at) == Some(0) => {
                Treatment::Stop { effect }
            }
            _ => Treatment::Answer,
        };
        *number += 1;
        treatment
    }

    pub(crate) fn stop(&mut self) -> oneshot::Receiver<()> {
        let (go_on, stopped) = oneshot::channel();
        self.stopped.insert(self.current, go_on);
        stopped
    }

    /// The invocation that was stopped is the current one again. Something else may go wrong with it `then`.
    pub(crate) fn go_on(&mut self, number: usize, then: Option<Trouble<S>>) {
        self.current = number;
        if let Some(then) = then {
            self.invocations[number].trouble = then;
        }
        if let Some(go_on) = self.stopped.remove(&number) {
            let _ = go_on.send(());
        }
    }
}
