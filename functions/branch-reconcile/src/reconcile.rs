//! One reconciliation: has it looked what is true, has it decided, and asks for what is to be done.

use std::collections::BTreeMap;

use aws_types::SdkConfig;
use branch_build::{Branches, Gone, People, Wishes};
use futures_util::stream::{self, StreamExt as _};
use jiff::Timestamp;
use serde_json::json;
use tokio::time::Instant;

use crate::config::Config;
use crate::error::ReconcileError;
use crate::expiry::Life;
use crate::functions::Lambda;
use crate::gathered::Gathered;
use crate::look::Looker;
use crate::messages::{self, MOST_IN_A_MESSAGE, Message};
use crate::plan::{Action, Plan, Situation, Subject};
use crate::room::hold_back;
use crate::summary::Summary;

/// So many environments are worked at at once: enough to keep the pace of two services.
const AT_ONCE: usize = 10;
const TIME_WAS_UP: &str = "the time was up";

pub(crate) struct Reconciler {
    config: Config,
    looker: Looker,
    people: People,
    lambda: Lambda,
}

impl Reconciler {
    pub(crate) fn new(config: Config, sdk_config: &SdkConfig) -> Self {
        let wishes = Wishes::new(
            &config.prefix,
            &config.repository,
            &config.protected,
            &config.bucket,
            sdk_config,
        );
        Self {
            looker: Looker::new(wishes, sdk_config),
            people: People::new(&config.topic, sdk_config),
            lambda: Lambda::new(sdk_config),
            config,
        }
    }

    /// Does what is to be done for all branches and environments, as far as there is time. What fails for one of them is among
    /// the summary's problems. `now` tells the time after the first answers of AWS.
    pub(crate) async fn run(&self, now: impl Fn() -> Timestamp, deadline: Instant) -> Result<Summary, ReconcileError> {
        let repository = &self.config.repository.name;
        let mut summary = Summary::default();
        let branches = self.looker.wishes.repository.branches().await;
        let gathered = match branches.map_err(ReconcileError::of("listing branches"))? {
            Branches::Of { default, names, heads } => self.looker.gather(default, names, heads).await?,
            Branches::NoRepository if self.config.gone == Gone::Destroy => {
                let gathered = self.looker.gather(None, Vec::new(), BTreeMap::new()).await?;
                if !gathered.found.made.is_empty() {
                    self.tell(&messages::destroyed_with_repository(repository), &mut summary)
                        .await;
                }
                gathered
            }
            Branches::NoRepository => {
                self.tell(&messages::repository_is_gone(repository), &mut summary).await;
                return Ok(summary);
            }
        };
        self.mend(gathered, now, deadline, summary).await
    }

    async fn mend(
        &self,
        mut gathered: Gathered,
        now: impl Fn() -> Timestamp,
        deadline: Instant,
        mut summary: Summary,
    ) -> Result<Summary, ReconcileError> {
        let (owner, wishes) = (self.looker.owner(), &self.looker.wishes);
        for environment in gathered.take_void_ages(owner, self.config.days_to_live > 0) {
            if let Err(error) = wishes.ages.forget(&environment).await {
                summary
                    .problems
                    .push(format!("forgetting the age of {environment}: {error}"));
            }
        }
        let subjects = gathered.subjects(owner, &wishes.protection);
        let unsure = gathered.unsure(&subjects);
        if !unsure.is_empty() {
            self.tell(&messages::unsure(&self.config.repository.name, &unsure), &mut summary)
                .await;
        }
        summary.branches = subjects.iter().filter(|subject| subject.has_branch).count();
        summary.environments = gathered.found.made.values().filter(|made| !made.is_orphan).count();
        summary.unsure = unsure.len();
        let situations = self.look(subjects, &gathered, deadline, &mut summary).await;
        let plans = self.decide(situations, gathered.listed.len(), now());
        self.carry_out(plans, deadline, &mut summary).await;
        Ok(summary)
    }

