//! Whether the layer's files are where the runtimes look for them below `/opt`
//! (<https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html>).

use std::collections::BTreeSet;

use super::error::{ArchiveError, shown};
use super::names::{EntryPath, Kind};

/// What every runtime has on its paths, and where Lambda looks for extensions
/// (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html>).
const ALL: [&str; 3] = ["bin", "lib", "extensions"];
/// How many names a text lists.
const NAMES: usize = 10;

/// What is seen of a layer's files, one after the other.
pub(super) struct Layout<'r> {
    /// Runtimes that have not found anything yet.
    missing: Vec<Runtime<'r>>,
    tops: BTreeSet<String>,
    more_tops: bool,
    files: u64,
    /// A zip at the top.
    zip: Option<String>,
}

/// A runtime with folders of its own.
struct Runtime<'r> {
    name: &'r str,
    places: Vec<String>,
    /// Folders below one of its places, of which another version than its own finds nothing.
    versions: Option<&'static [&'static str]>,
}

impl<'r> Runtime<'r> {
    /// `None` for `provided` and others that look everywhere or nowhere in particular.
    fn of(name: &'r str) -> Option<Self> {
        let version = |family: &str| {
            let version = name.strip_prefix(family)?;
            version
                .starts_with(|first: char| first.is_ascii_digit())
                .then_some(version)
        };
        let (places, versions): (Vec<String>, Option<&[&str]>) = if let Some(version) = version("nodejs") {
            let major = version.strip_suffix(".x").unwrap_or(version);
            let own = format!("nodejs/node{major}/node_modules");
            (vec!["nodejs/node_modules".to_owned(), own], None)
        } else if let Some(version) = version("python") {
            let own = format!("python/lib/python{version}/site-packages");
            (vec!["python".to_owned(), own], Some(&["python", "lib", "python3."]))
        } else if let Some(version) = version("ruby") {
            (vec![format!("ruby/gems/{version}.0"), "ruby/lib".to_owned()], None)
        } else if version("java").is_some() {
            (vec!["java/lib".to_owned()], None)
        } else {
            return None;
        };
        Some(Self { name, places, versions })
    }

    fn finds(&self, path: EntryPath<'_>, kind: Kind) -> bool {
        let of_a_version = self.versions.is_some_and(|prefix| {
            path.components().count() > prefix.len()
                && prefix
                    .iter()
                    .zip(path.components())
                    .all(|(start, component)| component.starts_with(start))
        });
        ALL.iter().any(|place| lies_in(path, place, kind))
            || self
                .places
                .iter()
                // Under the folder of another version lies nothing of the one above it.
                .filter(|place| !of_a_version || place.contains('/'))
                .any(|place| lies_in(path, place, kind))
    }
}

/// Below the place; or a link, which can be the place or one of its folders.
fn lies_in(path: EntryPath<'_>, place: &str, kind: Kind) -> bool {
    let mut below = path.components();
    let mut folders = place.split('/');
    loop {
        match (folders.next(), below.next()) {
            (Some(folder), Some(component)) if folder == component => {}
            (None, Some(_)) => return true,
            (_, None) => return kind == Kind::Link,
            (Some(_), Some(_)) => return false,
        }
    }
}

impl<'r> Layout<'r> {
    pub(super) fn new(runtimes: &'r [String]) -> Self {
        Self {
            missing: runtimes.iter().filter_map(|name| Runtime::of(name)).collect(),
            tops: BTreeSet::new(),
            more_tops: false,
            files: 0,
            zip: None,
        }
    }

    pub(super) fn see(&mut self, path: EntryPath<'_>, kind: Kind) {
        if kind == Kind::Folder {
            return;
        }
        self.files += 1;
        let Some(top) = path.components().next() else {
            return;
        };
        let at_top = path.components().nth(1).is_none();
        if at_top && top.len() > 4 && top.as_bytes()[top.len() - 4..].eq_ignore_ascii_case(b".zip") {
            self.zip = Some(shown(top.as_bytes()));
        }
        let slash = if at_top { "" } else { "/" };
        if self.tops.len() < NAMES {
            self.tops.insert(shown(format!("{top}{slash}").as_bytes()));
        } else if !self.more_tops {
            self.more_tops = !self.tops.contains(&shown(format!("{top}{slash}").as_bytes()));
        }
        self.missing.retain(|runtime| !runtime.finds(path, kind));
    }

    pub(super) fn judge(self) -> Result<(), ArchiveError> {
        if self.files == 0 {
            return Err(ArchiveError::Empty);
        }
        // Published like this, no function would find anything in it, whatever its runtime.
        if let Some(name) = self.zip.filter(|_| self.files == 1) {
            return Err(ArchiveError::LayerWithinLayer { name });
        }
        let Some(runtime) = self.missing.first() else {
            return Ok(());
        };
        let only = self
            .tops
            .first()
            .filter(|top| self.tops.len() == 1 && top.ends_with("/`"));
        let remedy = match only {
            Some(top) => format!(
                "Everything lies in {top}: zip what is in that folder, not the folder, or give it a name that is looked for"
            ),
            None => format!(
                "Put the files where they are looked for, or take {} out of `compatible_runtimes`",
                runtime.name
            ),
        };
        let quoted = |name: &str| format!("`{name}/`");
        let places = runtime.places.iter().map(String::as_str);
        let more = self.more_tops.then(|| "more".to_owned());
        Err(ArchiveError::Layout {
            runtime: runtime.name.to_owned(),
            expected: places.chain(ALL).map(quoted).collect(),
            found: self.tops.into_iter().chain(more).collect(),
            remedy,
        })
    }
}
