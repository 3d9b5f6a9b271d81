//! Asks a git host which branches there are: one GET, as every clone begins with.

use std::time::Duration;

use aws_client::{CallError, Got, Outlook};
use aws_types::SdkConfig;
use tokio::time::timeout;

use super::advertisement::{self, Advertisement};
use super::hosts;
use super::token::{Token, Tokens};
use crate::Wanted;
use crate::branches::Branches;
use crate::location::Location;
use crate::protection::Protection;

/// The list of 400,000 refs. A function has 128 MB.
const MOST_OF_A_LIST: usize = 32 * 1024 * 1024;
const MOST_OF_A_FILE: usize = 1024 * 1024;
/// One answer, its body included.
const TIME: Duration = Duration::from_secs(10);
const LIST: &str = "application/x-git-upload-pack-advertisement";
/// Some hosts answer others than git with a page for people.
const AGENT: &str = "git/2.40 (wrasse)";

/// One repository at a git host.
pub(super) struct GitHost {
    location: Location,
    tokens: Tokens,
    config: SdkConfig,
}

impl std::fmt::Debug for GitHost {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("GitHost").field(&self.location).finish()
    }
}

impl GitHost {
    pub(super) fn new(location: &Location, config: &SdkConfig) -> Self {
        Self {
            location: location.clone(),
            tokens: Tokens::new(&location.token_secret, config),
            config: config.clone(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.location.name
    }

    /// Whether a branch gets an environment, by what is true now. There is no telling that a repository is gone: hosts answer 404
    /// also to those who may not see it, and an expired token must not take environments away.
    pub(super) async fn wanted(&self, branch: &str, protection: &Protection) -> Result<Wanted, CallError> {
        let Advertisement { default, mut heads } = self.advertised().await?;
        if protection.covers(branch, default.as_deref()) {
            return Ok(Wanted::Untouched);
        }
        Ok(heads
            .remove(branch)
            .map_or(Wanted::Absent, |commit| Wanted::Present { commit }))
    }

    pub(super) async fn all(&self) -> Result<Branches, CallError> {
        let Advertisement { default, heads } = self.advertised().await?;
        Ok(Branches::Of {
            default,
            names: heads.keys().cloned().collect(),
            heads,
        })
    }

    pub(super) async fn head(&self, branch: &str) -> Result<Option<String>, CallError> {
        Ok(self.advertised().await?.heads.remove(branch))
    }

    /// A file of a commit that the host has just told; so 404 means that the commit has no such file.
    pub(super) async fn file(&self, commit: &str, path: &str) -> Result<Option<Vec<u8>>, CallError> {
        let (url, header) = hosts::file(self.location.host, &self.location.url, commit, path);
        let headers = |token: &Token| {
            let mut headers = vec![("authorization", token.bearer())];
            headers.extend(header.clone());
            headers
        };
        let got = self.ask(&url, headers, MOST_OF_A_FILE).await?;
        match got.status {
            200 => Ok(Some(got.body)),
            404 => Ok(None),
            status => Err(self.refusal(&url, status)),
        }
    }

    /// Version 0 of the protocol, which lists the refs in the first answer: no `Git-Protocol` header.
    async fn advertised(&self) -> Result<Advertisement, CallError> {
        let url = format!("{}/info/refs?service=git-upload-pack", self.location.url.repository());
        let user = hosts::user(self.location.host);
        let headers = |token: &Token| vec![("authorization", token.basic(user))];
        let got = self.ask(&url, headers, MOST_OF_A_LIST).await?;
        if got.status != 200 {
            return Err(self.refusal(&url, got.status));
        }
        if got.content_type.as_deref() != Some(LIST) {
            let text = format!("{url} did not answer as git does: is RepositoryUrl the repository's clone URL?");
            return Err(CallError::told(Outlook::Refused, text));
        }
        advertisement::read(&got.body)
            .map_err(|why| CallError::told(Outlook::Temporary, format!("the answer of {url} cannot be used: {why}")))
    }

    /// A token that was kept and is refused may have been replaced meanwhile.
    async fn ask(
        &self,
        url: &str,
        headers: impl Fn(&Token) -> Vec<(&'static str, String)>,
        most: usize,
    ) -> Result<Got, CallError> {
        if let Some(token) = self.tokens.known() {
            let got = self.get(url, headers(&token), most).await?;
            if got.status != 401 {
                return Ok(got);
            }
        }
        let token = self.tokens.newest().await?;
        let got = self.get(url, headers(&token), most).await?;
        if got.status == 401 {
            self.tokens.let_go();
        }
        Ok(got)
    }

    async fn get(&self, url: &str, mut headers: Vec<(&'static str, String)>, most: usize) -> Result<Got, CallError> {
        headers.push(("user-agent", AGENT.to_owned()));
        let getting = aws_client::get(&self.config, url, headers, most);
        let got = timeout(TIME, getting).await;
        got.unwrap_or_else(|_| {
            let text = format!("no whole answer of {url} within {} s", TIME.as_secs());
            Err(CallError::told(Outlook::Temporary, text))
        })
    }

    fn refusal(&self, url: &str, status: u16) -> CallError {
        let secret = self.tokens.arn();
        let (outlook, why) = match status {
            401 | 403 => (
                Outlook::Refused,
                format!(
                    "it refuses the token in the secret {secret}: put one there that may read the repository's contents"
                ),
            ),
            404 => (
                Outlook::Refused,
                format!("there is no such repository, or the token in the secret {secret} may not see it"),
            ),
            300..=399 => (
                Outlook::Refused,
                "it redirects: set RepositoryUrl to where the repository is now".to_owned(),
            ),
            429 | 500.. => (Outlook::Temporary, "the host is busy or out of order".to_owned()),
            _ => (Outlook::Refused, "it is not understood".to_owned()),
        };
        CallError::told(outlook, format!("{url} answered with HTTP status {status}: {why}"))
    }
}