    async fn look(
        &self,
        subjects: Vec<Subject>,
        gathered: &Gathered,
        deadline: Instant,
        summary: &mut Summary,
    ) -> Vec<Situation> {
        let look = async |subject: Subject| {
            let problem = format!("looking at {subject}");
            if Instant::now() >= deadline {
                return Err(format!("{problem}: {TIME_WAS_UP}"));
            }
            let situation = self.looker.look(subject, gathered).await;
            situation.map_err(|error| format!("{problem}: {error}"))
        };
        // In the branches' order, so that who is held back does not hang on whose answer came first.
        let mut looks = stream::iter(subjects).map(look).buffered(AT_ONCE);
        let mut situations = Vec::new();
        while let Some(look) = looks.next().await {
            match look {
                Ok(situation) => situations.push(situation),
                Err(problem) => summary.problems.push(problem),
            }
        }
        situations
    }

    fn decide(&self, situations: Vec<Situation>, existing: usize, now: Timestamp) -> Vec<Plan> {
        let life = Life::of_days(self.config.days_to_live, self.config.days_of_warning);
        let plans = situations
            .into_iter()
            .map(|situation| situation.plan(life.as_ref(), now));
        let mut plans: Vec<Plan> = plans.collect();
        let room = self.config.maximum.saturating_sub(existing);
        let hour = usize::try_from(now.as_second() / 3_600).unwrap_or_default();
        hold_back(&mut plans, room, hour);
        plans
    }

    async fn carry_out(&self, plans: Vec<Plan>, deadline: Instant, summary: &mut Summary) {
        let (mut warnings, mut ready): (Vec<Plan>, Vec<Plan>) =
            plans.into_iter().partition(|plan| plan.warning.is_some());
        for some in warnings.chunks_mut(MOST_IN_A_MESSAGE) {
            let message = messages::warning(&self.config.repository.name, some);
            if !self.tell(&message, summary).await {
                some.iter_mut().for_each(Plan::leave_unwarned);
            }
        }
        ready.append(&mut warnings);
        let mut acts = stream::iter(ready)
            .map(|plan| self.act(plan, deadline))
            .buffer_unordered(AT_ONCE);
        while let Some(done) = acts.next().await {
            match done {
                Ok(plan) => summary.add(&plan),
                Err(problem) => summary.problems.push(problem),
            }
        }
    }

    async fn act(&self, plan: Plan, deadline: Instant) -> Result<Plan, String> {
        let subject = &plan.subject;
        let (branch, environment) = (&subject.branch, &subject.environment);
        // An environment is too old only once that is written down: `branch-destroy` reads it.
        if let Some(age) = &plan.age {
            let kept = self.looker.wishes.ages.keep(environment, age).await;
            kept.map_err(|error| format!("keeping the age of {subject}: {error}"))?;
        }
        let functions = &self.config.functions;
        let (function, payload) = match plan.action {
            Action::Create | Action::CreateNew => (&functions.create, json!({ "branch": branch })),
            Action::Destroy => (&functions.destroy, json!({ "branch": branch })),
            Action::DestroyOrphan => (&functions.destroy, json!({ "branch": branch, "orphaned": true })),
            Action::Finish(purpose) => (&functions.finish, json!({ "project": environment.project(purpose) })),
            Action::HoldBack | Action::Wait | Action::Pause | Action::Nothing => return Ok(plan),
        };
        let problem = format!("asking {function} for {subject}");
        if Instant::now() >= deadline {
            return Err(format!("{problem}: {TIME_WAS_UP}"));
        }
        let asked = self.lambda.ask(function, &payload).await;
        asked.map_err(|error| format!("{problem}: {error}"))?;
        Ok(plan)
    }

    /// Whether they were told.
    async fn tell(&self, message: &Message, summary: &mut Summary) -> bool {
        let told = self.people.tell(&message.subject, &message.text).await;
        if let Err(error) = &told {
            summary
                .problems
                .push(format!("telling people \"{}\": {error}", message.subject));
        }
        told.is_ok()
    }
}
