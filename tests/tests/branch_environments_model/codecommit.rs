//! CodeCommit: one repository, its branches, and their events.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::events::{Change, Event};
use crate::script::DEFAULT;
use crate::wire::Refusal;

/// How many branches a page has: few, so that lists have several.
const PAGE: usize = 3;

#[derive(Default)]
pub(crate) struct Repository {
    /// By name, the commit that each is at.
    pub(crate) branches: BTreeMap<String, String>,
    /// The last commit of those that were deleted.
    deleted: BTreeMap<String, String>,
    commits: usize,
}

impl Repository {
    pub(crate) fn push(&mut self, branch: &str) -> Event {
        self.commits += 1;
        let commit = format!("c{}", self.commits);
        self.put(branch, &commit)
    }

    pub(crate) fn delete(&mut self, branch: &str) -> Option<Event> {
        // CodeCommit does not let anybody delete the default branch.
        let commit = (branch != DEFAULT).then(|| self.branches.remove(branch)).flatten()?;
        let event = Event::of_branch(branch, Change::Deleted, &commit);
        self.deleted.insert(branch.to_owned(), commit);
        Some(event)
    }

    pub(crate) fn restore(&mut self, branch: &str) -> Option<Event> {
        let commit = self.deleted.get(branch).cloned()?;
        (!self.branches.contains_key(branch)).then(|| self.put(branch, &commit))
    }

    /// None where there is no such branch, or the other is there already.
    pub(crate) fn rename(&mut self, branch: &str, other: &str) -> Option<[Event; 2]> {
        let commit = self.branches.get(branch).cloned()?;
        if self.branches.contains_key(other) {
            return None;
        }
        Some([self.delete(branch)?, self.put(other, &commit)])
    }

    fn put(&mut self, branch: &str, commit: &str) -> Event {
        let before = self.branches.insert(branch.to_owned(), commit.to_owned());
        let change = before.map_or(Change::Created, |_| Change::Updated);
        Event::of_branch(branch, change, commit)
    }

    pub(crate) fn answer(&self, operation: &str, request: &Value) -> Result<Value, Refusal> {
        match operation {
            "GetRepository" => Ok(json!({"repositoryMetadata": {
                "repositoryName": request["repositoryName"], "defaultBranch": DEFAULT,
            }})),
            "GetBranch" => {
                let name = request["branchName"].as_str().unwrap_or_default();
                let commit = self.branches.get(name);
                let commit = commit.ok_or_else(|| Refusal::new(400, "BranchDoesNotExistException"))?;
                Ok(json!({"branch": {"branchName": name, "commitId": commit}}))
            }
            "ListBranches" => {
                let begin: usize = request["nextToken"].as_str().map_or(0, |token| token.parse().unwrap());
                let page: Vec<&String> = self.branches.keys().skip(begin).take(PAGE).collect();
                let next = (begin + PAGE < self.branches.len()).then(|| (begin + PAGE).to_string());
                Ok(json!({"branches": page, "nextToken": next}))
            }
            "GetFile" => Err(Refusal::new(400, "FileDoesNotExistException")),
            _ => Err(Refusal::unknown(operation)),
        }
    }
}
