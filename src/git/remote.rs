//! What is known about a remote: the branches that were fetched from it.

use std::collections::BTreeSet;

use super::{Ancestry, CommitId, GitError, Repository, lines};

/// Fetched branches are below it. Other references may have been moved by hand.
const REMOTES: &str = "refs/remotes/";

/// Where the branches of a remote are written.
#[derive(Debug)]
struct Destination {
    remote: String,
    /// The text before and behind the part that stands for the name of a branch.
    place: (String, Option<String>),
}

impl Destination {
    /// From `remote.<name>.fetch` and a refspec (git documentation, "git-fetch", "`<refspec>`").
    fn of(key: &str, refspec: &str) -> Option<Self> {
        let remote = key.strip_prefix("remote.")?.strip_suffix(".fetch")?;
        let (_, written) = refspec.split_once(':')?;
        let place = match written.split_once('*') {
            Some((before, behind)) => (before.to_owned(), Some(behind.to_owned())),
            None => (written.to_owned(), None),
        };
        Some(Self { remote: remote.to_owned(), place })
    }

    fn holds(&self, reference: &str) -> bool {
        let (before, behind) = &self.place;
        match behind {
            None => reference == before,
            Some(behind) => reference
                .strip_prefix(before.as_str())
                .and_then(|rest| rest.strip_suffix(behind.as_str()))
                .is_some_and(|name| !name.is_empty()),
        }
    }
}

impl Repository {
    /// The commits that are on no branch that the remote is known to have.
    ///
    /// A branch is the remote's if that remote alone is configured to write it. The name
    /// of a remote may contain a slash and then look like a branch of another one.
    pub fn ancestry(&self, commit: &CommitId, remote: &str) -> Result<Ancestry, GitError> {
        let mut question = format!("{commit}\n");
        for known in self.branches_of(remote)? {
            question.push('^');
            question.push_str(&known);
            question.push('\n');
        }
        let output = self.run(&["rev-list", "--boundary", "--stdin"], Some(question))?;
        let (known, news): (Vec<&str>, Vec<&str>) =
            lines(&output).partition(|line| line.starts_with('-'));
        Ok(Ancestry {
            has_news: !news.is_empty(),
            known: known.iter().filter_map(|line| CommitId::parse(&line[1..])).collect(),
        })
    }

    /// The commits of the remote's branches when they were last fetched or pushed.
    fn branches_of(&self, remote: &str) -> Result<BTreeSet<String>, GitError> {
        let destinations = self.destinations()?;
        if !destinations.iter().any(|place| place.remote == remote) {
            return Ok(BTreeSet::new());
        }
        let format = "--format=%(objectname) %(objecttype) %(refname)";
        let output = self.run(&["for-each-ref", format, REMOTES], None)?;
        let commits = lines(&output).filter_map(|line| {
            let mut words = line.splitn(3, ' ');
            let (name, kind, reference) = (words.next()?, words.next()?, words.next()?);
            let mut writers = destinations.iter().filter(|place| place.holds(reference)).peekable();
            let is_its = writers.peek().is_some() && writers.all(|place| place.remote == remote);
            (is_its && kind == "commit").then(|| name.to_owned())
        });
        Ok(commits.collect())
    }

    fn destinations(&self) -> Result<Vec<Destination>, GitError> {
        let arguments = ["config", "-z", "--get-regexp", r"^remote\..*\.fetch$"];
        let output = match self.run(&arguments, None) {
            Ok(output) => output,
            // No remote is configured to be fetched from.
            Err(GitError::Refused { .. }) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let settings = output.split(|byte| *byte == 0).filter(|line| !line.is_empty());
        let read = settings.map(|setting| std::str::from_utf8(setting).ok()?.split_once('\n'));
        let read: Option<Vec<(&str, &str)>> = read.collect();
        let read = read.ok_or_else(|| GitError::Unexpected("config".to_owned()))?;
        Ok(read.into_iter().filter_map(|(key, refspec)| Destination::of(key, refspec)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_of_the_remote_that_writes_it() {
        for (refspec, reference, holds) in [
            ("+refs/heads/*:refs/remotes/origin/*", "refs/remotes/origin/main", true),
            ("+refs/heads/*:refs/remotes/origin/*", "refs/remotes/origin/a/b", true),
            ("+refs/heads/*:refs/remotes/origin/*", "refs/remotes/origin2/main", false),
            ("+refs/heads/*:refs/remotes/origin/*", "refs/remotes/origin/", false),
            ("refs/heads/main:refs/remotes/origin/main", "refs/remotes/origin/main", true),
            ("refs/heads/main:refs/remotes/origin/main", "refs/remotes/origin/main2", false),
            ("refs/heads/v*:refs/remotes/origin/v*-x", "refs/remotes/origin/v1-x", true),
            ("refs/heads/v*:refs/remotes/origin/v*-x", "refs/remotes/origin/v1", false),
        ] {
            let place = Destination::of("remote.origin.fetch", refspec).unwrap();
            assert_eq!(place.holds(reference), holds, "{refspec} {reference}");
        }
        for (key, refspec) in [
            ("remote.origin.fetch", "^refs/heads/secret"),
            ("remote.origin.fetch", "refs/heads/main"),
            ("remote.origin.url", "a:b"),
        ] {
            assert!(Destination::of(key, refspec).is_none(), "{key} {refspec}");
        }
        let slashed = Destination::of("remote.team/fork.fetch", "a:b").unwrap();
        assert_eq!(slashed.remote, "team/fork");
    }
}
