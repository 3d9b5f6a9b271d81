use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

const ONE: &str = "7217a7c7e582c46cec22a130adf4b9d7d950fba0";
const OTHER: &str = "525128480b96c89e6418b1e40909bf6c5b2d580f";

fn lines(lines: &[&str]) -> String {
    lines.iter().fold(String::new(), |mut body, line| {
        // A String takes everything.
        let _ = write!(body, "{:04x}{line}", line.len() + 4);
        body
    })
}

fn body(refs: &[&str]) -> String {
    format!("{}0000{}0000", lines(&["# service=git-upload-pack\n"]), lines(refs))
}

fn heads(found: &Advertisement) -> Vec<(&str, &str)> {
    found
        .heads
        .iter()
        .map(|(name, id)| (name.as_str(), id.as_str()))
        .collect()
}

#[test]
fn branches_are_read_with_their_commits_and_the_default_and_nothing_else_is() {
    let first =
        format!("{ONE} HEAD\0multi_ack side-band-64k symref=HEAD:refs/heads/main object-format=sha1 agent=git/2.47\n");
    let others = [
        format!("{OTHER} refs/heads/feature/é x\n"),
        format!("{ONE} refs/heads/main\n"),
        format!("{OTHER} refs/pull/1/head\n"),
        format!("{OTHER} refs/tags/v1\n"),
        format!("{ONE} refs/tags/v1^{{}}"),
        format!("shallow {ONE}\n"),
    ];
    let mut refs = vec![first.as_str()];
    refs.extend(others.iter().map(String::as_str));
    let found = read(body(&refs).as_bytes()).unwrap();
    assert_eq!(found.default.as_deref(), Some("main"));
    assert_eq!(heads(&found), [("feature/é x", OTHER), ("main", ONE)]);
}

#[test]
fn what_git_itself_sends_is_read() {
    // `git upload-pack --stateless-rpc --advertise-refs` of git 2.47.3, behind the service's line.
    let found = read(include_bytes!("recorded.bin")).unwrap();
    assert_eq!(found.default.as_deref(), Some("main"));
    let id = "72def20e3300db45bfcb1f8638bd4484e37434a0";
    let expected = ["feature/login", "main", "日本;$(touch-pwned)"].map(|name| (name, id));
    assert_eq!(heads(&found), expected);
    assert_eq!(heads(&read(include_bytes!("recorded-empty.bin")).unwrap()), []);
}

#[test]
fn an_empty_repository_has_no_branch() {
    let none = format!(
        "{} capabilities^{{}}\0agent=git/2.47 object-format=sha1\n",
        "0".repeat(40)
    );
    assert_eq!(read(body(&[&none]).as_bytes()), Ok(Advertisement::default()));
}

#[test]
fn without_a_head_there_is_no_default_and_the_branches_are_the_same() {
    let first = format!("{ONE} refs/heads/x\0agent=git/2.47\n");
    let found = read(body(&[&first]).as_bytes()).unwrap();
    assert_eq!((found.default.as_deref(), heads(&found)), (None, vec![("x", ONE)]));
}

#[test]
fn a_name_that_is_no_text_is_left_out() {
    let line = |name: &[u8], end: &[u8]| {
        let line = [ONE.as_bytes(), b" refs/heads/", name, end].concat();
        [format!("{:04x}", line.len() + 4).as_bytes(), &line].concat()
    };
    let opening = format!("{}0000", lines(&["# service=git-upload-pack\n"]));
    let all = [
        opening.as_bytes(),
        &line(b"\xff", b"\0agent=x\n"),
        &line(b"x", b"\n"),
        b"0000",
    ]
    .concat();
    assert_eq!(heads(&read(&all).unwrap()), [("x", ONE)]);
}

#[test]
fn what_is_no_list_of_branches_is_an_error() {
    let good = format!("{ONE} refs/heads/x\0agent=x\n");
    let service = lines(&["# service=git-upload-pack\n"]);
    for (text, why) in [
        (String::new(), Unreadable::BrokenOff),
        ("<!DOCTYPE html><html>Sign in</html>".to_owned(), Unreadable::NotGit),
        (body(&[]), Unreadable::NotGit),
        (body(&["version 2\n"]), Unreadable::NotGit),
        (body(&["ERR access denied\n"]), Unreadable::Refused),
        (body(&[&good, "ERR too slow\n"]), Unreadable::Refused),
        (body(&[&good, "no id refs/heads/y\n"]), Unreadable::NotGit),
        (body(&[&good, &format!("{ONE} ")]), Unreadable::NotGit),
        (body(&[&format!("{ONE} refs/heads/x\n")]), Unreadable::NotGit),
        (format!("{}{}", body(&[&good]), lines(&[&good])), Unreadable::NotGit),
        (format!("{service}{}0000", lines(&[&good])), Unreadable::NotGit),
        (format!("{service}00000003"), Unreadable::NotGit),
        (format!("{service}0000{}", lines(&[&good])), Unreadable::BrokenOff),
    ] {
        assert_eq!(read(text.as_bytes()), Err(why), "{text}");
    }
}

fn branch_names() -> impl Strategy<Value = BTreeMap<String, String>> {
    proptest::collection::btree_map("[a-z0-9/é.;$#-]{1,40}", "[0-9a-f]{40}", 0..20)
}

fn written(heads: &BTreeMap<String, String>) -> String {
    let head = format!("{ONE} HEAD\0symref=HEAD:refs/heads/main agent=git/2\n");
    let lines: Vec<String> = heads
        .iter()
        .map(|(name, id)| format!("{id} refs/heads/{name}\n"))
        .collect();
    let mut refs = vec![head.as_str()];
    refs.extend(lines.iter().map(String::as_str));
    body(&refs)
}

proptest! {
    #[test]
    fn every_branch_is_read(heads in branch_names()) {
        prop_assert_eq!(read(written(&heads).as_bytes()).unwrap().heads, heads);
    }

    #[test]
    fn a_body_that_breaks_off_anywhere_is_an_error(heads in branch_names(), part in 0.0..1.0) {
        let all = written(&heads);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in it")]
        let end = (all.len() as f64 * part) as usize;
        prop_assert!(read(&all.as_bytes()[..end]).is_err());
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
        let _ = read(&[lines(&["# service=git-upload-pack\n"]).as_bytes(), b"0000", &bytes].concat());
    }
}
