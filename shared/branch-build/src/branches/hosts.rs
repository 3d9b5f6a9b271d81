//! What hosts have each in their own way: whose name goes with a token, and where a file of a commit is. Pure.

use crate::location::{CloneUrl, Host};

/// The user's name that goes with a token to git.
pub(super) fn user(host: Host) -> &'static str {
    match host {
        // https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app: any name will do, this one is shown.
        Host::GitHub | Host::CodeCommit => "x-access-token",
        // https://docs.gitlab.com/topics/git/clone/#clone-using-a-token
        Host::GitLab => "oauth2",
        // https://support.atlassian.com/bitbucket-cloud/docs/using-access-tokens/
        Host::Bitbucket => "x-token-auth",
    }
}

/// Where a file of a commit is to be had as it is, and what the host wants to be told beside the token.
pub(super) fn file(host: Host, url: &CloneUrl, commit: &str, path: &str) -> (String, Option<(&'static str, String)>) {
    let (origin, repository) = (url.origin(), url.bare_path());
    match host {
        // https://docs.github.com/en/rest/repos/contents, of a server
        // https://docs.github.com/en/enterprise-server/rest/using-the-rest-api/getting-started-with-the-rest-api
        Host::GitHub | Host::CodeCommit => {
            let api = if origin == "https://github.com" {
                "https://api.github.com".to_owned()
            } else {
                format!("{origin}/api/v3")
            };
            let accept = ("accept", "application/vnd.github.raw+json".to_owned());
            (
                format!("{api}/repos/{repository}/contents/{path}?ref={commit}"),
                Some(accept),
            )
        }
        // https://docs.gitlab.com/api/repository_files/
        Host::GitLab => {
            let (project, file) = (repository.replace('/', "%2F"), path.replace('/', "%2F"));
            let url = format!("{origin}/api/v4/projects/{project}/repository/files/{file}/raw?ref={commit}");
            (url, None)
        }
        // https://developer.atlassian.com/cloud/bitbucket/rest/api-group-source/
        Host::Bitbucket => {
            let api = if origin == "https://bitbucket.org" {
                "https://api.bitbucket.org"
            } else {
                origin
            };
            (format!("{api}/2.0/repositories/{repository}/src/{commit}/{path}"), None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_where_each_host_has_it() {
        for (host, clone, expected) in [
            (
                Host::GitHub,
                "https://github.com/acme/shop.git",
                "https://api.github.com/repos/acme/shop/contents/a/.wrasse.yaml?ref=c1",
            ),
            (
                Host::GitHub,
                "https://git.acme.example/acme/shop",
                "https://git.acme.example/api/v3/repos/acme/shop/contents/a/.wrasse.yaml?ref=c1",
            ),
            (
                Host::GitLab,
                "https://gitlab.com/acme/web/shop.git",
                "https://gitlab.com/api/v4/projects/acme%2Fweb%2Fshop/repository/files/a%2F.wrasse.yaml/raw?ref=c1",
            ),
            (
                Host::Bitbucket,
                "https://bitbucket.org/acme/shop.git",
                "https://api.bitbucket.org/2.0/repositories/acme/shop/src/c1/a/.wrasse.yaml",
            ),
        ] {
            let (url, header) = file(host, &clone.parse().unwrap(), "c1", "a/.wrasse.yaml");
            assert_eq!(url, expected);
            assert_eq!(header.is_some(), host == Host::GitHub);
        }
    }
}
