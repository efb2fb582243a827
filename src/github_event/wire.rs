//! The payloads, as far as they are used (GitHub documentation, "Webhook events and payloads").

use serde::Deserialize;
use serde::de::value::StringDeserializer;

use super::{CommitId, GitHubEvent, MergeGroup, PullRequest, Push, Tag};

#[derive(Deserialize)]
struct PullRequestPayload {
    pull_request: PullRequestWire,
}

#[derive(Deserialize)]
struct PullRequestWire {
    number: u64,
    base: BranchWire,
    head: BranchWire,
}

#[derive(Deserialize)]
struct BranchWire {
    r#ref: String,
    sha: CommitId,
    /// `null` if the repository has been deleted since.
    repo: Option<BranchRepositoryWire>,
}

#[derive(Deserialize)]
struct BranchRepositoryWire {
    id: u64,
}

#[derive(Deserialize)]
struct MergeGroupPayload {
    merge_group: MergeGroupWire,
}

#[derive(Deserialize)]
struct MergeGroupWire {
    base_sha: CommitId,
    head_sha: CommitId,
}

#[derive(Deserialize)]
struct PushPayload {
    r#ref: String,
    before: MaybeCommit,
    after: MaybeCommit,
    repository: RepositoryWire,
}

#[derive(Deserialize)]
struct RepositoryWire {
    default_branch: String,
}

impl<'de> Deserialize<'de> for CommitId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            let expected = &"a commit of 40 or 64 hexadecimal digits";
            serde::de::Error::invalid_value(serde::de::Unexpected::Str(&text), expected)
        })
    }
}

/// One end of a push: all zeros where the branch did not or does not exist.
struct MaybeCommit(Option<CommitId>);

impl<'de> Deserialize<'de> for MaybeCommit {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let is_none = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte == b'0');
        if is_none {
            return Ok(Self(None));
        }
        CommitId::deserialize(StringDeserializer::<D::Error>::new(text))
            .map(|commit| Self(Some(commit)))
    }
}

pub(super) fn pull_request(payload: &str) -> Result<GitHubEvent, String> {
    let PullRequestPayload { pull_request } = read(payload)?;
    let PullRequestWire { number, base, head } = pull_request;
    if number == 0 {
        return Err("a pull request has no number".to_owned());
    }
    let repository = |branch: &BranchWire| branch.repo.as_ref().map(|repository| repository.id);
    let home = repository(&base);
    let from_fork = home.is_none() || repository(&head) != home;
    Ok(GitHubEvent::PullRequest(PullRequest {
        number,
        base_sha: base.sha,
        head_sha: head.sha,
        base_ref: base.r#ref,
        from_fork,
    }))
}

pub(super) fn merge_group(payload: &str) -> Result<GitHubEvent, String> {
    let MergeGroupPayload { merge_group } = read(payload)?;
    let MergeGroupWire { base_sha, head_sha } = merge_group;
    Ok(GitHubEvent::MergeGroup(MergeGroup { base_sha, head_sha }))
}

pub(super) fn push(payload: &str) -> Result<GitHubEvent, String> {
    let PushPayload { r#ref: reference, before, after, repository } = read(payload)?;
    let after = after.0.ok_or("a deleted branch or tag leaves nothing to check")?;
    if let Some(name) = reference.strip_prefix("refs/tags/") {
        return Ok(GitHubEvent::Tag(Tag { name: name.to_owned(), after }));
    }
    let branch =
        reference.strip_prefix("refs/heads/").ok_or("`ref` names neither a branch nor a tag")?;
    Ok(GitHubEvent::Push(Push {
        before: before.0,
        after,
        branch: branch.to_owned(),
        default_branch: repository.default_branch,
    }))
}

fn read<'de, Wire: Deserialize<'de>>(payload: &'de str) -> Result<Wire, String> {
    serde_json::from_str(payload).map_err(|error| error.to_string())
}
