//! Which invocation calls, and what goes wrong with its calls.

use std::collections::{BTreeMap, BTreeSet};

use tokio::sync::oneshot;

use crate::facts::{Caller, Who};
use crate::wire::Service;

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
pub(crate) struct Place(pub(crate) Service, pub(crate) usize);

/// What goes wrong with an invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    None,
    /// With so many calls from this one on. The SDK tries four times.
    Fault {
        at: Place,
        times: usize,
        fault: Fault,
    },
    /// A service refuses every call.
    Refused(Service),
    /// A service never answers.
    Silent(Service),
    /// The invocation ends at this call, before or after its effect.
    Cut {
        at: Place,
        effect: bool,
    },
    /// The answer to this call is lost after its effect, and others go on before the SDK's next try.
    Overtaken {
        at: Place,
    },
    /// The invocation waits at this call, before or after its effect, while others go on.
    Wait {
        at: Place,
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

impl Trouble {
    /// Whether the invocation goes on after others did.
    pub(crate) fn waits(self) -> bool {
        matches!(self, Self::Wait { .. } | Self::Overtaken { .. })
    }
}

#[derive(Default)]
pub(crate) struct Calls {
    callers: Vec<(Caller, Trouble)>,
    /// The one whose code runs.
    pub(crate) current: usize,
    /// Lets calls that were stopped go on.
    stopped: BTreeMap<usize, oneshot::Sender<()>>,
}

impl Calls {
    /// A new invocation's number.
    pub(crate) fn begin(&mut self, who: Who, trouble: Trouble) -> usize {
        let number = self.callers.len();
        let caller = Caller {
            who,
            calls: BTreeMap::new(),
            blinded: false,
            disturbed: trouble != Trouble::None,
            clear: BTreeSet::default(),
            unknown: BTreeSet::default(),
            claimed: None,
            look: None,
        };
        self.callers.push((caller, trouble));
        number
    }

    pub(crate) fn current(&self) -> &Caller {
        &self.callers[self.current].0
    }

    pub(crate) fn current_mut(&mut self) -> &mut Caller {
        &mut self.callers[self.current].0
    }

    /// What is done with the current invocation's next call.
    pub(crate) fn next(&mut self, service: Service) -> Treatment {
        let (caller, trouble) = &mut self.callers[self.current];
        let number = caller.calls.entry(service).or_default();
        let after = |Place(place, first): Place| (place == service).then(|| number.checked_sub(first)).flatten();
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
        let failed = !matches!(treatment, Treatment::Answer | Treatment::Stop { .. });
        caller.blinded |= failed && matches!(service, Service::Health | Service::Table);
        treatment
    }

    pub(crate) fn stop(&mut self) -> oneshot::Receiver<()> {
        let (go_on, stopped) = oneshot::channel();
        self.stopped.insert(self.current, go_on);
        stopped
    }

    /// The invocation that was stopped is the current one again.
    pub(crate) fn go_on(&mut self, number: usize) {
        self.current = number;
        if let Some(go_on) = self.stopped.remove(&number) {
            let _ = go_on.send(());
        }
    }
}
