//! Where a symbolic link leads.

use super::names::components;

/// The longest target that Linux takes, its zero included.
pub(super) const TARGET_BYTES: u64 = 4_096;

/// Why a link in a folder `depth` folders below the layer's top may not have this target.
///
/// `..` is only taken at the beginning: behind a name it goes up from where that name leads if it is a link itself. At the
/// beginning it goes up through the link's own folders, which are no links (nothing may lie below one). So every link ends inside,
/// and a path through several does as well.
pub(super) fn leads_out(target: &[u8], depth: usize) -> Option<&'static str> {
    let Ok(target) = std::str::from_utf8(target) else {
        return Some("has a target that is not in UTF-8");
    };
    if target.is_empty() || target.contains(char::is_control) {
        return Some("has a target that is empty or has control characters");
    }
    if target.starts_with('/') {
        return Some("leads out of the layer by an absolute path");
    }
    let up = components(target).take_while(|component| *component == "..").count();
    if up > depth {
        return Some("leads out of the layer by `..`");
    }
    if components(target).skip(up).any(|component| component == "..") {
        return Some("has `..` behind a name in its target");
    }
    None
}
